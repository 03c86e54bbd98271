import pytest
from django.utils import timezone

from voicehub.sandbox.models import Call
from voicehub.sandbox.models.engine import CALLS_KEPT, TRIM_EVERY

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def test_only_the_newest_calls_are_kept():
    newest = CALLS_KEPT + TRIM_EVERY
    for number in (1, TRIM_EVERY, TRIM_EVERY + 1, newest):
        Call.objects.create(pk=number, at=timezone.now(), provider="outvoice", method="GET", path="/")
    assert list(Call.objects.order_by("pk").values_list("pk", flat=True)) == [TRIM_EVERY + 1, newest]
