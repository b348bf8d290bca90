"""The form of a tool: made of what its connector's manifest asks for. Secrets go in and never come
out: a field for one is always empty, and empty means that what is stored stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from catalogue.admin.base import ServiceForm
from integrations import registry
from integrations.models import Destination
from integrations.protocol import Manifest, Option
from integrations.sync.common_options import COMMON, said_by

OPTION, FORGET = "option-", "forget-"


# Of a line that hides what is typed (`.masked`). Not of the type password: it is nobody's login, so
# no browser shall fill one in or offer to keep this one.
MASKED = {
    "class": "masked",
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class SecretWidget(UnfoldAdminTextInputWidget):
    """A secret to be given. Never holds what was given before, or is stored."""

    def __init__(self) -> None:
        super().__init__(MASKED)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class SecretLinesWidget(UnfoldAdminTextareaWidget):
    """The same for a key of several lines, which a browser would make one of."""

    def __init__(self) -> None:
        super().__init__({**MASKED, "rows": "3"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class DestinationForm(ServiceForm):
    """A tool of one kind. `about` is its connector's manifest."""

    about: Manifest

    class Meta:
        model = Destination
        fields = ("key",)
        labels = {"key": "Name"}
        help_texts = {"key": "What segments call it: small letters, digits, - and _. For ever."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance if self.instance.pk else None
        for option in self.about.options:
            if option.secret:
                self._add_secret(option, stored)
            else:
                value = stored.options.get(option.name, "") if stored else option.default
                self.fields[OPTION + option.name] = _line(option, initial=value)
        self._add_usual(stored)

    def _add_secret(self, option: Option, stored: Destination | None) -> None:
        self.fields[OPTION + option.name] = forms.CharField(
            label=_label(option),
            required=False,
            strip=False,
            widget=SecretLinesWidget if option.lines else SecretWidget,
            help_text=f"{_sentence(option.help)} {where_it_is(stored, option.name)}",
        )
        if stored is not None and stored.secrets.get(option.name):
            self.fields[FORGET + option.name] = forms.BooleanField(
                label=f"Forget the stored {_label(option).lower()}",
                required=False,
                widget=UnfoldBooleanSwitchWidget,
            )

    def _add_usual(self, stored: Destination | None) -> None:
        """What every tool is asked; blank is as it comes."""
        said = said_by(stored) if stored is not None else {}
        defaults = {"identity": self.about.identity, "batch_records": self._most_records()}
        for name, (help_text, usual) in COMMON.items():
            blank = defaults.get(name, usual)
            self.fields[OPTION + name] = forms.CharField(
                label=LABELS[name],
                required=False,
                max_length=1_000,
                initial=said.get(name, ""),
                widget=UnfoldAdminTextInputWidget,
                help_text=_sentence(help_text) + (f" Blank = {blank}." if blank else ""),
            )

    def _most_records(self) -> str:
        return f"{self.about.limits.claimed:,}, the most it takes"

    def options(self) -> dict[str, str]:
        """What was said, for `save_destination`; a secret found elsewhere stays where it is."""
        secret = {option.name for option in self.about.options if option.secret}
        said = {
            name.removeprefix(OPTION): str(value).strip()
            for name, value in self.cleaned_data.items()
            if name.startswith(OPTION) and name.removeprefix(OPTION) not in secret
        }
        given = self.secrets()
        kept = self.instance.options if self.instance.pk else {}
        references = {n: kept[n] for n in secret if kept.get(n) and not given.get(n)}
        return {name: value for name, value in {**said, **references}.items() if value}

    def secrets(self) -> dict[str, str | None]:
        """The secrets that were given, and None for those that are to be forgotten."""
        said: dict[str, str | None] = {}
        for option in self.about.options:
            if not option.secret:
                continue
            text = self.cleaned_data.get(OPTION + option.name)
            if text:
                said[option.name] = text
            elif self.cleaned_data.get(FORGET + option.name):
                said[option.name] = None
        return said


LABELS = {
    "identity": "Known there by",
    "batch_records": "Members in a batch",
    "mode": "How lists are kept",
    "function": "Whose message is sent",
    "purpose": "What people consented to",
    "priority": "Segments by importance",
    "retry_rejected_days": "Days until the refused are tried again",
    "most_added_percent": "Most that may be added, in percent",
    "heals_drift": "Put right what differs",
    "promised_minutes": "Minutes until an unconfirmed list is an alert",
}


def where_it_is(stored: Destination | None, name: str) -> str:
    """Where a secret is, without saying what it is."""
    if stored is not None and stored.secrets.get(name):
        return "One is stored, encrypted; blank = it stays."
    reference = stored.options.get(name, "") if stored is not None else ""
    if reference:
        kind, _, where = reference.partition(":")
        place = "the variable" if kind == "env" else "the file"
        return f"Taken from {place} {where} of the server; blank = it stays so."
    return "Kept encrypted, and never shown."


def _line(option: Option, *, initial: str) -> forms.CharField:
    default = f" Blank = {option.default}." if option.default else ""
    return forms.CharField(
        label=_label(option),
        required=False,
        max_length=1_000,
        initial=initial,
        widget=UnfoldAdminTextInputWidget,
        help_text=_sentence(option.help) + default,
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _label(option: Option) -> str:
    return "URL" if option.name == "url" else option.name.replace("_", " ").capitalize()


class KindForm(forms.Form):
    """Which kind of tool a new one is."""

    connector = forms.ChoiceField(label="Kind of tool", widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, kinds: Iterable[Manifest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["connector"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [(each.name, f"{each.title} ({each.function})") for each in kinds]


def kinds() -> tuple[Manifest, ...]:
    """The kinds there are."""
    return registry.manifests()
