from django.urls import path

from telephony.views import phone

urlpatterns = [path("phone/<str:token>/", phone.set_up, name="phone")]
