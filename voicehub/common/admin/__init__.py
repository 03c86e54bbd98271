"""The pages about people, roles, the audit, notices and the queue."""

from django.apps import apps
from django.contrib import admin

from voicehub.common.admin import audit, do_not_call, jobs, notices, people, roles, runs

__all__ = ["audit", "do_not_call", "jobs", "notices", "people", "roles", "runs"]

# A schedule of the queue runs any function, and its list of tasks repeats them: closed to superusers too.
# The tables of the sign-in lock hold what people typed.
CLOSED = ("django_q", "axes")

for app in CLOSED:
    models = apps.get_app_config(app).get_models()
    admin.site.unregister([model for model in models if admin.site.is_registered(model)])
