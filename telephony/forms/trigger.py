"""What people write about a hotline's rules: conditions and an answer, row by row."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from telephony.models import Hotline, TriggerRule
from telephony.trigger import conditions as asked
from telephony.trigger.answers import Answer, Play, PlayFile, PlayText, is_slot
from telephony.trigger.checking import Problem
from telephony.trigger.conditions import FACTS, OPERATOR_LABELS, WITHOUT_VALUE, Condition, Operator

MOST_ROWS = 50
STALE = gettext_lazy(
    "Not saved: it was changed elsewhere since you opened this page, and now reads as above. What you wrote is still "
    "here: save again if yours is meant to stay."
)
RECORDING, TEXT = "recording", "text"


class Row(forms.Form):
    """A row of a list; one that is left empty counts as not there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")


class ConditionRow(Row):
    fact = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("", "—"), *((name, fact.label) for name, fact in FACTS.items())],
        widget=UnfoldAdminSelectWidget,
    )
    of = forms.CharField(
        label=gettext_lazy("Which"),
        required=False,
        max_length=asked.LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget,
    )
    operator = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=list(OPERATOR_LABELS.items()),
        initial=Operator.IS,
        widget=UnfoldAdminSelectWidget,
    )
    value = forms.CharField(
        label=gettext_lazy("Value"),
        required=False,
        max_length=asked.LONGEST_VALUE,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        fact = FACTS.get(cleaned.get("fact", ""))
        if fact is None or not cleaned.get("operator"):
            return cleaned
        operator = Operator(cleaned["operator"])
        if operator not in fact.operators:
            possible = ", ".join(str(OPERATOR_LABELS[one]) for one in fact.operators)
            self.add_error("operator", _("Here only these can be asked: %s.") % possible)
        return cleaned

    @property
    def condition(self) -> Condition:
        fact, operator = FACTS[self.cleaned_data["fact"]], Operator(self.cleaned_data["operator"])
        return Condition(
            self.cleaned_data["fact"],
            operator,
            "" if operator in WITHOUT_VALUE else self.cleaned_data["value"],
            self.cleaned_data["of"] if fact.of else "",
        )


class PlayRow(Row):
    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("", "—"), (RECORDING, gettext_lazy("Play a recording")), (TEXT, gettext_lazy("Say a text"))],
        widget=UnfoldAdminSelectWidget,
    )
    slot = forms.CharField(
        label=gettext_lazy("Recording"),
        required=False,
        max_length=30,
        widget=UnfoldAdminTextInputWidget({"list": "recordings", "placeholder": "10/25"}),
        help_text=gettext_lazy("Album and sort number, as in 10/25."),
    )
    text = forms.CharField(label=gettext_lazy("Text"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        album, slash, sort = cleaned.get("slot", "").replace(" ", "").partition("/")
        if cleaned.get("kind") == RECORDING and not (slash and is_slot(album) and is_slot(sort)):
            self.add_error("slot", _("Write album and sort number with a slash between, as in 10/25."))
        return cleaned

    @property
    def play(self) -> Play:
        if self.cleaned_data["kind"] == TEXT:
            return PlayText(self.cleaned_data["text"].strip())
        album, _slash, sort = self.cleaned_data["slot"].replace(" ", "").partition("/")
        return PlayFile(album, sort)


class KeyRow(Row):
    key = forms.CharField(label=gettext_lazy("Key"), max_length=20, widget=UnfoldAdminTextInputWidget)
    branch = forms.CharField(label=gettext_lazy("Branch"), max_length=10, widget=UnfoldAdminTextInputWidget)


class VariableRow(Row):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=asked.LONGEST_NAME, widget=UnfoldAdminTextInputWidget
    )
    value = forms.CharField(
        label=gettext_lazy("Value"),
        required=False,
        max_length=asked.LONGEST_VALUE,
        widget=UnfoldAdminTextInputWidget,
    )


class Rows(BaseFormSet):
    """A list of rows that can be taken out; `filled` are those that count, in their order."""

    ordering_widget = UnfoldAdminTextInputWidget

    @property
    def filled(self) -> list[Any]:
        rows = self.ordered_forms if self.can_order else self.forms
        return [row for row in rows if row not in self.deleted_forms and _is_filled(row)]


class NamedRows(Rows):
    """Rows whose first field may stand there once only: of two, one would be lost."""

    def clean(self) -> None:
        super().clean()
        first = next(iter(self.form.base_fields))
        seen: set[str] = set()
        for row in self.filled:
            if (value := str(row.cleaned_data.get(first, "")).strip()) in seen:
                raise ValidationError(_("“%s” stands here twice. Take one of the two out.") % value)
            seen.add(value)


def _is_filled(row: Any) -> bool:
    """Whether its first field has a value: no row makes sense without."""
    return bool(row.cleaned_data.get(next(iter(row.base_fields))))


def rows_of(form: type[Row], formset: type[Rows] = Rows, *, is_ordered: bool = False) -> Any:
    return forms.formset_factory(
        form,
        formset=formset,
        extra=1,
        can_delete=True,
        can_order=is_ordered,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
    )


ConditionRows = rows_of(ConditionRow)
PlayRows = rows_of(PlayRow, is_ordered=True)
KeyRows = rows_of(KeyRow, NamedRows)
VariableRows = rows_of(VariableRow, NamedRows)


class GotoForm(forms.Form):
    goto = forms.CharField(
        label=gettext_lazy("Then go on at branch"),
        required=False,
        max_length=10,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Empty: Voitex goes its own way (“No Route Found”), unless a key was pressed."),
    )


def are_valid(*parts: Any) -> bool:
    """Whether all of them are; each is asked, so that every mistake is shown at once."""
    found = [part.is_valid() for part in parts]
    return all(found)


class AnswerForms:
    """The forms of one answer: what is played, keys, where it goes on, and variables."""

    def __init__(self, data: Mapping[str, Any] | None, stored: Answer) -> None:
        keys = [{"key": key, "branch": branch} for key, branch in stored.inputs.items()]
        variables = [{"name": name, "value": value} for name, value in stored.variables.items()]
        self.goto = GotoForm(data, initial={"goto": stored.goto or ""})
        self.plays = PlayRows(data, prefix="play", initial=[_play_as_row(play) for play in stored.play])
        self.keys = KeyRows(data, prefix="keys", initial=keys)
        self.variables = VariableRows(data, prefix="variables", initial=variables)

    def is_valid(self) -> bool:
        return are_valid(self.goto, self.plays, self.keys, self.variables)

    @property
    def answer(self) -> Answer:
        return Answer(
            play=tuple(row.play for row in self.plays.filled),
            goto=self.goto.cleaned_data["goto"] or None,
            inputs={row.cleaned_data["key"]: row.cleaned_data["branch"] for row in self.keys.filled},
            variables={row.cleaned_data["name"]: row.cleaned_data["value"] for row in self.variables.filled},
        )

    def show(self, problem: Problem) -> bool:
        """Put a problem where it belongs; tells whether there is such a place."""
        if problem.part == "goto":
            self.goto.add_error("goto", problem.text)
            return True
        rows = {"play": self.plays, "inputs": self.keys, "variables": self.variables}.get(problem.part)
        return rows is not None and _show_in(rows, problem)


def _show_in(rows: Rows, problem: Problem) -> bool:
    """At the row that the problem names by its index, or by what its first field says."""
    for index, row in enumerate(rows.filled):
        first = next(iter(row.base_fields))
        if problem.place in (index, row.cleaned_data[first]):
            row.add_error(first if isinstance(problem.place, str) else None, problem.text)
            return True
    return False


def _play_as_row(play: Play) -> dict[str, str]:
    if isinstance(play, PlayFile):
        return {"kind": RECORDING, "slot": f"{play.album}/{play.sort}"}
    return {"kind": TEXT, "text": play.text}


class OpenedForm(forms.Form):
    """Knows what was stored when the page was opened, and refuses to write over anything else."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, stored: str, **kwargs: Any) -> None:
        super().__init__(data, initial={"opened": stored, **kwargs.pop("initial", {})}, **kwargs)
        self.stored = stored
        self.is_stale = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("opened") != self.stored:
            self.is_stale = True
            # Who has read what is stored now may save again, and means it.
            self.data = {**dict(self.data.items()), "opened": self.stored}
            raise ValidationError(STALE)
        return cleaned


class NameForm(OpenedForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What people here call the rule, as in “Closed at night”."),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy("Off: the rule is kept, and no call is answered by it."),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


def digest_of(*values: Any) -> str:
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _conditions_as_rows(stored: Any) -> list[Any]:
    """What can be read of them."""
    return [one for one in stored if isinstance(one, Mapping)] if isinstance(stored, list) else []


class RuleForms:
    """Everything on the page of a rule. `rule` may be new."""

    def __init__(self, rule: TriggerRule, data: Mapping[str, Any] | None = None) -> None:
        self.rule = rule
        stored = digest_of(rule.name, rule.is_active, rule.conditions, rule.answer) if rule.pk else ""
        self.name = NameForm(data, stored, initial={"name": rule.name, "is_active": rule.is_active})
        self.conditions = ConditionRows(data, prefix="if", initial=_conditions_as_rows(rule.conditions))
        self.answer = AnswerForms(data, Answer.readable(rule.answer))

    def is_valid(self) -> bool:
        return are_valid(self.name, self.conditions, self.answer)

    def into(self, rule: TriggerRule) -> TriggerRule:
        rule.name, rule.is_active = self.name.cleaned_data["name"], self.name.cleaned_data["is_active"]
        rule.conditions = [row.condition.as_json() for row in self.conditions.filled]
        rule.answer = self.answer.answer.as_json()
        return rule

    def show(self, problems: Iterable[Problem]) -> None:
        """Put what keeps the rule from being saved where it belongs."""
        for problem in problems:
            at_a_condition = problem.part == "conditions" and _show_in(self.conditions, problem)
            if not at_a_condition and not self.answer.show(problem):
                self.name.add_error(None, problem.text)


class DefaultForms:
    """What a hotline answers where no rule matches."""

    def __init__(self, hotline: Hotline, data: Mapping[str, Any] | None = None) -> None:
        self.opened = OpenedForm(data, digest_of(hotline.default_answer))
        self.answer = AnswerForms(data, Answer.readable(hotline.default_answer))

    def is_valid(self) -> bool:
        return are_valid(self.opened, self.answer)

    def show(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if not self.answer.show(problem):
                self.opened.add_error(None, problem.text)
