"""Which page answers whom: every address of the project, for every role. An address that is not listed fails.

A new model admin needs a line in MODELS and one in `make_records`; a page of its own needs a line in PAGES.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from campaigns.models import Attempt, Batch, Campaign, InboundPost
from telephony.models import Hotline, HotlineCall, TriggerRule
from tests.campaigns.factories import add, make_campaign, make_sound_file, number
from tests.common.factories import make_person
from tests.contributors.factories import make_account, make_contributor, make_payment
from tests.otp.factories import make_account as make_account_of_key
from tests.otp.factories import make_app, make_test_code
from tests.telephony.factories import (
    make_connection,
    make_external_script,
    make_hotline,
    make_load,
    make_notification_call,
    make_published,
    make_script,
    make_sip_account,
    make_speech,
    make_text,
)
from voicehub.common import audit
from voicehub.common.hooks.models import HookAddress, HookRequest
from voicehub.common.models import DoNotCallNumber, Notice, Run
from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF
from voicehub.sandbox.models import (
    ApidazeCall,
    ApidazeDomain,
    ApidazeScript,
    ApidazeSipAccount,
    ApidazeToken,
    Call,
    Fault,
    OurvoiceAccount,
    OurvoiceApp,
    OurvoiceCode,
    OurvoiceSender,
    OutVoiceClient,
    OutVoicePayee,
    OutVoicePayment,
    OutVoiceTokenPair,
    OutVoiceUser,
    VoiceShotAccount,
    VoiceShotCall,
    VoiceShotFile,
    VoiceShotMenu,
    VoiceShotPhone,
    VoitexAccount,
    VoitexAlbum,
    VoitexCall,
    VoitexContact,
    VoitexHotline,
    VoitexRecording,
    VoitexSms,
    VoitexTriggerCall,
)
from voicehub.sync.admin.base import RecordAdmin
from voicehub.sync.admin.exporting import ExportAdmin
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.admin.twins import TwinAdmin
from voicehub.sync.admin.versions import VersionedAdmin
from voicehub.sync.models import Exchange, Heartbeat, SyncJob

pytestmark = pytest.mark.django_db(databases="__all__")

ROLES = {"editor": EDITORS, "approver": APPROVERS, "staff": STAFF, "admin": ADMINS}
ANONYMOUS = "anonymous"

NOBODY: frozenset[str] = frozenset()
EDITOR = frozenset({"editor"})
ROOT = frozenset({"superuser"})
ADMIN = ROOT | {"admin"}
STAFF_UP = ADMIN | {"staff"}
OFFICE = STAFF_UP | {"approver"}
ALL = OFFICE | EDITOR
ANYBODY = ALL | {ANONYMOUS}
PAYERS = ADMIN | EDITOR
PULLERS = STAFF_UP | EDITOR
APPROVERS = ADMIN | {"approver"}

OK, FOUND, FORBIDDEN, NOT_FOUND = 200, 302, 403, 404
ORDER, PAYMENT = "contributors.paymentorder", "contributors.transaction"
PUBLISHED = "telephony.callscript, published"
NUMBER = "telephony.phonenumber"
PROVIDER = "a provider that is set up"
FOR_A_PAYMENT = "app_label=contributors&model_name=transaction&field_name=contributor"


@dataclass(frozen=True)
class Model:
    """Who sees the lists and records of a model, who adds, and who may delete."""

    view: frozenset[str]
    add: frozenset[str] = NOBODY
    delete: frozenset[str] = NOBODY


@dataclass(frozen=True)
class Page:
    """The roles that get each status. Everybody else is refused; who is not signed in is sent to the sign-in.

    `of` names the model whose record stands in the address. With `post` the page is asked by an empty POST.
    """

    answers: dict[int, frozenset[str]]
    post: bool = False
    of: str = ""
    query: str = ""

    def expected(self, who: str) -> int:
        otherwise = FOUND if who == ANONYMOUS else FORBIDDEN
        return next((status for status, roles in self.answers.items() if who in roles), otherwise)


MODELS = {
    "auth.group": Model(ROOT, add=ROOT),
    "campaigns.batch": Model(STAFF_UP),
    "campaigns.campaign": Model(STAFF_UP, add=STAFF_UP, delete=STAFF_UP),
    "campaigns.menu": Model(STAFF_UP, add=STAFF_UP),
    "campaigns.recipient": Model(STAFF_UP),
    "campaigns.soundfile": Model(STAFF_UP, delete=STAFF_UP),
    "common.auditentry": Model(ALL),
    "common.donotcallnumber": Model(OFFICE, add=STAFF_UP),
    "common.notice": Model(ALL),
    "common.run": Model(ALL),
    "common.user": Model(ADMIN, add=ADMIN),
    "contributors.contributor": Model(ALL),
    "contributors.transaction": Model(ALL),
    "campaigns.inboundpost": Model(STAFF_UP),
    "hooks.hookaddress": Model(STAFF_UP),
    "hooks.hookrequest": Model(STAFF_UP),
    "otp.otpapp": Model(OFFICE, add=STAFF_UP, delete=STAFF_UP),
    "otp.testcode": Model(STAFF_UP),
    "telephony.call": Model(STAFF_UP),
    "telephony.externalscript": Model(OFFICE, add=STAFF_UP, delete=STAFF_UP),
    "telephony.callscript": Model(OFFICE, add=STAFF_UP, delete=STAFF_UP),
    "telephony.hotline": Model(OFFICE, add=STAFF_UP, delete=STAFF_UP),
    "telephony.hotlinecall": Model(STAFF_UP),
    "telephony.notificationcall": Model(STAFF_UP),
    "telephony.smsmessage": Model(STAFF_UP),
    "telephony.recording": Model(STAFF_UP),
    "telephony.sipaccount": Model(OFFICE, add=STAFF_UP, delete=STAFF_UP),
    "sync.connection": Model(OFFICE),
    "sync.exchange": Model(OFFICE),
    "sync.lane": Model(OFFICE),
    "sync.syncjob": Model(OFFICE),
    "sandbox.apidazecall": Model(STAFF_UP),
    "sandbox.apidazedomain": Model(STAFF_UP),
    "sandbox.apidazescript": Model(STAFF_UP, add=ADMIN, delete=ADMIN),
    "sandbox.apidazesipaccount": Model(STAFF_UP, add=ADMIN, delete=ADMIN),
    "sandbox.apidazetoken": Model(STAFF_UP),
    "sandbox.call": Model(STAFF_UP),
    "sandbox.fault": Model(STAFF_UP, add=ADMIN, delete=ADMIN),
    "sandbox.ourvoiceaccount": Model(STAFF_UP),
    "sandbox.ourvoiceapp": Model(STAFF_UP, add=ADMIN, delete=ADMIN),
    "sandbox.ourvoicecode": Model(STAFF_UP),
    "sandbox.ourvoicesender": Model(STAFF_UP),
    "sandbox.outvoicepayee": Model(STAFF_UP, add=ADMIN),
    "sandbox.outvoicepayment": Model(STAFF_UP),
    "sandbox.outvoicetokenpair": Model(STAFF_UP),
    "sandbox.voiceshotaccount": Model(STAFF_UP),
    "sandbox.voiceshotcall": Model(STAFF_UP),
    "sandbox.voiceshotfile": Model(STAFF_UP),
    "sandbox.voiceshotmenu": Model(STAFF_UP, add=ADMIN),
    "sandbox.voiceshotphone": Model(STAFF_UP, add=ADMIN, delete=ADMIN),
    "sandbox.voitexaccount": Model(STAFF_UP),
    "sandbox.voitexalbum": Model(STAFF_UP),
    "sandbox.voitexcall": Model(STAFF_UP),
    "sandbox.voitexcontact": Model(STAFF_UP),
    "sandbox.voitexhotline": Model(STAFF_UP),
    "sandbox.voitexrecording": Model(STAFF_UP),
    "sandbox.voitexsms": Model(STAFF_UP),
    "sandbox.voitextriggercall": Model(STAFF_UP),
}

PAGES = {
    "home": Page({FOUND: ANYBODY}),
    "favicon": Page({FOUND: ANYBODY}),
    "healthz": Page({OK: ANYBODY}),
    "alive": Page({OK: ANYBODY}),
    "admin:index": Page({OK: OFFICE, FOUND: EDITOR}),
    "admin:login": Page({OK: ANYBODY - ALL, FOUND: ALL}),
    "admin:logout": Page({OK: ALL}, post=True),
    "admin:profile": Page({OK: ALL}),
    "admin:index_live": Page({OK: ALL}),
    "admin:troubles": Page({OK: ALL}),
    "admin:glossary": Page({OK: ALL}),
    # Its ticket opens it, to nobody else than the person whose form it stands in.
    "admin:draft": Page({NOT_FOUND: ANYBODY}),
    "admin:password_change": Page({OK: ALL}),
    "admin:second_factor": Page({OK: ALL}),
    "admin:sign_out": Page({FOUND: ALL}, post=True),
    "admin:sign_in_code": Page({FOUND: ANYBODY}),
    "admin:admin_password_reset": Page({OK: ANYBODY}),
    "admin:new_password": Page({OK: ANYBODY}, of="common.user"),
    "admin:password_change_done": Page({OK: ALL}),
    "admin:search": Page({OK: ALL}),
    "admin:jsi18n": Page({OK: ALL}),
    "admin:autocomplete": Page({OK: ALL}, query=FOR_A_PAYMENT),
    "admin:view_on_site": Page({NOT_FOUND: ALL}),
    "admin:app_list": Page({OK: ALL}),
    "admin:set_up": Page({OK: ADMIN}),
    "admin:set_up_provider": Page({OK: ADMIN}, of=PROVIDER),
    "admin:set_up_check": Page({FOUND: ADMIN}, post=True, of=PROVIDER),
    "admin:set_up_tick": Page({NOT_FOUND: ADMIN}, post=True),
    "admin:common_notice_change": Page({OK: EDITOR, FOUND: OFFICE}, of="common.notice"),
    "admin:common_notice_history": Page({OK: EDITOR, FOUND: OFFICE}, of="common.notice"),
    "admin:common_auditentry_change": Page({OK: ADMIN, FOUND: ALL - ADMIN}, of="common.auditentry"),
    "admin:common_auditentry_history": Page({OK: ADMIN, FOUND: ALL - ADMIN}, of="common.auditentry"),
    "admin:common_notice_read": Page({FOUND: ALL}, post=True),
    "admin:hooks_hookaddress_act": Page({FOUND: ADMIN}, post=True, of="hooks.hookaddress"),
    "admin:hooks_hookaddress_exchange": Page({OK: ADMIN}, post=True, of="hooks.hookaddress"),
    "admin:hooks_hookaddress_make": Page({NOT_FOUND: ADMIN}, post=True),
    "admin:common_donotcallnumber_act": Page({FOUND: STAFF_UP}, post=True, of="common.donotcallnumber"),
    "admin:common_donotcallnumber_paste": Page({OK: STAFF_UP}),
    # Asked with the list of OTP apps.
    "admin:list_view_keep": Page({FOUND: OFFICE}, post=True),
    "admin:list_view_begin": Page({FOUND: OFFICE}, post=True),
    "admin:list_view_remove": Page({NOT_FOUND: OFFICE}, post=True),
    "admin:common_user_reset_second_factor": Page({FOUND: ADMIN}, post=True, of="common.user"),
    "admin:common_user_end_sessions": Page({FOUND: ADMIN}, post=True, of="common.user"),
    "admin:common_user_unlock": Page({FOUND: ADMIN}, post=True, of="common.user"),
    "admin:auth_user_password_change": Page({OK: ADMIN}, of="common.user"),
    "admin:sync_exchange_again": Page({FOUND: STAFF_UP}, post=True, of="sync.exchange"),
    "admin:sync_connection_act": Page({FOUND: ADMIN}, post=True, of="sync.connection"),
    "admin:sync_lane_act": Page({}, post=True, of="sync.lane"),
    "admin:sync_lane_stop": Page({OK: ADMIN}, of="sync.lane"),
    "admin:sync_lane_release": Page({OK: ADMIN}, of="sync.lane"),
    "admin:sync_syncjob_act": Page({FOUND: STAFF_UP}, post=True, of="sync.syncjob"),
    "admin:contributors_contributor_payees": Page({OK: PAYERS}, query=FOR_A_PAYMENT),
    "admin:contributors_contributor_pull": Page({FOUND: PULLERS}, post=True),
    "admin:contributors_contributor_live_pull": Page({OK: ALL}),
    "admin:contributors_contributor_question": Page({FOUND: PULLERS}),
    "admin:contributors_contributor_missing": Page({OK: ALL}),
    "admin:contributors_contributor_account": Page({OK: ADMIN}),
    "admin:contributors_contributor_check": Page({FOUND: ADMIN}, post=True),
    "admin:contributors_contributor_disconnect": Page({OK: ADMIN}),
    "admin:contributors_contributor_own_account": Page({OK: PAYERS}),
    "admin:contributors_contributor_own_check": Page({FOUND: PAYERS}, post=True),
    "admin:contributors_contributor_own_disconnect": Page({FOUND: PAYERS}),
    "admin:contributors_transaction_pay": Page({OK: PAYERS}),
    "admin:contributors_transaction_order": Page({OK: ALL}, of=ORDER),
    "admin:contributors_transaction_live": Page({OK: ALL}, of=ORDER),
    "admin:contributors_transaction_cancel_all": Page({FOUND: PAYERS | STAFF_UP}, post=True, of=ORDER),
    "admin:contributors_transaction_approvals": Page({OK: APPROVERS}),
    "admin:contributors_transaction_decide": Page({FOUND: APPROVERS}, post=True),
    "admin:contributors_transaction_confirm": Page({FOUND: EDITOR, NOT_FOUND: ADMIN}, post=True, of=ORDER),
    "admin:contributors_transaction_discard": Page({FOUND: PAYERS}, post=True, of=ORDER),
    "admin:common_run_new": Page({OK: PAYERS}),
    "admin:common_run_template": Page({OK: PAYERS}),
    "admin:common_run_start": Page({FOUND: EDITOR}, post=True, of="common.run"),
    "admin:common_run_discard": Page({FOUND: EDITOR}, post=True, of="common.run"),
    "admin:common_run_cancel": Page({FOUND: PAYERS | STAFF_UP}, post=True, of="common.run"),
    "admin:common_run_again": Page({FOUND: PAYERS}, post=True, of="common.run"),
    "admin:common_run_live": Page({OK: ALL}, of="common.run"),
    "admin:common_run_rows": Page({OK: ALL}, of="common.run"),
    "admin:contributors_transaction_release": Page({FOUND: STAFF_UP}, post=True, of=ORDER),
    "admin:contributors_transaction_cancel": Page({FOUND: PAYERS | STAFF_UP}, post=True, of=PAYMENT),
    "admin:contributors_transaction_deal_with": Page({FOUND: PAYERS | STAFF_UP}, post=True, of=PAYMENT),
    "admin:contributors_transaction_settle": Page({FOUND: STAFF_UP}, of=PAYMENT),
    "admin:contributors_transaction_ledger": Page({OK: ALL}),
    "admin:contributors_transaction_ledger_export": Page({OK: ALL}),
    "admin:contributors_transaction_receipt": Page({OK: ALL}, of=PAYMENT),
    "admin:contributors_transaction_order_history": Page({OK: ALL}, of=ORDER),
    "admin:contributors_transaction_history": Page({FOUND: ALL}, of=PAYMENT),
    "admin:contributors_transaction_total": Page({OK: ALL}),
    "admin:contributors_transaction_act": Page({}, post=True, of=PAYMENT),
    "admin:campaigns_batch_act": Page({FOUND: STAFF_UP}, post=True, of="campaigns.batch"),
    "admin:campaigns_campaign_act": Page({FOUND: STAFF_UP}, post=True, of="campaigns.campaign"),
    "admin:campaigns_campaign_preflight": Page({OK: STAFF_UP}, of="campaigns.campaign"),
    "admin:campaigns_campaign_preview": Page({OK: STAFF_UP}, of="campaigns.campaign"),
    **{
        f"admin:campaigns_campaign_{name}": Page({FOUND: STAFF_UP}, post=True, of="campaigns.campaign")
        for name in ("start", "try_out", "duplicate", "again")
    },
    "admin:campaigns_menu_act": Page({FOUND: STAFF_UP}, post=True, of="campaigns.menu"),
    "admin:campaigns_soundfile_act": Page({FOUND: STAFF_UP}, post=True, of="campaigns.soundfile"),
    "admin:campaigns_soundfile_listen": Page({NOT_FOUND: STAFF_UP}, of="campaigns.soundfile"),
    "admin:campaigns_soundfile_replace": Page({OK: STAFF_UP}, of="campaigns.soundfile"),
    "admin:campaigns_soundfile_upload": Page({OK: STAFF_UP}),
    "admin:campaigns_inboundpost_listen": Page({NOT_FOUND: ADMIN}, of="campaigns.inboundpost"),
    "admin:otp_otpapp_act": Page({FOUND: STAFF_UP}, post=True, of="otp.otpapp"),
    "admin:otp_otpapp_check_template": Page({OK: OFFICE}, post=True),
    "admin:otp_otpapp_compare": Page({FOUND: STAFF_UP}, post=True),
    "admin:otp_otpapp_edit_many": Page({OK: STAFF_UP}),
    "admin:otp_otpapp_differences": Page({OK: OFFICE}, of="otp.otpapp"),
    "admin:telephony_externalscript_act": Page({FOUND: STAFF_UP}, post=True, of="telephony.externalscript"),
    "admin:telephony_externalscript_compare": Page({FOUND: STAFF_UP}, post=True),
    "admin:telephony_externalscript_differences": Page({OK: OFFICE}, of="telephony.externalscript"),
    "admin:telephony_externalscript_register": Page({FOUND: STAFF_UP}, post=True),
    "admin:telephony_externalscript_test": Page({OK: STAFF_UP}, of="telephony.externalscript"),
    "admin:telephony_callscript_check_script": Page({OK: OFFICE}, post=True),
    "admin:telephony_callscript_publish": Page({OK: STAFF_UP}, of="telephony.callscript"),
    "admin:telephony_callscript_unpublish": Page({OK: STAFF_UP}, of=PUBLISHED),
    "admin:telephony_callscript_make_default": Page({OK: STAFF_UP}, of=PUBLISHED),
    "admin:telephony_callscript_end_default": Page({OK: STAFF_UP}, of=PUBLISHED),
    "admin:telephony_callscript_versions": Page({OK: OFFICE}, of=PUBLISHED),
    "admin:telephony_callscript_version": Page({OK: OFFICE}, of=PUBLISHED),
    "admin:telephony_hotline_add_rule": Page({OK: STAFF_UP}, of="telephony.hotline"),
    "admin:telephony_hotline_change_rule": Page({OK: STAFF_UP}, of="telephony.hotline"),
    "admin:telephony_hotline_change_default": Page({OK: STAFF_UP}, of="telephony.hotline"),
    "admin:telephony_hotline_phone": Page({OK: OFFICE}, of="telephony.hotline"),
    **{
        f"admin:telephony_hotline_{name}": Page({FOUND: STAFF_UP}, post=True, of="telephony.hotline")
        for name in ("rule_up", "rule_down", "rule_on", "rule_off", "copy_rule", "delete_rule")
    },
    "admin:telephony_notificationcall_new": Page({OK: STAFF_UP}),
    "admin:telephony_notificationcall_send": Page({OK: STAFF_UP}, post=True),
    "admin:telephony_notificationcall_act": Page({FOUND: STAFF_UP}, post=True, of="telephony.notificationcall"),
    "admin:telephony_notificationcall_settle": Page({FOUND: STAFF_UP}, of="telephony.notificationcall"),
    "admin:telephony_notificationcall_history": Page({FOUND: STAFF_UP}, of="telephony.notificationcall"),
    "admin:telephony_smsmessage_new": Page({OK: STAFF_UP}),
    "admin:telephony_smsmessage_send": Page({OK: STAFF_UP}, post=True),
    "admin:telephony_smsmessage_act": Page({FOUND: STAFF_UP}, post=True, of="telephony.smsmessage"),
    "admin:telephony_smsmessage_settle": Page({FOUND: STAFF_UP}, of="telephony.smsmessage"),
    "admin:telephony_smsmessage_history": Page({FOUND: STAFF_UP}, of="telephony.smsmessage"),
    "admin:telephony_smsmessage_measure": Page({OK: STAFF_UP}, post=True),
    "admin:telephony_recording_upload": Page({OK: ADMIN}),
    "admin:telephony_recording_speech": Page({OK: ADMIN}),
    "admin:telephony_recording_taken": Page({OK: ADMIN}),
    "admin:telephony_recording_library": Page({OK: STAFF_UP}),
    "admin:telephony_recording_listen": Page({NOT_FOUND: STAFF_UP}, of="telephony.recording"),
    "admin:telephony_recording_again": Page({OK: ADMIN}, of="telephony.recording"),
    "admin:telephony_recording_replace": Page({OK: ADMIN}, of="telephony.recording"),
    "admin:telephony_recording_remove": Page({OK: ADMIN}, of="telephony.recording"),
    "admin:telephony_recording_act": Page({FOUND: ADMIN}, post=True, of="telephony.recording"),
    "admin:telephony_recording_settle": Page({FOUND: ADMIN}, of="telephony.recording"),
    "admin:telephony_recording_history": Page({FOUND: STAFF_UP}, of="telephony.recording"),
    "admin:telephony_sipaccount_act": Page({FOUND: STAFF_UP}, post=True, of="telephony.sipaccount"),
    "admin:telephony_sipaccount_compare": Page({FOUND: STAFF_UP}, post=True),
    "admin:telephony_sipaccount_edit_many": Page({OK: STAFF_UP}),
    "admin:telephony_sipaccount_range": Page({OK: STAFF_UP}),
    "admin:telephony_sipaccount_phone": Page({OK: OFFICE}, of="telephony.sipaccount"),
    "admin:telephony_sipaccount_password": Page({OK: STAFF_UP}, of="telephony.sipaccount"),
    "admin:telephony_sipaccount_renew": Page({OK: STAFF_UP}, of="telephony.sipaccount"),
    "admin:telephony_sipaccount_make_link": Page({FOUND: STAFF_UP}, post=True, of="telephony.sipaccount"),
    "admin:telephony_phonenumber_changelist": Page({OK: STAFF_UP}),
    "admin:telephony_phonenumber_change": Page({OK: STAFF_UP}, of=NUMBER),
    "admin:telephony_phonenumber_contact": Page({FOUND: STAFF_UP}, of=NUMBER),
    "admin:telephony_phonenumber_create_contact": Page({FOUND: STAFF_UP}, of=NUMBER),
    "admin:telephony_phonenumber_change_contact": Page({FOUND: STAFF_UP}, post=True, of=NUMBER),
    "admin:telephony_phonenumber_delete_contact": Page({FOUND: STAFF_UP}, post=True, of=NUMBER),
    "phone": Page({NOT_FOUND: ANYBODY}),
    "campaign_import": Page({OK: STAFF_UP}, of="campaigns.campaign"),
    "campaign_columns": Page({NOT_FOUND: ALL}, of="common.run"),
    "admin:telephony_sipaccount_differences": Page({OK: OFFICE}, of="telephony.sipaccount"),
    "admin:sandbox_apidazecall_call": Page({OK: STAFF_UP}),
    "admin:sandbox_voitextriggercall_call": Page({OK: STAFF_UP}),
    "admin:otp_testcode_new": Page({FOUND: STAFF_UP}, of="otp.otpapp"),
    "admin:otp_testcode_send": Page({OK: STAFF_UP}, post=True, of="otp.otpapp"),
    "admin:otp_testcode_act": Page({FOUND: STAFF_UP}, post=True, of="otp.testcode"),
    "admin:otp_testcode_settle": Page({FOUND: STAFF_UP}, of="otp.testcode"),
    "admin:otp_testcode_history": Page({FOUND: STAFF_UP}, of="otp.testcode"),
}
# Addresses without a name: the short form of a record's address, and whatever is left in the admin.
NAMELESS = {"<path:object_id>/", "(?P<url>.*)$"}


def patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the project with its full name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name or ''}", entry


def model_pages() -> dict[str, Page]:
    pages = {}
    for label, model in MODELS.items():
        prefix = f"admin:{label.replace('.', '_')}"
        pages[f"{prefix}_changelist"] = Page({OK: model.view})
        pages[f"{prefix}_add"] = Page({OK: model.add})
        pages[f"{prefix}_change"] = Page({OK: model.view}, of=label)
        pages[f"{prefix}_history"] = Page({history_of(label): model.view}, of=label)
        pages[f"{prefix}_delete"] = Page({OK: model.delete}, of=label)
        pages |= following_pages(label, prefix, model)
        if is_exported(label):
            pages[f"{prefix}_export"] = Page({OK: model.view})
    return pages


def is_exported(label: str) -> bool:
    """Lists of providers' stand-ins are not, nor is a class that has no list at all."""
    its_admin = site.get_model_admin(apps.get_model(label))
    return isinstance(its_admin, ExportAdmin) and label != "telephony.phonenumber"


