"""Phone numbers in the admin: pages about a number, no list."""

from collections.abc import Iterator

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from telephony.models import PhoneNumber
from telephony.views import numbers as views
from voicehub.common import about_numbers, audit
from voicehub.common.about_numbers import MOST_LINES, Line, Section
from voicehub.common.models import AuditEntry
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.told import labelled


@admin.register(PhoneNumber)
class PhoneNumberAdmin(ReadOnlyAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("", views.find, "changelist"),
            ("<str:phone>/", views.number, "change"),
            ("<str:phone>/contact/", views.contact, "contact"),
            ("<str:phone>/contact/create/", views.create, "create_contact"),
            ("<str:phone>/contact/change/", views.change, "change_contact"),
            ("<str:phone>/contact/delete/", views.delete, "delete_contact"),
        )
        wrap = self.admin_site.admin_view
        return [path(where, wrap(view), name=f"telephony_phonenumber_{name}") for where, view, name in pages]


@about_numbers.shown
def changes_of_contact(number: str, request: HttpRequest) -> Iterator[Section]:
    """Who changed the contact of a number at Voitex from here."""
    about = {"object_model": PhoneNumber._meta.label_lower, "object_id": number}
    entries = AuditEntry.objects.filter(**about).select_related("actor").order_by("-id")[:MOST_LINES]
    lines = [Line(labelled(audit.words_for(entry.action), entry.actor), at=entry.at) for entry in entries]
    yield Section(_("What was done with its contact"), lines)
