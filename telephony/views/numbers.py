"""The pages of a phone number: what is known about it, and its contact at Voitex."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from telephony import services
from telephony.forms import LABELS, ContactForm, NewContactForm, NumberForm, phones_in_words
from telephony.models import PhoneNumber
from telephony.number_links import is_number
from telephony.views.pages import needs, page
from telephony.voitex import RemoteContact, is_north_american
from voicehub.common import about_numbers, outreach, phones
from voicehub.common.models import DoNotCallNumber

VIEW = "telephony.view_phonenumber"
LOOK_UP = "telephony.look_up_contact"
CHANGE = "telephony.change_contact"
DELETE = "telephony.delete_contact"
VIEW_LIST = "common.view_donotcallnumber"
ADD_TO_LIST = "common.add_donotcallnumber"


@needs(VIEW)
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a number, and lead to its page."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        return redirect(PhoneNumber(form.cleaned_data["number"]))
    return page(request, "phonenumber/find.html", _("Phone numbers"), form=form, opts=PhoneNumber._meta)


@needs(VIEW)
def number(request: HttpRequest, phone: str) -> HttpResponse:
    """What is known about a number, and the way to its contact."""
    _check_number(phone)
    return _page(
        request,
        "number.html",
        phone,
        country=phones.country(phone),
        obstacle=outreach.obstacle(phone),
        on_list=_on_list(phone) if request.user.has_perm(VIEW_LIST) else None,
        may_list=request.user.has_perm(ADD_TO_LIST),
        sections=about_numbers.sections_for(phone, request),
        has_contacts=services.has_contacts(),
        is_for_voitex=is_north_american(phone),
        may_look_up=request.user.has_perm(LOOK_UP),
    )


@needs(LOOK_UP)
@never_cache
def contact(request: HttpRequest, phone: str) -> HttpResponse:
    """Ask Voitex for the contact of a number, and show it."""
    _check_number(phone)
    if request.method != "POST":
        return redirect(PhoneNumber(phone))
    try:
        found = services.find_contact(phone)
    except (services.NotDoneError, services.UnclearError) as why:
        messages.error(request, str(why))
        return redirect(PhoneNumber(phone))
    return _new(request, phone, NewContactForm()) if found is None else _contact(request, phone, found)


@needs(CHANGE)
@never_cache
def create(request: HttpRequest, phone: str) -> HttpResponse:
    """Make a contact with a number."""
    _check_number(phone)
    if request.method != "POST":
        return redirect(PhoneNumber(phone))
    form = NewContactForm(request.POST)
    if not form.is_valid():
        return _new(request, phone, form)
    try:
        services.create_contact(phone, form.cleaned_data, user=request.user)
    except services.NotDoneError as refusal:
        form.show_refusal(refusal)
        return _new(request, phone, form)
    except services.UnclearError as why:
        return _unclear(request, phone, why)
    return _done(request, phone, _("Voitex has the contact now."))


@needs(CHANGE)
@never_cache
def change(request: HttpRequest, phone: str) -> HttpResponse:
    """Change the contact that was shown; show it again when it is not as it was."""
    _check_number(phone)
    seen = services.unsealed(request.POST.get("seen", ""))
    if seen is None:
        return redirect(PhoneNumber(phone))
    form = ContactForm(request.POST, contact=seen, number=phone)
    if not form.is_valid():
        return _contact(request, phone, seen, form)
    changes = form.changes()
    if not changes:
        return _done(request, phone, _("Nothing was different, so nothing was changed."))
    try:
        services.change_contact(phone, changes, seen=seen, user=request.user)
    except services.NotDoneError as refusal:
        form.show_refusal(refusal)
        return _contact(request, phone, seen, form)
    except services.ChangedMeanwhileError as changed:
        return _changed(request, phone, seen, changed.there, form)
    except services.UnclearError as why:
        return _unclear(request, phone, why)
    return _done(request, phone, _("The contact was changed at Voitex."))


@needs(DELETE)
@never_cache
def delete(request: HttpRequest, phone: str) -> HttpResponse:
    """What goes with the contact that was shown; once confirmed, delete it."""
    _check_number(phone)
    seen = services.unsealed(request.POST.get("seen", ""))
    if seen is None:
        return redirect(PhoneNumber(phone))
    if "confirmed" not in request.POST:
        return _page(request, "delete.html", phone, told=_told(seen), seen=services.sealed(seen))
    try:
        services.delete_contact(phone, seen=seen, user=request.user)
    except services.NotDoneError as why:
        messages.error(request, str(why))
        return redirect(PhoneNumber(phone))
    except services.ChangedMeanwhileError as changed:
        return _changed(request, phone, seen, changed.there)
    except services.UnclearError as why:
        return _unclear(request, phone, why)
    return _done(request, phone, _("The contact was deleted at Voitex."))


def _check_number(phone: str) -> None:
    if not is_number(phone):
        raise Http404


def _on_list(phone: str) -> DoNotCallNumber:
    """The number's entry on the do-not-call list, or one that says that it is not there."""
    return DoNotCallNumber.objects.filter(number=phone).first() or DoNotCallNumber(number=phone, is_listed=False)


