"""What happened to campaigns beside their own fields: to words and keys, and what VoiceShot posted about calls."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils.translation import gettext as _

from campaigns.models import Attempt, Campaign, InboundPost, KeyRule, Prompt
from voicehub.common import phones
from voicehub.sync.timeline import Entry, Kind, changes_of_parts


def of_words(campaign: Campaign, limit: int) -> Iterator[Entry]:
    """What people did to its prompts and keys, also to those that are gone."""
    prompts = Prompt.history.filter(campaign_id=campaign.pk)
    keys = KeyRule.history.filter(campaign_id=campaign.pk)
    return chain(
        changes_of_parts(prompts, limit, lambda version: _("Prompt %(number)s") % {"number": version.promptid}),
        changes_of_parts(keys, limit, lambda version: _("Keys %(keys)s") % {"keys": version.keys}),
    )


def posts_about(calls: Iterable[Attempt], limit: int) -> Iterator[Entry]:
    """The newest posts of VoiceShot about some calls."""
    callids = [call.callid for call in calls]
    for post in InboundPost.objects.filter(callid__in=callids).order_by("-pk")[:limit]:
        yield Entry(
            at=post.received_at,
            icon="call_received",
            title=post.get_kind_display(),
            text=" ".join(filter(None, [phones.shown(post.number) if post.number else "", _said(post)])),
            kind=Kind.INBOUND,
            url=post.get_absolute_url(),
        )


def _said(post: InboundPost) -> str:
    return ", ".join(str(post.told[name]) for name in ("status", "comment") if post.told.get(name))
