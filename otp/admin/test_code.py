"""Test codes in the admin: asked for, looked over once more, sent, and followed to their end."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from otp import services
from otp.forms import ConfirmedTestCodeForm, TestCodeForm
from otp.models import OtpApp, Sender, TestCode
from otp.obstacles import why_not_send, why_unusable
from otp.rules import DAILY_LIMIT
from otp.sync import SLUG, TEST_CODE_WITHIN, money
from voicehub.common import about_numbers, limits, phones
from voicehub.common.about_numbers import MOST_LINES, Line, Section
from voicehub.sync.admin.conditions import Roadblocks
from voicehub.sync.admin.lanes import gauge_in_words
from voicehub.sync.admin.once_only import OnceOnlyAdmin
from voicehub.sync.admin.panel import RecordAction
from voicehub.sync.admin.settling import Case
from voicehub.sync.admin.states import badge
from voicehub.sync.clock import database_now
from voicehub.sync.models import Gauge, RecordState, SyncJob
from voicehub.sync.models.job import UNFINISHED, Operation

SEND = "otp.send_testcode"
STATES_TO_WAIT_FOR = (*UNFINISHED, TestCode.State.UNCERTAIN)


def trying(app: OtpApp, user: Any) -> list[RecordAction]:
    """The button on an app's page, for those who may send and while the app can be tried."""
    if why_unusable(app) or not user.has_perm(SEND):
        return []
    return [RecordAction(_("Send a test code"), reverse("admin:otp_testcode_new", args=[app.pk]), is_post=False)]