def _contact(
    request: HttpRequest, phone: str, there: RemoteContact, form: ContactForm | None = None, **context: Any
) -> HttpResponse:
    return _page(
        request,
        "contact.html",
        phone,
        form=form or ContactForm(contact=there, number=phone),
        told=_told(there),
        seen=services.sealed(there),
        may_change=request.user.has_perm(CHANGE),
        may_delete=request.user.has_perm(DELETE),
        **context,
    )


def _new(request: HttpRequest, phone: str, form: NewContactForm) -> HttpResponse:
    return _page(request, "new_contact.html", phone, form=form, may_change=request.user.has_perm(CHANGE))


def _changed(
    request: HttpRequest,
    phone: str,
    seen: RemoteContact,
    there: RemoteContact | None,
    form: ContactForm | None = None,
) -> HttpResponse:
    """What Voitex has now, beside what was shown; what somebody has typed is kept."""
    if there is None:
        messages.warning(request, _("Nothing was changed: Voitex has no contact with this number any more."))
        return redirect(PhoneNumber(phone))
    typed = form.typed() if form else {}
    again = ContactForm(contact=there, number=phone, initial=typed)
    return _contact(request, phone, there, again, differences=list(_differences(seen, there)))


def _differences(seen: RemoteContact, there: RemoteContact) -> Iterator[tuple[Any, str, str]]:
    """What it is, what was shown and what Voitex has now."""
    before, now = dict(_told(seen)), dict(_told(there))
    for label in {**before, **now}:
        if before.get(label, "") != now.get(label, ""):
            yield label, before.get(label, ""), now.get(label, "")


def _told(contact: RemoteContact) -> list[tuple[Any, str]]:
    """The contact in words: what Voitex told, without what is empty."""
    kinds = {"H": _("home"), "M": _("mobile"), "": ""}
    numbers = [f"{phones_in_words(one.number)} {kinds[one.kind]}".strip() for one in contact.phones]
    rows = [(label, contact.values[name]) for name, label in LABELS.items()]
    rows += [(_("Phone numbers"), ", ".join(sorted(numbers))), (_("Labels"), ", ".join(sorted(contact.labels)))]
    return [(label, text) for label, text in rows if text]


def _done(request: HttpRequest, phone: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(PhoneNumber(phone))


def _unclear(request: HttpRequest, phone: str, why: services.UnclearError) -> HttpResponse:
    messages.warning(request, _("%(why)s Look the contact up again: that shows whether it was done.") % {"why": why})
    return redirect(PhoneNumber(phone))


def _page(request: HttpRequest, template: str, phone: str, **context: Any) -> HttpResponse:
    return page(
        request,
        f"phonenumber/{template}",
        phones.shown(phone),
        number=PhoneNumber(phone),
        opts=PhoneNumber._meta,
        **context,
    )
