"""What people fill in about research."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from catalogue.models import EventEntry, EvidenceKind, Segment, Status, Strength, User
from catalogue.research.discovering import MOST_DAYS
from catalogue.research.refusals import ResearchRefused

EVERYONE = "Everyone"
MOST_BYTES = 20 * 1024 * 1024


class EvidenceForm(forms.Form):
    """A piece of evidence."""

    kind = forms.ChoiceField(label="Kind", choices=EvidenceKind.choices)
    source = forms.CharField(
        label="Source",
        max_length=500,
        help_text="Where it can be read: an address, or the name of the report.",
    )
    claim = forms.CharField(
        label="Which sentence of the why it supports",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"list": "claims"}),
        help_text="Left empty: the whole of it.",
    )
    n = forms.IntegerField(label="Of how many people", min_value=0, max_value=10**9, required=False)
    on = forms.DateField(
        label="Of which day", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    strength = forms.ChoiceField(
        label="Strength", required=False, choices=[("", "not judged"), *Strength.choices]
    )
    expires_on = forms.DateField(
        label="Expires on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="From this day on it counts for nothing until somebody looks at it anew.",
    )

    def piece(self) -> dict[str, Any]:
        """The piece as a segment file says it."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
            if value not in ("", None)
        }


class SurveyForm(forms.Form):
    """A survey and its answers."""

    name = forms.CharField(label="What it is called", max_length=200)
    slug = forms.CharField(
        label="Short name",
        max_length=40,
        help_text="Begins the names of its traits: small letters, digits and _, as in trial_exit.",
    )
    source = forms.CharField(
        label="Source", max_length=500, help_text="Where the report, or the tool’s page, is."
    )
    asked_on = forms.DateField(
        label="Asked on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The answers hold since this day.",
    )
    segment = forms.ChoiceField(label="Asked of", required=False)
    id_column = forms.CharField(
        label="Column with the customer’s id", max_length=500, initial="customer_id"
    )
    answers = forms.FileField(
        label="File of answers",
        help_text="CSV in UTF-8 with a heading: a row for each customer, a column for each"
        " question. At most 20 MiB; larger ones by manage.py survey load.",
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        """`viewer` decides which segments there are."""
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = segment_choices(viewer)  # type: ignore[attr-defined]

    def clean_answers(self) -> Any:
        """A file that is not too large."""
        file = self.cleaned_data["answers"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 20 MiB.")
        return file


class DiscoveryForm(forms.Form):
    """A goal and a population."""

    event = forms.CharField(
        label="What do they do when they reach the goal?",
        max_length=500,
        widget=forms.TextInput(attrs={"list": "events", "autocomplete": "off"}),
        help_text="The name of an event.",
    )
    days = forms.IntegerField(
        label="Within how many days", min_value=1, max_value=MOST_DAYS, initial=14
    )
    segment = forms.ChoiceField(label="Among whom", required=False)

    def __init__(self, data: QueryDict | None = None, *, viewer: User, **kwargs: Any) -> None:
        """`viewer` decides which segments there are."""
        super().__init__(data, **kwargs)
        self.fields["segment"].choices = segment_choices(viewer)  # type: ignore[attr-defined]


def segment_choices(viewer: User) -> list[tuple[str, str]]:
    """Everyone, and the segments that exist for somebody."""
    rows = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED).order_by("name")
    return [("", EVERYONE), *rows.values_list("key", "name")]


def event_names() -> list[str]:
    """The events there are."""
    return list(EventEntry.objects.order_by("name").values_list("name", flat=True))


def add_refusal(form: forms.Form, refused: ResearchRefused, *, instead: str = "") -> None:
    """Show a refusal at the field it is about (`instead` for one that the form calls otherwise),
    else above the form."""
    name = refused.pointer.strip("/")
    name = name if name in form.fields else instead
    form.add_error(name if name in form.fields else None, str(refused))