def history_of(label: str) -> int:
    """Pages that tell all that happened are where Django's own history leads to."""
    return FOUND if isinstance(site.get_model_admin(apps.get_model(label)), TimelineAdmin) else OK


def following_pages(label: str, prefix: str, model: Model) -> dict[str, Page]:
    """The parts of pages that follow by themselves are for those who may see the whole."""
    its_admin = site.get_model_admin(apps.get_model(label))
    pages = {}
    if isinstance(its_admin, RecordAdmin):
        pages[f"{prefix}_follow"] = Page({OK: model.view}, of=label)
        pages[f"{prefix}_follow_list"] = Page({OK: model.view})
    if isinstance(its_admin, VersionedAdmin):
        # No version has this number.
        pages[f"{prefix}_back_to"] = Page({NOT_FOUND: model.add}, of=label)
    if isinstance(its_admin, TwinAdmin):
        pages[f"{prefix}_follow_comparison"] = Page({OK: model.view})
    return pages


EVERY_PAGE = model_pages() | PAGES


@dataclass(frozen=True)
class World:
    """`sessions` holds the session key of one person of each role, `records` the key of one record of each model."""

    sessions: dict[str, str]
    records: dict[str, Any]

    def client_of(self, who: str) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions.get(who, "")
        return client


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once: signing in and making records would take longer than the pages."""
    with django_db_blocker.unblock(), override_settings(VOICESHOT_ACCOUNT="main"), undone():
        people = {who: make_person(who, role) for who, role in ROLES.items()}
        people["superuser"] = make_person("superuser", is_superuser=True)
        yield World({who: session_of(person) for who, person in people.items()}, make_records(people["editor"]))


def session_of(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def make_records(editor: Any) -> dict[str, Any]:
    """The payment and the notice are the editor's own."""
    now = timezone.now()
    account, apidaze = make_account(), make_connection()
    contributor = make_contributor(account)
    payment = make_payment(editor, contributor)
    job = SyncJob.objects.create(
        provider="outvoice", model=PAYMENT, object_id=payment.pk, operation="send", due_at=timezone.now()
    )
    call = Exchange.objects.create(
        provider="outvoice", method="GET", url="http://x.test/", started_at=timezone.now(), duration_ms=1
    )
    app = make_app(connection=make_account_of_key())
    campaign, post = make_campaigns(editor)
    return {
        "campaigns.batch": post.pk,
        "campaigns.campaign": campaign.pk,
        "campaigns.menu": campaign.menu_id,
        "campaigns.recipient": post.campaign.recipients.get().pk,
        "campaigns.soundfile": make_sound_file().pk,
        "auth.group": Group.objects.get(name=EDITORS).pk,
        "common.auditentry": audit.record("lane.stopped", None).pk,
        "common.donotcallnumber": DoNotCallNumber.objects.create(number="+33199001234", added_at=now).pk,
        "common.notice": Notice.objects.create(recipient=editor, text="Something").pk,
        "common.run": Run.objects.create(kind="payments", title="A file", requested_by=editor).pk,
        "common.user": make_person("somebody").pk,
        "contributors.contributor": contributor.pk,
        ORDER: payment.order.pk,
        PAYMENT: payment.pk,
        "campaigns.inboundpost": InboundPost.objects.create(kind="text", state="unmatched").pk,
        "otp.otpapp": app.pk,
        "otp.testcode": make_test_code(app, editor).pk,
        "hooks.hookaddress": HookAddress.objects.create(kind="gadgets/bell", target="1", digest="d", made_at=now).pk,
        "hooks.hookrequest": HookRequest.objects.create(
            kind="gadgets/bell", address_id=1, received_at=now, method="GET", status=200, milliseconds=1
        ).pk,
        "telephony.call": make_load("s1").pk,
        "telephony.externalscript": make_external_script(connection=apidaze).pk,
        "telephony.callscript": make_script("draft").pk,
        PUBLISHED: make_published("menu").script.pk,
        "telephony.hotline": make_hotline_with_rule().pk,
        "telephony.hotlinecall": make_hotline_call().pk,
        "telephony.notificationcall": make_notification_call(editor).pk,
        "telephony.smsmessage": make_text(editor).pk,
        "telephony.recording": make_speech(editor).pk,
        "telephony.sipaccount": make_sip_account(connection=apidaze).pk,
        NUMBER: "+18459511000",
        PROVIDER: "voitex",
        "sync.connection": account.pk,
        "sync.exchange": call.pk,
        "sync.lane": "outvoice",
        "sync.syncjob": job.pk,
        **sandbox_records(),
    }


