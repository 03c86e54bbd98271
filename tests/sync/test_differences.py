"""Three sides of a record, by pure functions: every combination of what was changed where."""

import pytest

from voicehub.sync.differences import Changed, Sides

A, B, C = "a", "b", "c"


def sides(agreed=None, here=None, there=None, **more):
    """Sides of one field, "name"; None where a side does not name it."""
    values = {"agreed": agreed, "here": here, "there": there}
    return Sides(**{side: {} if value is None else {"name": value} for side, value in values.items()}, **more)


@pytest.mark.parametrize(
    ("agreed", "here", "there", "changed"),
    [
        (A, A, A, None),
        (A, B, B, None),
        (None, A, A, None),
        (A, A, None, None),
        (A, B, A, Changed.HERE),
        (A, A, B, Changed.THERE),
        (A, B, C, Changed.BOTH),
        (None, A, B, Changed.BOTH),
    ],
)
def test_a_difference_says_where_it_was_changed(agreed, here, there, changed):
    found = sides(agreed, here, there).differences()
    assert [one.changed for one in found] == ([changed] if changed else [])


@pytest.mark.parametrize(
    ("agreed", "here", "there", "sent"),
    [
        (A, B, A, {"name": B}),
        (A, A, B, {}),
        (A, B, C, {}),
        (A, B, B, {}),
        (A, B, None, {"name": B}),
        (A, A, None, {}),
        (None, A, None, {"name": A}),
        (None, A, A, {}),
    ],
)
def test_only_what_was_changed_here_alone_is_sent(agreed, here, there, sent):
    assert sides(agreed, here, there).to_send() == sent


def test_what_we_may_have_sent_ourselves_is_no_change_of_theirs():
    ours = sides(A, C, B, sent={"name": [B]})
    assert ours.conflicts() == []
    assert ours.to_send() == {"name": C}


def test_a_value_that_may_have_arrived_is_sent_again_where_the_provider_does_not_say_what_it_has():
    assert sides(A, A, None, sent={"name": [B]}).to_send() == {"name": A}


def test_what_a_person_ignores_is_left_alone_until_either_side_changes():
    left = {"name": [B, C]}
    assert sides(A, B, C, ignored=left).open_differences() == []
    assert sides(A, B, C, ignored=left).to_send() == {}
    assert [one.name for one in sides(A, B, "d", ignored=left).conflicts()] == ["name"]
    assert [one.name for one in sides(A, "d", C, ignored=left).conflicts()] == ["name"]


@pytest.mark.parametrize(
    ("agreed", "here", "there", "taken"),
    [(A, A, B, {"name": B}), (A, B, A, {}), (A, B, C, {}), (None, A, B, {}), (A, A, A, {}), (A, A, None, {})],
)
def test_only_what_was_changed_there_alone_may_be_taken_over(agreed, here, there, taken):
    assert sides(agreed, here, there).to_take_over() == taken


def test_what_a_person_chose_to_keep_is_not_taken_over_however_often_theirs_changes():
    assert sides(A, A, C, ignored={"name": [A, B]}).to_take_over() == {}
    assert sides(B, B, C, ignored={"name": [A, B]}).to_take_over() == {"name": C}


def test_what_we_may_have_sent_ourselves_is_not_taken_over():
    assert sides(A, A, B, sent={"name": [B]}).to_take_over() == {}


@pytest.mark.parametrize(
    ("agreed", "here", "there", "expected"), [(A, B, B, B), (A, B, A, A), (A, A, B, A), (None, A, A, A), (A, B, C, A)]
)
def test_what_both_sides_hold_is_agreed_and_anything_else_stays_as_it_was(agreed, here, there, expected):
    assert sides(agreed, here, there).agreed_now() == {"name": expected}


def test_false_and_nothing_and_a_blank_are_values_like_any_other():
    assert [one.there for one in sides("a", "a", "").differences()] == [""]
    assert Sides({"on": True}, {"on": True}, {"on": False}).differences()[0].changed == Changed.THERE
