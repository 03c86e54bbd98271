from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class VoiceHubAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "voicehub.admin_site.VoiceHubAdminSite"


class VoiceHubConfig(AppConfig):
    default = True
    name = "voicehub"

    def ready(self) -> None:
        from voicehub import checks

        checks.register_all()
