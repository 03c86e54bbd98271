from django.contrib import admin
from django.urls import path

from campaigns.views import importing

wrap = admin.site.admin_view

urlpatterns = [
    path("import/<int:pk>/", wrap(importing.recipients), name="campaign_import"),
    path("import/columns/<int:pk>/", wrap(importing.columns), name="campaign_columns"),
]