def make_campaigns(person: Any) -> tuple[Campaign, Batch]:
    """A draft, and the post of another campaign that has begun to call."""
    draft = make_campaign(created_by=person)
    begun = make_campaign(draft.menu, created_by=person)
    [recipient] = add(begun, number(1))
    post = Batch.objects.create(campaign=begun, connection=begun.connection, size=1, requested_by=person)
    Attempt.objects.create(campaign=begun, batch=post, recipient=recipient, number=recipient.number)
    return draft, post


def make_hotline_with_rule() -> Hotline:
    hotline = make_hotline("+18459511000")
    # The number that addresses are tried with.
    TriggerRule(pk=1, hotline=hotline, name="Rule").save(force_insert=True)
    return hotline


def make_hotline_call() -> HotlineCall:
    now = timezone.now()
    return HotlineCall.objects.create(hotline=make_hotline("+18459511110"), call_id="c", first_at=now, last_at=now)


def sandbox_records() -> dict[str, Any]:
    now = timezone.now()
    user = OutVoiceUser.objects.create(email="a@example.org", name="A")
    client = OutVoiceClient.objects.create(client_id="c")
    tokens = OutVoiceTokenPair(user=user, client=client, issued_at=now, expires_at=now, refresh_expires_at=now)
    ourvoice = OurvoiceAccount(key="k", account_id="a")
    app = OurvoiceApp(account=ourvoice, app_id="x", name="X", created_at=now, updated_at=now)
    domain = ApidazeDomain(name="d", client_id="i", native_key="k", quota_resets_at=now)
    made = (
        ApidazeCall(at=now, destination_number="31", loads=[]),
        domain,
        ApidazeScript(url="http://x.test/", created_at=now, updated_at=now),
        ApidazeSipAccount(username="u", created_at=now, updated_at=now),
        ApidazeToken(domain=domain, access_token="t", issued_at=now, expires_at=now),
        Call(at=now, provider="outvoice", method="GET", path="/"),
        Fault(provider="outvoice", operation="*", kind="slow"),
        OutVoicePayee(payee_id="p", name="P"),
        OutVoicePayment(booked_at=now, freelancer="p", name="P", cents=1, currency="USD"),
        tokens,
        ourvoice,
        OurvoiceSender(account=ourvoice, sender_id="s", name="S"),
        app,
        VoiceShotAccount(),
        menu := VoiceShotMenu(menuid="1-1", caller_id="8185550199"),
        VoiceShotCall(menu=menu, number="8185550100", queued_at=now),
        VoiceShotFile(filename="a.wav", size=1, saved_at=now),
        VoiceShotPhone(number="8185550100"),
        VoitexAccount(key="k"),
        album := VoitexAlbum(number="1"),
        VoitexCall(to="1", placed_at=now),
        VoitexContact(),
        VoitexHotline(did="8"),
        VoitexRecording(album=album, sort=1, saved_at=now),
        VoitexSms(to="1", sent_at=now),
        VoitexTriggerCall(at=now, did="8", cid="1"),
        OurvoiceCode(app=app, send_to="1", code="1", cost=1, created_at=now),
    )
    for record in made:
        record.save()
    return {record._meta.label_lower: record.pk for record in made}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is changed inside is taken back, so that the next person finds the same."""
    with ExitStack() as stack:
        for alias in settings.DATABASES:
            stack.enter_context(transaction.atomic(using=alias))
        yield
        for alias in settings.DATABASES:
            transaction.set_rollback(True, using=alias)


def address(name: str, pattern: URLPattern, key: Any) -> str:
    given = {
        "version": 1,
        "number": 1,
        "history_id": 0,
        "content_type_id": 0,
        "app_label": "common",
        "model": "otp.otpapp",
        "kind_slug": "payments",
        "name": "mode",
        "file_format": "csv",
    }
    names = pattern.pattern.converters or pattern.pattern.regex.groupindex
    return reverse(name, kwargs={argument: given.get(argument, key) for argument in names})


def status_for(client: Client, page: Page, url: str) -> int:
    with undone():
        return (client.post(url) if page.post else client.get(url)).status_code


def test_every_address_is_listed_and_every_listed_one_exists():
    found = {name for name, pattern in patterns() if str(pattern.pattern) not in NAMELESS}
    assert found == set(EVERY_PAGE)


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_each_role_gets_what_the_matrix_says(name, world):
    page = EVERY_PAGE[name]
    url = address(name, dict(patterns())[name], world.records.get(page.of, 0)) + f"?{page.query}"
    Heartbeat.objects.update(queue_at=timezone.now())
    got = {who: status_for(world.client_of(who), page, url) for who in (*world.sessions, ANONYMOUS)}
    assert got == {who: page.expected(who) for who in got}


@pytest.mark.parametrize("path", ["nowhere/", "common/user/1/", "django_q/schedule/", "axes/accessattempt/"])
def test_any_other_admin_address_sends_to_the_sign_in(path):
    assert Client().get(f"/admin/{path}")["Location"] == f"/admin/login/?next=/admin/{path}"


@pytest.mark.parametrize("path", ["django_q/schedule/", "django_q/ormq/", "django_q/failure/", "axes/accessattempt/"])
def test_the_tables_of_queue_and_sign_in_lock_are_closed_to_superusers(world, path):
    assert world.client_of("superuser").get(f"/admin/{path}").status_code == NOT_FOUND
