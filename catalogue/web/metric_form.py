"""The form of a metric of the company's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms

from catalogue.definitions.documents import read_yaml
from catalogue.definitions.errors import Fault
from catalogue.metrics.defining import LONGEST
from catalogue.models import Direction

EXAMPLE = "{count: report_exported, in_last: 28 days}"
ROWS = {"rows": 5, "class": "in code", "spellcheck": "false"}


class MetricForm(forms.Form):
    """What people write of a metric. `formula` is YAML, or JSON, which is YAML too."""

    name = forms.CharField(label="Name", max_length=LONGEST["name"])
    key = forms.CharField(
        label="Key",
        max_length=LONGEST["key"],
        help_text="What programs and files call it: small letters, digits, _ or -. For ever.",
    )
    formula = forms.CharField(
        label="What is measured",
        max_length=20_000,
        widget=forms.Textarea(attrs=ROWS),
        help_text=f"In the language of definitions, as in {EXAMPLE}, {{share: …}} or {{ratio: [one,"
        " other]}.",
    )
    meaning = forms.CharField(
        label="What it means",
        max_length=LONGEST["meaning"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why one looks at it, and what it does not say.",
    )
    unit = forms.CharField(
        label="Unit",
        max_length=LONGEST["unit"],
        required=False,
        help_text="What the number counts: reports, EUR, tickets. A share needs none.",
    )
    direction = forms.ChoiceField(label="Which way is better", choices=Direction.choices)
    owner = forms.EmailField(
        label="Owner", required=False, help_text="Whom to ask, by the address they sign in with."
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def document(self) -> dict[str, Any]:
        """The metric as services take it. Raises DefinitionError where the formula is no YAML."""
        said = self.cleaned_data
        return {
            **{name: said[name] for name in ("key", "name", "meaning", "unit", "direction")},
            "owner": said["owner"],
            "definition": formula_in(said["formula"]),
        }

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Put each fault at its field."""
        for fault in faults:
            first, _, rest = fault.pointer.lstrip("/").partition("/")
            field = "formula" if first in ("", "definition") else first
            near = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
            place = f" At {rest.replace('/', ' › ')}." if rest else ""
            self.add_error(field if field in self.fields else None, fault.message + near + place)


def formula_in(text: str) -> object:
    """The plain values of a formula as it was written. Raises DefinitionError."""
    documents = read_yaml(text)
    return documents[0].data if documents else None


def written(document: dict[str, Any], token: str) -> dict[str, Any]:
    """A stored metric as the form shows it."""
    return {
        **document,
        "formula": json.dumps(document["definition"], ensure_ascii=False, indent=2),
        "token": token,
    }
