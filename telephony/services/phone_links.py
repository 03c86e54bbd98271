"""Links by which a phone sets itself up: they live for minutes, and an answer that was served uses them up."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from telephony.apidaze import ApidazeClient
from telephony.models import PhoneLink, SipAccount
from telephony.provisioning import PhoneSettings, for_linphone
from telephony.services.passwords import NotToldError, ask, check_there, end_links, reset, tells_passwords
from telephony.sync.apidaze import apidaze_settings
from voicehub.common import audit
from voicehub.sync.clock import database_now

REVEAL, RENEW = "telephony.reveal_sipaccount", "telephony.rotate_sipaccount"
TOKEN_BYTES = 24
MOST_TRIES = 20
KEPT_FOR = timedelta(days=30)


class LinkBusyError(Exception):
    """Another phone is being answered at this moment."""


@dataclass(frozen=True)
class NewLink:
    """A link right after it was made: nobody can find its token later. Until `expires_at`, in UTC."""

    token: str
    link: PhoneLink


def may_make_link(user: Any) -> bool:
    """Where a password is told only when it is new, the link makes a new one."""
    return user.has_perms([REVEAL] if tells_passwords() else [REVEAL, RENEW])


@sensitive_variables("token")
def make_link(account: SipAccount, *, reason: str, user: Any) -> NewLink:
    """A link that lives APIDAZE_PHONE_LINK_SECONDS; earlier ones of the account end. Raises NotToldError."""
    check_there(account)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), database_now()
    with transaction.atomic():
        # One at a time: of two made at once, one ends the other.
        SipAccount._base_manager.select_for_update().get(pk=account.pk)
        PhoneLink.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
        end_links(account)
        until = now + timedelta(seconds=settings.APIDAZE_PHONE_LINK_SECONDS)
        link = PhoneLink.objects.create(account=account, digest=digest_of(token), made_by=user, expires_at=until)
        audit.record("sipaccount.link_made", user, account, reason)
    return NewLink(token, link)


def digest_of(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def find_link(digest: str, address: str) -> PhoneLink | None:
    """The link with this digest, as long as the phone at this IP address can use it and its maker might make it."""
    now = database_now()
    alive = PhoneLink.objects.select_related("account__connection", "made_by")
    alive = alive.filter(served_at=None, expires_at__gt=now, tries__lt=MOST_TRIES)
    alive = alive.filter(Q(handed_to__in=("", address)) | Q(claimed_until__gte=now))
    link = alive.filter(digest=digest).first()
    return link if link and may_make_link(link.made_by) else None


def claim_link(link: PhoneLink) -> None:
    """From now on nobody else gets an answer, until it is told how this one ended. Raises LinkBusyError."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=database_now())
    _claim(link, free, tries=F("tries") + 1)


def _claim(link: PhoneLink, free: Q, **columns: Any) -> None:
    until = database_now() + timedelta(seconds=2 * apidaze_settings().deadline)
    if not PhoneLink.objects.filter(free, pk=link.pk, served_at=None).update(claimed_until=until, **columns):
        raise LinkBusyError
    link.claimed_until = until


@sensitive_variables()
def document_for(link: PhoneLink, address: str) -> bytes:
    """What the phone at this IP address is told. Raises NotToldError.

    Whatever becomes of this process, nobody else is told it afterwards. Raises LinkBusyError when the claim of `link`
    has gone to another.
    """
    document = _document(link)
    _claim(link, Q(claimed_until=link.claimed_until), handed_to=address)
    return document


def _document(link: PhoneLink) -> bytes:
    account = link.account
    check_there(account)
    phone = phone_settings(account, account.domain or ask(lambda client: _domain(client, account)))
    if tells_passwords():
        return for_linphone(phone, ask(lambda client: client.read_password(account.remote_id)))
    SipAccount._base_manager.filter(pk=account.pk).update(renewals=F("renewals") + 1)
    audit.record("sipaccount.renewed", link.made_by, account, _("For a phone that opened the set-up link."))
    return for_linphone(phone, reset(account))


def phone_settings(account: SipAccount, domain: str) -> PhoneSettings:
    return PhoneSettings(account.username, account.name, domain, settings.APIDAZE_OUTBOUND_PROXY)


def end_claim(link: PhoneLink, *, was_served: bool, address: str = "") -> None:
    """Tell how a claim ended: the link is used up, or free again. `address` is the phone's."""
    mine = PhoneLink.objects.filter(pk=link.pk, claimed_until=link.claimed_until, served_at=None)
    if not was_served:
        mine.update(claimed_until=None, handed_to="")
        return
    with transaction.atomic():
        if mine.update(served_at=database_now()):
            audit.record("sipaccount.link_used", None, link.account, address=address)


def _domain(client: ApidazeClient, account: SipAccount) -> str:
    domain = client.read_status(account.remote_id).domain
    if not domain:
        raise NotToldError(_("Apidaze does not tell the domain of this account. Try again in a few minutes."))
    return domain