@admin.register(TestCode)
class TestCodeAdmin(OnceOnlyAdmin):
    list_display = ("made", "number_shown", "app_name", "state_badge", "cost_shown", "requested_by")
    list_filter = ("state",)
    list_select_related = ("requested_by",)
    search_fields = ("number__startswith",)
    search_help_text = gettext_lazy("Beginning of the number: +22901")
    fields = (
        "number_shown",
        "country",
        "app_link",
        "provider_status",
        "cost_shown",
        "sent_at",
        "asked_by",
        "created_at",
    )
    settle_for_example = gettext_lazy("For example: the phone itself, the list of messages on Ourvoice's site.")

    def what_was_sent(self, obj: TestCode) -> str:
        return _("Test code of %(app)s to %(number)s") % {"app": obj.app_name, "number": phones.shown(obj.number)}

    def case_of(self, obj: TestCode, job: SyncJob) -> Case:
        case = super().case_of(obj, job)
        in_sandbox = reverse("admin:sandbox_ourvoicecode_changelist") if settings.VOICEHUB_DEMO else ""
        return replace(case, console_url=in_sandbox)

    def extra_actions(self, obj: TestCode, user: Any) -> list[RecordAction]:
        actions = super().extra_actions(obj, user)
        if obj.app is None or obj.state in STATES_TO_WAIT_FOR or not trying(obj.app, user):
            return actions
        url = reverse("admin:otp_testcode_new", args=[obj.app.pk], query={"again": obj.pk})
        return [*actions, RecordAction(_("Send another one"), url, is_post=False)]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("new/<int:app_pk>/", self.new_view, "new"),
            self._page_url("new/<int:app_pk>/send/", self.send_view, "send"),
            *super().get_urls(),
        ]

    def new_view(self, request: HttpRequest, app_pk: int) -> HttpResponse:
        """The form; once a good number is posted, the page that says what will happen. Nothing is sent yet."""
        app = self._app_to_try(request, app_pk)
        if problem := why_unusable(app):
            messages.warning(request, problem)
            return redirect(app)
        if request.method != "POST":
            return self._form_page(request, app, TestCodeForm(initial={"number": self._number_before(request, app)}))
        form = TestCodeForm(request.POST)
        if not form.is_valid() or "change" in request.POST:
            return self._form_page(request, app, form)
        return self._confirm_page(request, app, form.cleaned_data["number"], uuid4())

    @method_decorator(require_POST)
    def send_view(self, request: HttpRequest, app_pk: int) -> HttpResponse:
        app = self._app_to_try(request, app_pk)
        form = ConfirmedTestCodeForm(request.POST)
        if not form.is_valid():
            return self._form_page(request, app, TestCodeForm(request.POST))
        try:
            return redirect(services.send_test_code(app, user=request.user, **form.cleaned_data))
        except (services.NotSendableError, limits.LimitReachedError):
            return self._confirm_page(request, app, **form.cleaned_data)

    def _form_page(self, request: HttpRequest, app: OtpApp, form: TestCodeForm) -> HttpResponse:
        title = _("Test code of %(app)s") % {"app": app}
        return self._page(request, "test_code_new.html", title, app=app, form=form)

    def _confirm_page(self, request: HttpRequest, app: OtpApp, number: str, confirmation: UUID) -> HttpResponse:
        """What will happen, or why it cannot."""
        if roadblock := Roadblocks().before(SLUG, app.connection_id, Operation.SEND):
            messages.warning(request, _("What you confirm now has to wait. %(why)s") % {"why": roadblock.why})
        use = limits.Use(1)
        return self._page(
            request,
            "test_code_confirm.html",
            _("Check before the code is sent"),
            app=app,
            number=number,
            number_shown=phones.shown(number),
            confirmation=confirmation,
            facts=[*_facts(app, number)],
            minutes=TEST_CODE_WITHIN.seconds // 60,
            is_demo=settings.VOICEHUB_DEMO,
            is_ahead=app.sync_state != RecordState.IN_STEP,
            problem=why_not_send(app, number) or limits.why_too_much(DAILY_LIMIT, user=request.user, adding=use),
        )

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/otp/{template}", context)

    def _app_to_try(self, request: HttpRequest, app_pk: int) -> OtpApp:
        if not request.user.has_perm(SEND):
            raise PermissionDenied
        return get_object_or_404(OtpApp.objects.select_related("connection"), pk=app_pk)

    def _number_before(self, request: HttpRequest, app: OtpApp) -> str:
        """The number of the code that `?again=` names."""
        pk = request.GET.get("again", "")
        before = app.test_codes.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
        return phones.shown(before.number) if before else ""

    @admin.display(description=gettext_lazy("Asked for"))
    def made(self, obj: TestCode) -> Any:
        return obj.created_at

    @admin.display(description=gettext_lazy("Phone number"))
    def number_shown(self, obj: TestCode) -> str:
        return phones.shown(obj.number)

    @admin.display(description=gettext_lazy("Country"))
    def country(self, obj: TestCode) -> str:
        return phones.country(obj.number)

    @admin.display(description=gettext_lazy("Cost"))
    def cost_shown(self, obj: TestCode) -> str:
        return "" if obj.cost is None else money(obj.cost)

    @admin.display(description=gettext_lazy("App"))
    def app_link(self, obj: TestCode) -> SafeString | str:
        if obj.app is None:
            return obj.app_name
        return format_html('<a class="vh-link" href="{}">{}</a>', obj.app.get_absolute_url(), obj.app_name)


def _facts(app: OtpApp, number: str) -> list[tuple[str, str]]:
    """What a person checks before a code goes out."""
    sender = Sender.objects.filter(connection=app.connection_id, remote_id=app.sender_id).first()
    balance = Gauge.objects.filter(connection=app.connection_id, name="balance").first()
    facts = [
        (_("To"), f"{phones.shown(number)} ({phones.country(number)})"),
        (_("App"), app.name),
        (_("In whose name"), sender.name if sender else app.sender_id),
        (_("Message"), app.message_template),
    ]
    return [*facts, (_("Balance"), gauge_in_words(balance, database_now()))] if balance else facts


@about_numbers.shown
def test_codes_to(number: str, request: HttpRequest) -> Iterator[Section]:
    if not request.user.has_perm("otp.view_testcode"):
        return
    codes = TestCode.objects.filter(number=number)[:MOST_LINES]
    lines = [Line(code.app_name, code.created_at, code.get_absolute_url(), badge(code.state)) for code in codes]
    every = reverse("admin:otp_testcode_changelist", query={"q": number})
    yield Section(_("Test codes to this number"), lines, every)
