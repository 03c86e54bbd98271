"""What people see and do about themselves: the profile, the password, the second factor, where they are signed in."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from voicehub.common import audit, second_factor, sessions
from voicehub.common.forms import ProfileForm
from voicehub.common.models import SignIn
from voicehub.common.qr import qr_of
from voicehub.common.sign_in_forms import FirstCodeForm, PasswordAndCodeForm


class AccountPages(UnfoldAdminSite):
    def account_urls(self) -> list[URLPattern]:
        return [
            path("profile/", self.admin_view(self.profile), name="profile"),
            path("profile/second-factor/", self.admin_view(self.second_factor), name="second_factor"),
            path("profile/sign-out/", self.admin_view(self.sign_out), name="sign_out"),
        ]

    def account_links(self) -> list[dict[str, Any]]:
        """What the menu under the person's name offers."""
        return [
            {"title": _("My profile"), "link": reverse("admin:profile")},
            {"title": _("Change password"), "link": reverse("admin:password_change")},
        ]

    def profile(self, request: HttpRequest) -> HttpResponse:
        """What people may change about themselves."""
        form = ProfileForm(request.POST or None, instance=request.user)
        if request.method == "POST" and _saved(form, request.user):
            messages.success(request, _("Saved."))
            return redirect("admin:profile")
        context = {
            **self.each_context(request),
            "title": _("My profile"),
            "form": form,
            "sign_ins": sessions.shown(request),
        }
        return TemplateResponse(request, "admin/profile.html", context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        person: Any = request.user
        before, key = person.password, request.session.session_key
        response = super().password_change(request, extra_context)
        if person.password != before:
            sessions.renamed(request, key)
            audit.record("person.password_changed", person, person)
        return response

    @method_decorator(never_cache)
    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Set the second factor up; once it is on, new recovery codes or the end of it."""
        return self._changing(request) if second_factor.is_on(request.user) else self._setting_up(request)

    def _setting_up(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        form = FirstCodeForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            codes = second_factor.switch_on(person)
            sessions.end_others(request)
            return self._page(request, "recovery_codes.html", _("Your recovery codes"), codes=codes)
        factor = second_factor.being_set_up(person)
        return self._page(
            request,
            "second_factor.html",
            _("Second factor"),
            form=form,
            qr=qr_of(second_factor.link_for(factor)),
            secret_parts=[factor.secret[place : place + 4] for place in range(0, len(factor.secret), 4)],
            is_required=second_factor.is_required(person),
        )

    def _changing(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        form = PasswordAndCodeForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            if request.POST.get("act") != "off":
                codes = second_factor.renew_recovery_codes(person)
                return self._page(request, "recovery_codes.html", _("Your recovery codes"), codes=codes)
            second_factor.switch_off(person)
            messages.success(request, _("Your second factor is off."))
            return redirect("admin:profile")
        left = second_factor.codes_left(person)
        return self._page(request, "second_factor_on.html", _("Second factor"), form=form, codes_left=left)

    @method_decorator(require_POST)
    def sign_out(self, request: HttpRequest) -> HttpResponse:
        """End one of the own sessions, or all but this one; back to the profile."""
        person: Any = request.user
        wanted = request.POST.get("sign_in", "")
        if wanted.isdecimal() and len(wanted) < 19:
            count = sessions.end(SignIn.objects.filter(person=person, pk=wanted))
        else:
            count = sessions.end_others(request)
        if count:
            audit.record("sign_in.session_ended", person, person, count=count)
            messages.success(request, _("Signed out there."))
        return redirect("admin:profile")

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        return TemplateResponse(
            request, f"admin/account/{template}", {**self.each_context(request), "title": title, **context}
        )


@transaction.atomic
def _saved(form: ProfileForm, person: Any) -> bool:
    if not form.is_valid():
        return False
    form.save()
    changed = {name: str(form.cleaned_data[name]) for name in form.changed_data}
    audit.record("person.changed", person, person, changed=changed)
    return True
