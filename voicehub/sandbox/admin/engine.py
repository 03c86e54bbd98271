"""The pages about every provider: the calls that came in, and the fault dial."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from voicehub.sandbox import dial
from voicehub.sandbox.admin.base import ReadOnlyAdmin, SandboxAdmin
from voicehub.sandbox.contract import ANY_OPERATION, Kind, Text, Value
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.models import Call, Fault
from voicehub.sandbox.providers import PROVIDERS

# Any other header may be a key or a token.
HARMLESS_HEADERS = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}
HIDDEN = _("(hidden: it may be a secret)")
SEPARATOR = ":"
READERS: dict[Value, Callable[[str], float | str]] = {Value.SECONDS: float, Value.COUNT: int}

Choice = tuple[str, Text]


class OperationFilter(admin.SimpleListFilter):
    title = _("operation")
    parameter_name = "operation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (f"{provider.name}{SEPARATOR}{operation.name}", f"{provider.label}: {operation.label}")
            for provider in PROVIDERS.values()
            for operation in provider.operations
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        provider, separator, operation = (self.value() or "").partition(SEPARATOR)
        return queryset.filter(provider=provider, operation=operation) if separator else queryset


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("at", "provider", "operation", "method", "path", "status", "fault", "is_acted")
    list_filter = (OperationFilter, "is_acted")
    fields = ("at", "provider", "operation", "method", "path", "status", "fault", "is_acted")
    readonly_fields = ("shown_headers", "shown_body")

    def get_fields(self, request: HttpRequest, obj: Call | None = None) -> tuple[str, ...]:
        return (*self.fields, *self.readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).defer("headers", "body")

    @admin.display(description=_("headers"))
    def shown_headers(self, call: Call) -> SafeString:
        shown = (
            (name, value if name.lower() in HARMLESS_HEADERS else HIDDEN) for name, value in call.headers.items()
        )
        return format_html_join("", "<div>{}: {}</div>", shown)

    @admin.display(description=_("body"))
    def shown_body(self, call: Call) -> Text:
        provider = PROVIDERS.get(call.provider)
        operation = provider.operation(call.operation) if provider else None
        # A request that went astray may hold a password as well.
        return operation.shown(call.body) if operation and not operation.is_confidential else HIDDEN


def operation_choices() -> list[tuple[Text, list[Choice]]]:
    return [
        (
            provider.label,
            [
                (f"{provider.name}{SEPARATOR}{ANY_OPERATION}", _("Any operation")),
                *((f"{provider.name}{SEPARATOR}{one.name}", one.label) for one in provider.operations),
            ],
        )
        for provider in PROVIDERS.values()
    ]


def kind_choices() -> list[tuple[Text, list[Choice]]]:
    own = [(provider.label, list(explained(provider.kinds))) for provider in PROVIDERS.values()]
    return [(_("Every provider"), list(explained(KINDS))), *own]


def explained(kinds: Iterable[Kind]) -> Iterable[Choice]:
    return ((kind.name, f"{kind.label} – {kind.help}") for kind in kinds)


class FaultForm(forms.ModelForm):
    """One choice for provider and operation, and a value that is typed as a person would."""

    where = forms.ChoiceField(label=_("Operation"), choices=operation_choices, widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(label=_("Fault"), choices=kind_choices, widget=UnfoldAdminSelectWidget)
    value = forms.CharField(
        label=_("Value"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The fault says what can be given here. Empty: what it usually does."),
    )

    class Meta:
        model = Fault
        fields = ("kind", "remaining", "value")

    field_order = ("where", "kind", "remaining", "value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["where"] = f"{self.instance.provider}{SEPARATOR}{self.instance.operation}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        provider, _separator, operation = cleaned.get("where", "").partition(SEPARATOR)
        if provider and "kind" in cleaned:
            self.instance.provider, self.instance.operation = provider, operation
            cleaned["value"] = read_value(provider, cleaned["kind"], cleaned.get("value", ""))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                dial.check(self.instance)
            except forms.ValidationError as error:
                self.add_error(None, error)


def read_value(provider: str, kind_name: str, text: str) -> float | str | None:
    """What was typed, as the fault takes it; what is not a number stays text, for the check to complain about."""
    kind = dial.find_kind(PROVIDERS[provider], kind_name)
    if not text:
        return None
    try:
        return READERS.get(kind.takes, str)(text) if kind else text
    except ValueError:
        return text


@admin.register(Fault)
class FaultAdmin(SandboxAdmin):
    form = FaultForm
    list_display = ("provider", "operation", "shown_kind", "remaining", "value")
    fields = ("where", "kind", "remaining", "value")

    @admin.display(description=_("fault"), ordering="kind")
    def shown_kind(self, fault: Fault) -> Text:
        provider = PROVIDERS.get(fault.provider)
        kind = dial.find_kind(provider, fault.kind) if provider else None
        return kind.label if kind else fault.kind
