from django.apps import AppConfig


class GadgetsConfig(AppConfig):
    name = "tests.gadgets"
    label = "gadgets"
