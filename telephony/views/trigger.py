"""The pages of a hotline's rules: writing one, putting them in order, and what is answered where none matches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from telephony import services
from telephony.forms.trigger import DefaultForms, RuleForms
from telephony.models import Hotline, TriggerRule
from telephony.trigger.answers import Answer
from telephony.trigger.checking import answer_problems, warnings
from telephony.trigger.conditions import FACTS, WITHOUT_VALUE, ShapeError, parse_conditions
from telephony.trigger.placeholders import GROUPS, SINGLE
from telephony.trigger.telling import tell_answer, tell_conditions
from telephony.views.pages import MEDIA, View, needs, page
from voicehub.common import phones

CHANGE = "telephony.change_hotline"
EDITOR_MEDIA = MEDIA + Media(js=["voicehub/rows.js", "voicehub/trigger_rule.js"])


@needs(CHANGE)
def add_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _rule_page(request, TriggerRule(hotline=get_object_or_404(Hotline, pk=pk)))


@needs(CHANGE)
def change_rule(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    return _rule_page(request, _rule_or_404(pk, number))


def _rule_page(request: HttpRequest, rule: TriggerRule) -> HttpResponse:
    hotline, before = rule.hotline, in_words(rule)
    forms = RuleForms(rule, request.POST if request.method == "POST" else None)
    if request.method == "POST" and forms.is_valid():
        forms.into(rule)
        problems = services.problems_of(rule)
        if not problems:
            save = services.save_rule if rule.pk else services.append_rule
            save(rule, user=request.user)
            messages.success(request, _("Saved: callers get it from now on.") if rule.is_active else _("Saved."))
            return redirect(hotline)
        forms.show(problems)
    return page(
        request,
        "hotline/rule.html",
        before.name or _("New rule"),
        media=EDITOR_MEDIA,
        hotline=hotline,
        number=phones.shown(hotline.did),
        forms=forms,
        is_new=rule.pk is None,
        stored=before if forms.name.is_stale else None,
        **_help(),
    )


@needs(CHANGE)
def change_default(request: HttpRequest, pk: int) -> HttpResponse:
    """What callers get where no rule matches."""
    hotline = get_object_or_404(Hotline, pk=pk)
    forms = DefaultForms(hotline, request.POST if request.method == "POST" else None)
    if request.method == "POST" and forms.is_valid():
        problems = [*answer_problems(forms.answer.answer), *services.recording_problems(forms.answer.answer)]
        if not problems:
            hotline.default_answer = forms.answer.answer.as_json()
            services.save_hotline(hotline, user=request.user)
            messages.success(request, _("Saved: callers get it from now on."))
            return redirect(hotline)
        forms.show(problems)
    return page(
        request,
        "hotline/default.html",
        _("Where no rule matches"),
        media=EDITOR_MEDIA,
        hotline=hotline,
        number=phones.shown(hotline.did),
        forms=forms,
        stored=tell_answer(Answer.readable(hotline.default_answer)) if forms.opened.is_stale else None,
        **_help(),
    )


def _deed(do: Callable[..., object], said: Any = "", **options: Any) -> View:
    """A button beside a rule: what it does, and what people read afterwards."""

    @needs(CHANGE)
    @require_POST
    def carry_out(request: HttpRequest, pk: int, number: int) -> HttpResponse:
        rule = _rule_or_404(pk, number)
        do(rule, user=request.user, **options)
        if said:
            messages.success(request, said % {"rule": rule.name})
        return redirect(f"{rule.hotline.get_absolute_url()}#rules")

    return carry_out


rule_up = _deed(services.move_rule, is_up=True)
rule_down = _deed(services.move_rule, is_up=False)
rule_on = _deed(services.switch_rule, gettext_lazy("“%(rule)s” is in use from now on."), is_active=True)
rule_off = _deed(services.switch_rule, gettext_lazy("“%(rule)s” is not in use any more."), is_active=False)
copy_rule = _deed(services.copy_rule, gettext_lazy("“%(rule)s” was copied. The copy is not in use yet."))
delete_rule = _deed(services.delete_rule, gettext_lazy("“%(rule)s” was deleted."))


DEEDS = ("rule_up", "rule_down", "rule_on", "rule_off", "copy_rule", "delete_rule")


@dataclass(frozen=True)
class RuleInWords:
    """A rule as people read it: when it holds, and what happens then."""

    rule: TriggerRule
    name: str
    when: str
    then: list[str]
    warnings: list[str]


def in_words(rule: TriggerRule) -> RuleInWords:
    try:
        conditions, answer = parse_conditions(rule.conditions), Answer.parse(rule.answer)
    except ShapeError:
        unread = _("It cannot be read any more, and matches no call: write it anew, or delete it.")
        return RuleInWords(rule, rule.name, "", [], [unread])
    return RuleInWords(rule, rule.name, tell_conditions(conditions), tell_answer(answer), warnings(answer))


def rules_context(hotline: Hotline, *, may_change: bool) -> dict[str, Any]:
    """What the list of rules on a hotline's page wants to know."""
    return {
        "hotline": hotline,
        "rules": [in_words(rule) for rule in hotline.rules.order_by("position", "pk")],
        "otherwise": tell_answer(Answer.readable(hotline.default_answer)),
        "may_change": may_change,
    }


def _rule_or_404(pk: int, number: int) -> TriggerRule:
    return get_object_or_404(TriggerRule.objects.select_related("hotline"), pk=number, hotline=pk)


def _help() -> dict[str, Any]:
    """What the page's script and its help want to know about facts and placeholders."""
    facts = {
        name: {
            "of": str(fact.of),
            "operators": [str(one) for one in fact.operators],
            "example": fact.example,
        }
        for name, fact in FACTS.items()
    }
    return {
        "facts": facts,
        "without_value": sorted(map(str, WITHOUT_VALUE)),
        "recordings": services.recordings_to_play(),
        "placeholders": [*((f"{{{name}}}", words) for name, words in SINGLE.items())],
        "groups": list(GROUPS.values()),
    }
