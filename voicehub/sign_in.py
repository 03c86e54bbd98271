"""The pages at the door: sign-in in one step or two, and what to do when one cannot get in."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView, PasswordResetConfirmView, PasswordResetView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from unfold.sites import UnfoldAdminSite

from voicehub.common import audit, mail, second_factor, sessions, sign_in_lock
from voicehub.common.sign_in_forms import CodeForm, LinkForm, NewPasswordForm, SignInForm, wrong_code_words

HALF_WAY = "knows_password"
HALF_WAY_SECONDS = 5 * 60


class SignInPages(UnfoldAdminSite):
    """What of the admin is open to everybody."""

    login_form = SignInForm

    def sign_in_urls(self) -> list[URLPattern]:
        pages = (
            ("login/code/", CodeView, "sign_in_code", _("Second step")),
            ("login/trouble/", TroubleView, "admin_password_reset", _("Trouble signing in")),
            ("login/password/<uidb64>/<token>/", NewPasswordView, "new_password", _("New password")),
        )
        return [path(route, partial(self._open, view, title), name=name) for route, view, name, title in pages]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {"subtitle": None, "app_path": request.get_full_path(), **(extra_context or {})}
        return self._open(PasswordView, _("Log in"), request, extra=context)

    def _open(
        self, view: Any, title: Any, request: HttpRequest, extra: dict[str, Any] | None = None, **kwargs: Any
    ) -> HttpResponse:
        context = {**self.each_context(request), "title": title, **(extra or {})}
        answer: HttpResponse = never_cache(view.as_view(extra_context=context))(request, **kwargs)
        return answer


class PasswordView(LoginView):
    """Name and password. Who has a second factor is only half-way in then."""

    template_name = "admin/login.html"
    authentication_form = SignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        person = form.get_user()
        if not second_factor.is_on(person):
            return super().form_valid(form)
        self.request.session[HALF_WAY] = {
            "person": person.pk,
            "backend": person.backend,
            "mark": person.get_session_auth_hash(),
            "at": int(timezone.now().timestamp()),
        }
        return redirect(f"{reverse('admin:sign_in_code')}?{urlencode({'next': self.get_success_url()})}")


class CodeView(RedirectURLMixin, FormView):
    """The second step, for a few minutes after the first."""

    template_name = "admin/sign_in/code.html"
    form_class = CodeForm
    next_page = settings.LOGIN_REDIRECT_URL
    person: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.person = _half_way_in(request)
        if self.person is None:
            return redirect("admin:login")
        if sign_in_lock.is_shut(request, self.person):
            return sign_in_lock.respond(request)
        answer: Any = super().dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: CodeForm) -> HttpResponse:
        if not second_factor.accepts(self.person, form.cleaned_data["code"]):
            self._tell_failure()
            form.add_error("code", wrong_code_words(self.person))
            return self.form_invalid(form)
        backend = self.request.session.pop(HALF_WAY)["backend"]
        login(self.request, self.person, backend)
        return redirect(self.get_success_url())

    def _tell_failure(self) -> None:
        user_login_failed.send(
            sender=__name__,
            credentials={"username": self.person.get_username()},
            request=self.request,
            action="sign_in.code_failed",
        )


def _half_way_in(request: HttpRequest) -> Any:
    """Who has given the right password a few minutes ago, if it is still theirs."""
    known = request.session.get(HALF_WAY)
    if known is None or timezone.now().timestamp() - known["at"] > HALF_WAY_SECONDS:
        return None
    person = get_user_model().objects.filter(pk=known["person"], is_active=True).first()
    is_same = person is not None and constant_time_compare(known["mark"], person.get_session_auth_hash())
    return person if is_same and second_factor.is_on(person) else None


class TroubleView(PasswordResetView):
    """Why one may not get in and what to do; with a link by mail where VoiceHub has a mail server."""

    template_name = "admin/sign_in/trouble.html"
    email_template_name = "mail/new_password.txt"
    subject_template_name = "mail/new_password_subject.txt"
    form_class = LinkForm
    success_url = reverse_lazy("admin:login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            sends_mail=mail.is_set_up(),
            failures=settings.AXES_FAILURE_LIMIT,
            minutes=round(settings.AXES_COOLOFF_TIME * 60),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if mail.is_set_up() else self.get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.extra_email_context = _public_address()
        text = _("If somebody here has this address, a mail with a link is on its way. It is good for an hour.")
        messages.success(self.request, text)
        return super().form_valid(form)


def _public_address() -> dict[str, str]:
    """Where the link leads: to the address that VoiceHub is known by, whatever host a request names."""
    protocol, _separator, domain = settings.PUBLIC_BASE_URL.rstrip("/").partition("://")
    return {"protocol": protocol, "domain": domain} if domain else {}


@method_decorator(never_cache, "dispatch")
class NewPasswordView(PasswordResetConfirmView):
    """Where the link leads to. The second factor is asked for afterwards all the same."""

    template_name = "admin/sign_in/new_password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("admin:login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        sessions.end_all(self.user)
        sign_in_lock.unlock(self.user)
        audit.record("person.password_forgotten", None, self.user)
        messages.success(self.request, _("Your new password is saved. Sign in with it."))
        return answer
