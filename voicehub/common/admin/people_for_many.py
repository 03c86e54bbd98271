"""What admins do about many people at once: keep them out, let them in. Never about themselves."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.common import audit, sessions
from voicehub.common.admin.for_many import ForMany, ForManyAdmin
from voicehub.common.models import User
from voicehub.sync.admin.panel import Deed


class PeopleForManyAdmin(ForManyAdmin):
    for_many = (
        ForMany("keep_out", gettext_lazy("Keep from signing in")),
        ForMany("let_in", gettext_lazy("Let sign in again")),
    )

    def may_act_for_many(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def deeds_for_many(self, request: HttpRequest, obj: User) -> list[Deed]:
        if obj == request.user or not self.has_change_permission(request, obj):
            return []
        return [_keeping_out(obj) if obj.is_active else _letting_in(obj)]

    def state_for_many(self, obj: User) -> str:
        return "done"

    def why_not_for_many(self, obj: User) -> str:
        return _("Left out: it is so already, or it is you yourself, or only a superuser may change this person.")


def _keeping_out(person: User) -> Deed:
    return Deed(
        _("Keep from signing in"),
        style="danger",
        name="keep_out",
        confirm=_("Whoever is signed in is out at the next click. What they did stays; they can be let in again."),
        do=lambda user, reason: _set_active(person, False, user),
        done=_("They cannot sign in any more."),
    )


def _letting_in(person: User) -> Deed:
    return Deed(
        _("Let sign in again"),
        name="let_in",
        do=lambda user, reason: _set_active(person, True, user),
        done=_("They can sign in again."),
    )


def _set_active(person: User, is_active: bool, user: Any) -> None:
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    if not is_active:
        # Else an old session would be good again once the person is let in again.
        sessions.end_all(person)
    audit.record("person.changed", user, person, changed={"is_active": str(is_active)})
