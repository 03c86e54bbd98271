from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from voicehub import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/alive", views.alive, name="alive"),
    path("admin/campaigns/", include("campaigns.urls")),
    path("admin/", admin.site.urls),
    path("", include("telephony.urls")),
]

handler400 = "voicehub.errors.bad_request"
handler403 = "voicehub.errors.forbidden"
handler404 = "voicehub.errors.not_found"
handler500 = "voicehub.errors.broken"
