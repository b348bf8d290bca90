"""What people fill in about ideas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from catalogue.definitions.english.wording import capitalised
from catalogue.ideas.adding import LONGEST
from catalogue.ideas.moving import LONGEST_REASON
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.writing import LONGEST_TEXT, LONGEST_TITLE
from catalogue.models import Extent, LinkKind, Segment, Team, User


class IdeaForm(forms.Form):
    """A new idea, or a changed one."""

    title = forms.CharField(
        label="The idea in one line",
        max_length=LONGEST_TITLE,
        help_text="Half-formed is fine. Begin with a verb: “Call before the trial ends”.",
    )
    text = forms.CharField(
        label="More about it",
        max_length=LONGEST_TEXT,
        required=False,
        help_text="What made you think of it, and for whom it would be better.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    segment = forms.ChoiceField(label="About which segment", required=False)
    team = forms.ChoiceField(label="Team", help_text="Its editors decide what becomes of it.")
    effect = forms.ChoiceField(label="Effect you expect", choices=Extent.choices)
    effort = forms.ChoiceField(label="Effort it takes", choices=Extent.choices)
    is_private = forms.BooleanField(
        label="Only for the team",
        required=False,
        help_text="Nobody else sees it, until somebody unticks this.",
    )

    def __init__(self, data: QueryDict | None = None, *, viewer: User, **kwargs: Any) -> None:
        """`viewer` decides which segments there are."""
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"effect": Extent.NOT_KNOWN, "effort": Extent.NOT_KNOWN} | kwargs[
            "initial"
        ]
        super().__init__(data, **kwargs)
        self._choose("segment", [("", "None, or not one yet"), *_segments(viewer)])
        self._choose("team", Team.objects.order_by("name").values_list("slug", "name"))

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class ParkForm(forms.Form):
    """Why, and until when."""

    reason = forms.CharField(
        label="Why is it parked?",
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why it is parked; who had it will ask."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wakes_on = forms.DateField(
        label="It wakes up on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    wakes_when = forms.CharField(
        label="or as soon as",
        max_length=300,
        required=False,
        help_text="“segment KEY larger than 500”, “trait NAME exists” or “event NAME exists”.",
    )


class MergeForm(forms.Form):
    """Into which one."""

    into = forms.IntegerField(
        label="Number of the idea it becomes part of",
        min_value=1,
        max_value=2_147_483_647,
        help_text="Both texts and all votes are kept.",
        widget=forms.NumberInput(attrs={"list": "other-ideas"}),
    )


class CommentForm(forms.Form):
    """What to say."""

    text = forms.CharField(
        label="Your comment", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class WordingForm(forms.Form):
    """A wording of the message."""

    prefix = "wording"
    function = forms.ChoiceField(label="Who says it")
    text = forms.CharField(
        label="What they would say", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, data: QueryDict | None = None, *, functions: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        choices = [(name, capitalised(name)) for name in functions]
        self.fields["function"].choices = choices  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """A link."""

    prefix = "link"
    kind = forms.ChoiceField(label="Kind", choices=LinkKind.choices)
    target = forms.CharField(
        label="Which",
        max_length=500,
        help_text="A survey: its address. An experiment: its number. Evidence: its source."
        " A version: “key d7”.",
    )
    note = forms.CharField(label="What is seen there", max_length=500, required=False)


def add_refusal(form: forms.Form, refused: IdeaRefused) -> None:
    """Show a refusal at the field it is about, else above the form."""
    name = refused.pointer.strip("/")
    form.add_error(name if name in form.fields else None, str(refused))


def _segments(viewer: User) -> list[tuple[str, str]]:
    rows = Segment.objects.visible_to(viewer).exclude(status="archived").order_by("name")
    return list(rows.values_list("key", "name"))
