"""The samples: right as they stand, and each leads to what is there."""

import pytest
from lxml import etree

from telephony.scripts.answers import answer
from telephony.scripts.samples import SAMPLES
from tests.telephony.scripts.desk import checked


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.slug)
def test_a_sample_has_no_problem_once_its_accounts_are_there(sample):
    report = checked(sample.script, accounts=("ann", "frontdesk"), scripts=[one.slug for one in SAMPLES])
    assert report.problems == ()
    assert etree.fromstring(answer(sample.script, {})).tag == "document"
    assert "Replace: " in sample.script
    assert sample.title
    assert sample.description
