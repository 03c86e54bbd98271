"""Regular expressions of keys: tried in a process that is ended in time."""

import pytest

from telephony.scripts.patterns import Verdict, fitting, judge


def test_each_is_judged_and_one_that_is_broken_does_not_hide_a_slow_one():
    assert judge([]) == []
    assert judge(["[3-9]", "1{2,4}#?", "(["]) == [Verdict.FINE, Verdict.FINE, Verdict.BROKEN]
    assert judge(["[1-", "12", r"(1|1|11)*\*", "3"]) == [Verdict.BROKEN, Verdict.FINE, Verdict.SLOW, Verdict.UNTRIED]


@pytest.mark.parametrize("pattern", ["1{99999999999}", "(" * 150, "(?P<a>1)(?P<a>2)", "\\"])
def test_what_cannot_be_compiled_is_broken(pattern):
    assert judge([pattern]) == [Verdict.BROKEN]


def test_all_that_was_pressed_has_to_fit():
    assert fitting([], "1") == []
    assert fitting(["[3-9]", "4.", "(", "[0-9]{2}"], "42") == [False, True, False, True]
    assert fitting(["([0-9]+)*[*]", "1+"], "1" * 60) == [False, False]
