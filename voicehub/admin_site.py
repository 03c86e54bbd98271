"""The admin: its first page, what a person may change about themselves, and who never gets in."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from voicehub.common import audit
from voicehub.common.forms import ProfileForm
from voicehub.common.guarding.views import draft


class VoiceHubAdminSite(UnfoldAdminSite):
    index_title = _("Overview")
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The first page; for those who only pay, that is the pay form."""
        if _only_pays(request.user):
            return redirect("admin:contributors_transaction_pay")
        return super().index(request, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Made when a page shows it: all have it in their context, and most show the menu instead."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("profile/", self.admin_view(self.profile), name="profile"),
            # A signed ticket opens it: what somebody types is kept even when they have been signed out meanwhile.
            path("draft/", draft, name="draft"),
        ]

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        return context | {"account_links": _account_links(), "site_url": None}

    def profile(self, request: HttpRequest) -> HttpResponse:
        """What people may change about themselves."""
        form = ProfileForm(request.POST or None, instance=request.user)
        if request.method == "POST" and _saved(form, request.user):
            messages.success(request, _("Saved."))
            return redirect("admin:profile")
        context = {**self.each_context(request), "title": _("My profile"), "form": form}
        return TemplateResponse(request, "admin/profile.html", context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        person: Any = request.user
        before = person.password
        response = super().password_change(request, extra_context)
        if person.password != before:
            audit.record("person.password_changed", person, person)
        return response


@transaction.atomic
def _saved(form: ProfileForm, person: Any) -> bool:
    if not form.is_valid():
        return False
    form.save()
    audit.record("person.changed", person, person, changed=sorted(form.changed_data))
    return True


def _only_pays(person: Any) -> bool:
    return person.has_perm("contributors.pay_transaction") and not person.has_perm(
        "contributors.view_all_transactions"
    )


def _account_links() -> list[dict[str, Any]]:
    return [
        {"title": _("My profile"), "link": reverse("admin:profile")},
        {"title": _("Change password"), "link": reverse("admin:password_change")},
    ]
