"""Hotlines from a file: one line, one number that callers dial."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from telephony import services
from telephony.forms.hotline import HotlineForm, as_typed
from telephony.models import Hotline
from voicehub.common.runs import Column
from voicehub.common.runs.forms import FormKind

STAYS = gettext_lazy("Empty: stays as it is.")


class HotlinesFromFile(FormKind):
    slug = "hotlines"
    label = gettext_lazy("Hotlines from a file")
    form = HotlineForm
    key = "did"
    columns = (
        Column(
            "did",
            gettext_lazy("Number"),
            gettext_lazy("Ten digits. The hotline of this number is changed; if there is none, a new one is made."),
            "845 951 1000",
            is_required=True,
            aliases=("did", "phone number"),
        ),
        Column("name", gettext_lazy("Name"), STAYS, "Orders"),
        Column(
            "time_zone",
            gettext_lazy("Time zone"),
            gettext_lazy("Empty: stays as it is; for a new one, America/New_York."),
            "America/New_York",
            aliases=("zone",),
        ),
    )

    def key_of(self, text: str) -> str:
        return as_typed(text)[:64]

    def found(self, keys: Iterable[str]) -> Mapping[str, Hotline]:
        return {one.did: one for one in Hotline.objects.filter(did__in=set(keys))}

    def save(self, record: Hotline, user: Any) -> None:
        services.save_hotline(record, user=user)
