"""Views of lists: kept under a name, shared, and begun with."""

from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from voicehub.common.models import ListStart, ListView
from voicehub.common.models.list_views import LONGEST_NAME, LONGEST_QUERY
from voicehub.sync.list_address import VIEW_VAR
from voicehub.sync.signals import list_opened

SHARE = "common.share_listview"
REMOVE_OTHERS = "common.manage_people"
# What belongs to a moment and not to a view.
OF_THE_MOMENT = (PAGE_VAR, ERROR_FLAG, IS_POPUP_VAR, TO_FIELD_VAR, VIEW_VAR)


class ViewRefusedError(Exception):
    """The view cannot be kept like that; the text says why, and what to do."""


def views_for(person: Any, model: str) -> QuerySet[Any]:
    """Views of a list ("app.model") that this person may use, each with `is_start` when the list begins with it."""
    mine = ListStart.objects.filter(person=person, view=OuterRef("pk"))
    usable = ListView.objects.filter(Q(owner=person) | Q(is_shared=True), model=model)
    return usable.annotate(is_start=Exists(mine)).select_related("owner").order_by("name", "pk")


def kept_query(query: str) -> str:
    """Of an address of a list, what a view keeps."""
    wanted = QueryDict(query, mutable=True)
    for name in OF_THE_MOMENT:
        wanted.pop(name, None)
    return wanted.urlencode()


def address_of(view: ListView) -> str:
    """The list's address behind the question mark, with the number of the view."""
    wanted = QueryDict(view.query, mutable=True)
    wanted[VIEW_VAR] = str(view.pk)
    return wanted.urlencode()


@transaction.atomic
def keep(person: Any, model: str, name: str, query: str, *, is_shared: bool) -> ListView:
    """Make the view, or change the person's own of this name. Raises ViewRefusedError."""
    name, query = " ".join(name.split()), kept_query(query)
    if not name or len(name) > LONGEST_NAME:
        raise ViewRefusedError(_("The view was not saved: give it a name of up to 80 letters."))
    if len(query) > LONGEST_QUERY:
        raise ViewRefusedError(_("The view was not saved: its search or its filters are too long."))
    if is_shared and not person.has_perm(SHARE):
        raise ViewRefusedError(_("The view was not saved: you may not share views. Save it for yourself."))
    kept = {"query": query, "is_shared": is_shared}
    view, _is_new = ListView.objects.update_or_create(owner=person, model=model, name=name, defaults=kept)
    return view


def may_remove(person: Any, view: ListView) -> bool:
    """One's own, and what somebody who left has shared."""
    return view.owner_id == person.pk or (view.is_shared and person.has_perm(REMOVE_OTHERS))


def begin_with(person: Any, model: str, view: ListView | None) -> None:
    """Open the list with this view from now on; with None as it is by itself."""
    if view is None:
        ListStart.objects.filter(person=person, model=model).delete()
    else:
        ListStart.objects.update_or_create(person=person, model=model, defaults={"view": view})


def beginning(sender: Any, request: HttpRequest, **kwargs: Any) -> str:
    """The address with which a list begins for this person; empty when nothing is wished."""
    start = views_for(request.user, sender._meta.label_lower).filter(is_start=True).first()
    return address_of(start) if start else ""


def listen() -> None:
    list_opened.connect(beginning, dispatch_uid="voicehub-list-views")
