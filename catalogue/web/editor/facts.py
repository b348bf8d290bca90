"""Everything a segment says besides its definition, as a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify

from catalogue.definitions.errors import Fault
from catalogue.definitions.rules import MAX_KEY_LENGTH
from catalogue.definitions.segment_facts import MODELS
from catalogue.models import Team

Document = Mapping[str, Any]
FUNCTIONS = ("sales", "marketing", "customer_success")
MODEL_CHOICES = [(model, model.replace("_", " ")) for model in MODELS]
REFRESHES = ("every 60 minutes", "every 6 hours", "every 1 day at 06:00", "every 7 days at 06:00")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Where the fields stand in a document; those of one level, and those inside another.
PLAIN = ("name", "key", "team", "owner", "models", "why", "refresh")
INSIDE = {
    "goal_event": ("goal", "event"),
    "goal_within": ("goal", "within"),
    "goal_at_least": ("goal", "at_least"),
    "goal_by": ("goal", "by"),
    "review_every": ("review", "every"),
    "reviewer": ("review", "reviewer"),
}
POINTERS = {f"/{name}": name for name in PLAIN} | {
    f"/{outer}/{inner}": name for name, (outer, inner) in INSIDE.items()
}
MESSAGE = "message-"


class Said(forms.CharField):
    """Text that may be missing here: what a segment needs is asked for when it goes live."""

    def validate(self, value: object) -> None:
        """Nothing is refused for being empty."""


def _line(label: str, hint: str = "", **attrs: str) -> Said:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return Said(label=label, help_text=hint, max_length=500, widget=widget)


def _text(label: str, hint: str = "", rows: int = 3) -> Said:
    return Said(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}))


class FactsForm(forms.Form):
    """What is wrong with the values is said by the language of segment files (`refuse`), not here:
    pages, files and programs pass the same rules."""

    # Required fields are named by the gate before going live, not by the form.
    use_required_attribute = False

    why = _text("Why do we treat these people differently?", "What you know, and from where.", 4)
    name = _line("Name", "What people call this segment.")
    key = _line(
        "Key",
        "Small letters, digits and hyphens. It stays for ever; left empty, the name makes it.",
        spellcheck="false",
    )
    team = forms.ChoiceField(label="Team")
    owner = _line(
        "Owner", "The e-mail address of who answers for it.", list="people", inputmode="email"
    )
    models = forms.MultipleChoiceField(
        label="What it is based on",
        choices=MODEL_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    goal_event = forms.ChoiceField(label="They should do", required=False)
    goal_within = _line("Within", "Of entering, as in “14 days”.")
    goal_at_least = _line("At least", "Of those who entered, as in “25%”.")
    goal_by = _line("By", "As in “2026-12-31”.")
    goal_steps = _line(
        "On the way",
        "Events in the order in which they come, as in “app_opened, project_created”. The page of"
        " the goal then shows where people drop off.",
    )
    review_every = _line("Looked at again every", "As in “90 days”.")
    reviewer = _line("By whom", "An e-mail address.", list="people", inputmode="email")
    refresh = _line(
        "Refreshed",
        "As in “every 6 hours” or “every 1 day at 06:00”. Left empty: by hand.",
        list="refreshes",
    )
    is_private = forms.BooleanField(
        label="Only for the team, as long as it is a draft",
        help_text="Others do not see it until it goes live.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        teams: Iterable[Team],
        events: Sequence[tuple[str, str]],
        functions: Iterable[str],
        without: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in without:
            del self.fields[name]
        self._offer("team", [(team.slug, team.name) for team in teams])
        self._offer("goal_event", [("", "no goal yet"), *events])
        for function in functions:
            label = function.replace("_", " ").capitalize()
            self.fields[MESSAGE + function] = _text(label, rows=2)
        # A field for days would empty itself of anything else.
        day = str(self["goal_by"].value() or "")
        if not day or DAY.fullmatch(day):
            self.fields["goal_by"].widget.input_type = "date"

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (only those are offered anything)
        value = str(self.initial.get(name) or "")
        is_known = value in {choice for choice, _ in choices}
        field.choices = choices if is_known or not value else [*choices, (value, value)]

    @property
    def messages(self) -> list[forms.BoundField]:
        """What each function says."""
        return [self[name] for name in self.fields if name.startswith(MESSAGE)]

    def document(self, base: Document) -> dict[str, Any]:
        """The document with what the form says; what it has no field for stays as in `base`."""
        said = dict(base) | {name: self._said(name) for name in PLAIN if name in self.fields}
        for outer in ("goal", "review"):
            inside = {i: self._said(name) for name, (o, i) in INSIDE.items() if o == outer}
            said[outer] = {inner: text for inner, text in inside.items() if text}
        before = base.get("messages") or {}
        said["goal"] = _whole_goal(said["goal"], self._said("goal_steps"), base.get("goal") or {})
        said["messages"] = {
            function: _within(before.get(function), self._said(MESSAGE + function))
            for function in (field.name.removeprefix(MESSAGE) for field in self.messages)
            if self._said(MESSAGE + function)
        }
        return said

    def _said(self, name: str) -> Any:
        # Asking for the errors is what makes values out of what was typed.
        cleaned = self.cleaned_data if self.is_bound and self.errors is not None else {}
        value = cleaned.get(name, self[name].value())
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value

    def refuse(self, fault: Fault) -> bool:
        """Say what is wrong at the field that holds it; False when no field does."""
        name = POINTERS.get(fault.pointer) or POINTERS.get("/".join(fault.pointer.split("/")[:2]))
        if fault.pointer.startswith("/messages/"):
            name = MESSAGE + fault.pointer.split("/")[2]
        elif fault.pointer.startswith("/goal/steps"):
            name = "goal_steps"
        elif fault.pointer.startswith(("/goal", "/review")) and name is None:
            name = "goal_event" if fault.pointer.startswith("/goal") else "review_every"
        if name not in self.fields:
            return False
        self.add_error(name, _with_hint(fault))
        return True


def _whole_goal(said: Document, steps: str, before: Document) -> dict[str, Any]:
    """The goal as said, with what no field shows: several events, a condition, and of these and of
    the steps which of them count."""
    goal = dict(said)
    if goal.get("event", "") == _event_of(before):
        goal |= {key: before[key] for key in ("event", "where", "condition") if key in before}
    is_aimed = "event" in goal or "condition" in goal
    listed = _steps(steps, before.get("steps") or [])
    return goal | ({"steps": listed} if is_aimed and listed else {})


def _steps(said: str, before: Sequence[Document]) -> list[Document]:
    known = {_event_of({"event": step.get("did")}): step for step in before}
    names = [name.strip() for name in said.split(",") if name.strip()]
    return [known.get(name, {"did": name}) for name in names]


def _event_of(goal: Document) -> str:
    """What the field for the event shows."""
    event = goal.get("event") or ""
    return event if isinstance(event, str) else " or ".join(map(str, event))


def _with_hint(fault: Fault) -> str:
    hint = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
    return fault.message + hint


def initial_of(document: Document) -> dict[str, Any]:
    """The fields of a document."""
    inside = {
        name: (document.get(outer) or {}).get(inner, "") for name, (outer, inner) in INSIDE.items()
    }
    goal = document.get("goal") or {}
    inside["goal_event"] = _event_of(goal)
    inside["goal_steps"] = ", ".join(
        _event_of({"event": step.get("did")}) for step in goal.get("steps") or []
    )
    said = (document.get("messages") or {}).items()
    messages = {MESSAGE + key: _message_of(guide) for key, guide in said}
    return {name: document.get(name, "") for name in PLAIN} | inside | messages


def _message_of(guide: Any) -> Any:
    return guide.get("message", "") if isinstance(guide, Mapping) else guide


def _within(guide: Any, message: str) -> Any:
    """The guide with another message; its other parts have a page of their own."""
    return {**guide, "message": message} if isinstance(guide, Mapping) else message


def functions_of(document: Document) -> list[str]:
    """The functions that say something, and those that usually do."""
    return list(dict.fromkeys([*FUNCTIONS, *(document.get("messages") or {})]))


def key_from(name: str) -> str:
    """A key out of a name: `Trial ending, not engaged` is trial-ending-not-engaged."""
    return slugify(name).replace("_", "-")[:MAX_KEY_LENGTH].strip("-")


def tools_of(post: QueryDict) -> list[dict[str, str]]:
    """The lines of `sync` that a form says; empty ones are left out."""
    pairs = zip(post.getlist("sync-to"), post.getlist("sync-as"), strict=False)
    lines = [{"to": to.strip(), "as": called.strip()} for to, called in pairs]
    return [
        {key: text for key, text in line.items() if text or key == "to"}
        for line in lines
        if any(line.values())
    ]
