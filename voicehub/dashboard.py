"""What stands around every page: the menu and the mark of the mode."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from voicehub.common import notices

NEWEST_NOTICES = 5
DEMO_PEOPLE = ("admin", "staff", "approver", "editor")

Item = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A page of the menu, for those who hold the permission where there is one."""

    url_name: str
    title: Any
    icon: str
    permission: str = ""

    def items(self, request: HttpRequest) -> Iterator[Item]:
        if not self.permission or request.user.has_perm(self.permission):
            yield {"title": self.title, "icon": self.icon, "link": reverse(f"admin:{self.url_name}")}


@dataclass(frozen=True)
class Records:
    """The list of a model ("app.model") for those who may see it; called as the model is, or `title`."""

    model: str
    icon: str
    title: Any = ""

    def items(self, request: HttpRequest) -> Iterator[Item]:
        model = apps.get_model(self.model)
        if admin.site.is_registered(model) and admin.site.get_model_admin(model).has_view_permission(request):
            yield {
                "title": self.title or capfirst(str(model._meta.verbose_name_plural)),
                "icon": self.icon,
                "link": reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"),
            }


@dataclass(frozen=True)
class AllRecords:
    """The lists of all models of an app."""

    app: str
    icon: str

    def items(self, request: HttpRequest) -> Iterator[Item]:
        for model in apps.get_app_config(self.app).get_models():
            yield from Records(model._meta.label_lower, self.icon).items(request)


class MyNotices:
    """The person's own notices, with the number of those not read yet."""

    def items(self, request: HttpRequest) -> Iterator[Item]:
        newest = notices.newest_unread(request, NEWEST_NOTICES)
        link = reverse("admin:common_notice_changelist")
        count = str(newest[0].unread) if newest else ""  # type: ignore[attr-defined]
        yield {"title": _("Notices"), "icon": "notifications", "link": link, "badge": count}


MENU: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (
        _("Payments"),
        (
            Page("contributors_transaction_pay", _("Pay contributors"), "payments", "contributors.pay_transaction"),
            Page(
                "contributors_transaction_approvals",
                _("Approvals"),
                "approval_delegation",
                "contributors.approve_transaction",
            ),
            Records("contributors.transaction", "receipt_long"),
            Page("contributors_transaction_ledger", _("Ledger"), "menu_book", "contributors.view_transaction"),
            Records("contributors.contributor", "contacts"),
        ),
    ),
    (_("One-time passwords"), (Records("otp.otpapp", "password"), Records("otp.testcode", "sms"))),
    (
        _("Telephony"),
        (
            Records("telephony.sipaccount", "deskphone"),
            Records("telephony.callscript", "integration_instructions"),
            Records("telephony.externalscript", "settings_phone"),
            Records("telephony.call", "call_log"),
            Records("telephony.phonenumber", "contact_phone"),
            Records("telephony.hotline", "support_agent"),
            Records("telephony.recording", "library_music"),
            Records("telephony.hotlinecall", "phone_in_talk"),
        ),
    ),
    (
        _("Campaigns"),
        (
            Records("campaigns.campaign", "campaign"),
            Records("campaigns.menu", "account_tree"),
            Records("campaigns.soundfile", "graphic_eq"),
            Records("campaigns.inboundpost", "phone_callback", _("Calls and texts to us")),
        ),
    ),
    (
        _("Calls and texts"),
        (
            Records("telephony.notificationcall", "phone_forwarded"),
            Records("telephony.smsmessage", "sms"),
            Records("common.donotcallnumber", "phone_disabled", _("Do-not-call list")),
        ),
    ),
    (
        _("Providers"),
        (
            Page("set_up", _("Set up"), "checklist", "common.set_up"),
            Records("sync.lane", "lan"),
            Records("sync.connection", "key"),
            Records("sync.syncjob", "pending_actions"),
            Records("sync.exchange", "swap_horiz"),
            Records("hooks.hookaddress", "call_received"),
            Records("hooks.hookrequest", "move_to_inbox"),
        ),
    ),
    (_("Sandbox providers"), (AllRecords("sandbox", "science"),)),
    (_("People"), (Records("common.user", "group"), Records("auth.group", "badge", _("Roles")))),
    (
        _("System"),
        (
            MyNotices(),
            Records("common.run", "upload_file", _("Files and bulk actions")),
            Records("common.auditentry", "history"),
            Page("glossary", _("Words and states"), "dictionary"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu: what this person may see, in groups; an empty group is left out."""
    groups = [(title, [item for entry in entries for item in entry.items(request)]) for title, entries in MENU]
    current = _deepest_link(request.path, [item["link"] for _title, items in groups for item in items])
    return [
        {"title": title, "separator": True, "items": [item | {"active": item["link"] == current} for item in items]}
        for title, items in groups
        if items
    ]


def _deepest_link(path: str, links: Iterable[str]) -> str:
    return max((link for link in links if path.startswith(link)), key=len, default="")


def environment(request: HttpRequest) -> list[Any] | None:
    """The mark beside the account menu."""
    return [_("Demo"), "warning"] if settings.VOICEHUB_DEMO else None


def page_context(request: HttpRequest) -> dict[str, Any]:
    """For every page, error pages too: nothing here may ask the database."""
    if not settings.VOICEHUB_DEMO:
        return {}
    return {
        "demo_banner": _("Sandbox in use: nothing leaves this computer"),
        "demo_people": DEMO_PEOPLE,
    }
