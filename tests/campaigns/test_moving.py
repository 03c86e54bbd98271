"""The tallies are what a count would say, whatever happens."""

import random
from collections import Counter

from django.db import transaction

from campaigns import moving
from campaigns.models import Recipient
from tests.campaigns.factories import add, make_campaign, number

State = Recipient.State


def counted(campaign):
    return Counter(campaign.recipients.values_list("state", flat=True))


def test_tallies_follow_every_move(campaigns):
    campaign, choose = make_campaign(), random.Random(4)
    keys = [one.pk for place in range(4) for one in add(campaign, number(place), zones=f"Zone/{place % 2}")]
    for _move in range(60):
        among = choose.sample(State.values, 4)
        with transaction.atomic():
            locked = moving.lock(campaign.pk)
            moving.move(locked, choose.sample(keys, 2), choose.choice(State.values), among=among)
        assert moving.tally(campaign) == counted(campaign)


def test_a_recipient_moves_only_from_where_it_is_thought_to_be(campaigns):
    campaign = make_campaign()
    [one] = add(campaign, number(1))
    assert moving.move(campaign, [one.pk], State.BUSY, among=(State.UNDER_WAY,)) == []
    assert moving.move(campaign, [one.pk], State.UNDER_WAY, among=(State.WAITING,)) == [one.pk]
    assert moving.tally(campaign) == {State.UNDER_WAY: 1}


def test_recipients_who_are_taken_out_are_not_counted_any_more(campaigns):
    campaign = make_campaign()
    add(campaign, number(1), number(2))
    add(campaign, number(3), state=State.SKIPPED)
    assert moving.remove_recipients(campaign, campaign.recipients.filter(number__in=[number(1), number(3)])) == 2
    assert moving.tally(campaign) == {State.WAITING: 1}
