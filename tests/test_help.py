"""Every field in which somebody types or chooses something about a provider says what belongs there."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from django.forms import BaseForm

PLACES = (
    "contributors.forms",
    "contributors.runs",
    "otp.forms",
    "otp.runs",
    "telephony.forms",
    "telephony.runs",
    "campaigns.forms",
    "campaigns.runs",
)
# The label says all there is to say, or the page around the field does.
SELF_EVIDENT = {
    "amount",
    "contributor",
    "currency",
    "email",
    "first_name",
    "last_name",
    "kind",
    "add_kind",
}
# What a whole table of them is about stands above it, or beside the choice.
IN_TABLES = {"ConditionRow", "PlayRow", "KeyRow", "VariableRow", "DecisionForm", "ReleaseForm", "ColumnsForm"}
# Their help is worked out when the form is made, from the settings.
WITH_LIMITS = {("OtpAppForm", "code_size"), ("ManyAppsForm", "code_size")}
# Forms that no page shows as they are.
UNSEEN = {"TemplateForm", "UnfinishedForm", "ConfirmedForm", "ConfirmedTestCodeForm", "LinkForm"}
# A trial of calls: each field has a value to begin with that shows its shape.
WITH_EXAMPLE = {("TrialForm", "first_dial"), ("TrialForm", "later_dials"), ("CallerForm", "caller_name")}


def modules() -> Iterator[str]:
    for place in PLACES:
        yield place
        inside = getattr(import_module(place), "__path__", ())
        yield from (found.name for found in pkgutil.walk_packages(inside, f"{place}."))


def forms() -> Iterator[type[BaseForm]]:
    for name in modules():
        for thing in vars(import_module(name)).values():
            if isinstance(thing, type) and issubclass(thing, BaseForm) and thing.__module__ == name:
                yield thing


def test_every_field_of_a_provider_has_help_or_needs_none():
    shown = [form for form in forms() if form.__name__ not in IN_TABLES | UNSEEN]
    without = {
        (form.__name__, name)
        for form in shown
        for name, field in form.base_fields.items()
        if not field.help_text and not field.widget.is_hidden and name not in SELF_EVIDENT
    }
    assert len(shown) > 20
    assert without == WITH_LIMITS | WITH_EXAMPLE
