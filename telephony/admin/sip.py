"""SIP accounts in the admin."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony import services
from telephony.forms import SipAccountForm
from telephony.models import SipAccount
from telephony.runs import AccountsFromFile, ManyAccounts
from telephony.views import sip as views
from voicehub.common.admin.bulk import BulkAdmin
from voicehub.sync.admin.following import live_cell
from voicehub.sync.admin.panel import Deed, RecordAction
from voicehub.sync.admin.states import badge
from voicehub.sync.models import RecordState

NOT_CHECKED_YET = "new"
RENEWING = gettext_lazy(
    "A new password was asked for: the account of the former one is deleted at Apidaze, then it is created again. "
    "Until that is done no phone can sign in with it."
)

PHONE_TO_SET_UP = gettext_lazy(
    "It has a new password: a phone that is to use it has to be set up with it, under “Set up a phone”."
)


@admin.register(SipAccount)
class SipAccountAdmin(BulkAdmin):
    form = SipAccountForm
    file_kind = AccountsFromFile()
    edit_kind = ManyAccounts()
    list_before_template = "admin/telephony/sipaccount/list_top.html"
    list_display = (
        "username",
        "name",
        "state_badge",
        "phone",
        "internal_caller_id_number",
        "external_caller_id_number",
    )
    live_columns = ("state_badge", "phone")
    list_filter = ("sync_state", "registration")
    search_fields = ("username__istartswith", "name__istartswith")
    search_help_text = gettext_lazy("Beginning of the username or the name")

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("range/", views.new_range, "range"),
            ("<int:pk>/phone/", views.phone, "phone"),
            ("<int:pk>/password/", views.password, "password"),
            ("<int:pk>/new-password/", views.renew, "renew"),
            ("<int:pk>/set-up-link/", views.make_link, "make_link"),
        )
        return [*(self._page_url(*page) for page in pages), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: SipAccount | None = None) -> list[str]:
        return sorted(super().get_fields(request, obj), key=lambda name: name != "username")

    def get_readonly_fields(self, request: HttpRequest, obj: SipAccount | None = None) -> tuple[str, ...]:
        return ("username",) if obj is not None and not obj.may_be_renamed else ()

    def save_model(self, request: HttpRequest, obj: SipAccount, form: Any, change: bool) -> None:
        services.save_account(obj, user=request.user)

    def facts_of(self, obj: SipAccount) -> list[tuple[Any, Any]]:
        return [
            (_("Phone"), self.phone(obj)),
            (_("Domain"), obj.domain),
            (_("Outbound proxy"), settings.APIDAZE_OUTBOUND_PROXY),
            *super().facts_of(obj),
        ]

    def state_of(self, obj: SipAccount) -> str:
        """A refusal says that nothing was done, but the account of the former password may be deleted already."""
        is_refused = obj.sync_state == RecordState.REFUSED
        return RecordState.FAILED if is_refused and obj.is_being_renewed else obj.sync_state

    def message_of(self, obj: SipAccount) -> str:
        return f"{RENEWING} {obj.sync_message}".strip() if obj.is_being_renewed else obj.sync_message

    def next_step(self, obj: SipAccount, user: Any) -> Any:
        """After a new password somebody has to go to the phone, whatever the provider thinks."""
        is_cut_off = obj.renewals and obj.registration != SipAccount.Registration.REGISTERED
        is_calm = obj.sync_state in (RecordState.IN_STEP, RecordState.WAITING)
        return PHONE_TO_SET_UP if is_calm and is_cut_off else super().next_step(obj, user)

    def extra_actions(self, obj: SipAccount, user: Any) -> list[RecordAction]:
        phone = RecordAction(_("Set up a phone"), self.url_of("phone", obj.pk), is_post=False)
        return [phone, *super().extra_actions(obj, user)]

    def deeds(self, obj: SipAccount) -> list[Deed]:
        return [*super().deeds(obj), *([checking_phone(obj)] if services.may_check_phone(obj) else [])]

    @admin.display(description=gettext_lazy("Phone"))
    @live_cell
    def phone(self, obj: SipAccount) -> SafeString:
        """ "Not registered, checked 3 minutes ago" """
        if obj.checked_at is None:
            return badge(NOT_CHECKED_YET)
        words = checked_in_words(obj.checked_at)
        return format_html('<span class="vh-since">{} <span>{}</span></span>', badge(obj.registration), words)


def checked_in_words(at: datetime) -> str:
    if timezone.now() - at < timedelta(minutes=1):
        return _("checked just now")
    return _("checked %(time)s ago") % {"time": timesince(at, depth=1)}


def checking_phone(account: SipAccount) -> Deed:
    return Deed(
        _("Check the phone now"),
        name="check_phone",
        do=lambda user, reason: services.check_phone(account, user=user),
        done=_("Apidaze is being asked whether a phone is signed in."),
    )
