"""What the search finds of payments and contributors."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contributors.models import Transaction
from contributors.search import SHORTEST_INDEXED, matching, named
from contributors.views.access import CONNECT, CONNECT_OWN, PAY, PULL, VIEW, visible_payments, visible_people
from voicehub.common import finding
from voicehub.common.finding import MOST, Hit

finding.action(_("Pay contributors"), "contributors_transaction_pay", PAY)
finding.action(_("Fetch the list of contributors"), "contributors_contributor_changelist", PULL)
finding.action(_("Connect an OutVoice account"), "contributors_contributor_account", CONNECT)
finding.action(_("Connect my own OutVoice account"), "contributors_contributor_own_account", CONNECT_OWN)


@finding.finds(_("Contributors"), "contacts")
def contributors(request: HttpRequest, typed: str) -> Iterator[Hit]:
    """By how the name begins, or the words of it where that finds few."""
    if not request.user.has_perm("contributors.view_contributor"):
        return
    people = visible_people(request.user).order_by()
    begins = people.filter(name__istartswith=typed)[: MOST + 1]
    found = {one.pk: one for one in begins}
    if len(found) <= MOST:
        found |= {one.pk: one for one in named(people, typed)[: MOST + 1]}
    for one in found.values():
        url = reverse("admin:contributors_contributor_change", args=[one.pk])
        yield Hit(one.name, url, "" if one.is_active else _("not on OutVoice's list"))


@finding.finds(_("Payments"), "receipt_long")
def payments(request: HttpRequest, typed: str) -> Iterator[Hit]:
    """By any part of the name, the title or the address: the newest first."""
    if not request.user.has_perm(VIEW) or any(len(word) < SHORTEST_INDEXED for word in typed.split()):
        return
    shown = visible_payments(request.user).exclude(state=Transaction.State.DRAFT)
    for one in matching(shown, typed).order_by("-id")[: MOST + 1]:
        yield Hit(
            f"{one.contributor_name}, {one.amount} {one.currency}",
            one.get_absolute_url(),
            f"{one.title} · {one.get_state_display()}",
        )
