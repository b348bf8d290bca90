"""Saying on a page what a word of the dictionary is called and means, and what its values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict

from catalogue.models import EventEntry, TraitEntry, TraitKind, ValueType, Via
from catalogue.permissions import check_can_describe
from catalogue.segments.describing import DescribedMeanwhile, describe, token_of
from catalogue.warehouse.dictionary_edits import DictionaryError, Entry
from catalogue.web.sign_in import viewer_of

INFERRED = "inferred"
LONGEST_MEANING = 2_000


class DescribeForm(forms.Form):
    """`token` names the state that the page showed; an event has no type."""

    label = forms.CharField(
        label="Name for people",
        max_length=500,
        required=False,
        help_text="What pages and sentences call it. Left empty, its own name as words.",
    )
    meaning = forms.CharField(
        label="What it means",
        max_length=LONGEST_MEANING,
        required=False,
        help_text="Where it comes from, when it changes, what its values stand for.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    type = forms.ChoiceField(
        label="Type",
        help_text="Informs forms and warnings. It changes no value.",
    )
    kind = forms.ChoiceField(
        label="What it tells",
        required=False,
        choices=[("", "nobody has said"), *TraitKind.choices],
        help_text="Segments that ask for it name this model; going live looks whether they do.",
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, *, entry: Entry, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(entry))
        super().__init__(data, **kwargs)
        if not isinstance(entry, TraitEntry):
            del self.fields["kind"]
        if isinstance(entry, EventEntry):
            del self.fields["type"]
        else:
            self.fields["type"].choices = [  # type: ignore[attr-defined]
                (INFERRED, _as_they_look(entry.inferred_type)),
                *ValueType.choices,
            ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What came of a form: `form` is to be shown again with `status` and `refused`, or None when
    it was taken. `theirs` is the entry as somebody else described it meanwhile."""

    form: DescribeForm | None = None
    status: int = 200
    refused: str = ""
    theirs: Entry | None = None


def described(request: HttpRequest, entry: Entry) -> Described:
    """Take the form that was sent for an entry. Raises PermissionDenied."""
    check_can_describe(viewer_of(request))
    form = DescribeForm(request.POST, entry=entry)
    if not form.is_valid():
        return Described(form=form, status=422)
    said = form.cleaned_data
    try:
        now = describe(
            entry=entry,
            label=said["label"],
            description=said["meaning"],
            type_=said.get("type"),
            kind=said.get("kind"),
            by=viewer_of(request),
            via=Via.WEB,
            token=said["token"],
        )
    except DescribedMeanwhile as meanwhile:
        again = request.POST.copy()
        again["token"] = meanwhile.token
        form = DescribeForm(again, entry=entry)
        return Described(form=form, status=409, refused=str(meanwhile), theirs=meanwhile.theirs)
    except DictionaryError as refused:
        return Described(form=form, status=422, refused=str(refused))
    messages.success(request, f"“{now}” is described.")
    return Described()


def _initial(entry: Entry) -> dict[str, str]:
    initial = {"label": entry.label, "meaning": entry.description, "token": token_of(entry)}
    if isinstance(entry, TraitEntry):
        initial["kind"] = entry.kind
    return (
        initial
        if isinstance(entry, EventEntry)
        else {
            **initial,
            "type": entry.stated_type or INFERRED,
        }
    )


def _as_they_look(inferred: str) -> str:
    if inferred not in ValueType.values:
        return "As the values look (none seen yet)"
    return f"As the values look: {ValueType(inferred).label}"
