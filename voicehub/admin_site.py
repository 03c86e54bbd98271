"""The admin: its first page, its search, and what stands beside Django's own pages."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from voicehub.account import AccountPages
from voicehub.common import finding
from voicehub.common.guarding.views import draft
from voicehub.sign_in import SignInPages


class VoiceHubAdminSite(SignInPages, AccountPages):
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
        # Not before the admin classes are there: they are registered with what is made here.
        from voicehub import glossary
        from voicehub.common.admin import list_views, set_up
        from voicehub.first_page import live
        from voicehub.troubles import troubles

        return [
            path("live/", self.admin_view(live), name="index_live"),
            path("troubles/", self.admin_view(troubles), name="troubles"),
            path("glossary/", self.admin_view(glossary.page), name="glossary"),
            *self.account_urls(),
            *self.sign_in_urls(),
            *list_views.urls(),
            *set_up.urls(self.admin_view),
            # A signed ticket opens it: what somebody types is kept even when they have been signed out meanwhile.
            path("draft/", draft, name="draft"),
        ]

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        from voicehub.troubles import remembered

        told = remembered(request) if context["has_permission"] else []
        return context | {"account_links": self.account_links(), "site_url": None, "troubles": told}

    @method_decorator(never_cache)
    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What the person finds by `?q=`, as the part of a page that search.js shows below the field."""
        groups = finding.groups_for(request, request.GET.get("q", ""))
        count = sum(len(group.hits) for group in groups)
        return TemplateResponse(request, "admin/search/found.html", {"groups": groups, "count": count})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        # As with the urls: what is in `sync.admin` is registered with this site once it exists.
        from voicehub.sync.admin.searching import ShortJsonView

        return ShortJsonView.as_view(admin_site=self)(request)


def _only_pays(person: Any) -> bool:
    return person.has_perm("contributors.pay_transaction") and not person.has_perm(
        "contributors.view_all_transactions"
    )
