"""The form that an experiment is planned with, and the document that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import slugify

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.planning import metrics_to_aim_at
from catalogue.models import EventEntry, Idea, Segment, Status
from catalogue.permissions import Actor

GOAL, EVENT, METRIC = "goal", "event", "metric"
ARMS, GUARDRAILS = range(3), range(2)
WAYS = (("up", "More is better"), ("down", "Fewer is better"))
# Where a fault of the document is shown in the form; the longest beginning that fits counts.
PLACES = {
    "/name": "name",
    "/hypothesis": "hypothesis",
    "/segment": "segment",
    "/aim": "aim",
    "/aim/event": "event",
    "/aim/metric": "metric",
    "/aim/within": "within",
    "/aim/sum": "sum",
    "/effect": "effect",
    "/base_rate": "base_rate",
    "/spread": "spread",
    "/sequential": "sequential",
    "/arms": "arm_0_share",
    "/holdout": "holdout",
    **{f"/arms/{place}": f"arm_{place}_name" for place in ARMS},
    **{f"/arms/{place}/share": f"arm_{place}_share" for place in ARMS},
    **{f"/guardrails/{place}": f"guard_{place}_event" for place in GUARDRAILS},
    **{f"/guardrails/{place}/within": f"guard_{place}_within" for place in GUARDRAILS},
}


class PlanForm(forms.Form):
    """What is tried, on whom, what counts, and how people are dealt out."""

    name = forms.CharField(label="What do you try?", max_length=200)
    hypothesis = forms.CharField(
        label="Why should it work?",
        help_text="“We believe … brings …, because …” Whoever reads the result starts here.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=10_000,
    )
    segment = forms.ChoiceField(label="On which segment?")
    aim = forms.ChoiceField(
        label="What counts?",
        choices=(
            (GOAL, "The goal of the segment"),
            (EVENT, "An event of its own"),
            (METRIC, "A metric of the company’s own"),
        ),
        initial=GOAL,
    )
    event = forms.ChoiceField(label="Event", required=False)
    metric = forms.ChoiceField(label="Metric", required=False)
    within = forms.IntegerField(
        label="Days each one has", min_value=0, max_value=3650, required=False
    )
    sum = forms.CharField(
        label="Add up this property",
        help_text="Compares the mean per person, as of an amount, and not the share.",
        max_length=200,
        required=False,
    )
    better = forms.ChoiceField(label="Which way is better?", choices=WAYS, initial="up")
    effect = forms.FloatField(
        label="Change worth seeing",
        help_text="In percentage points (5: from 10 % to 15 %); of a sum in its own unit.",
        initial=5,
    )
    base_rate = forms.FloatField(
        label="Expected share without it, in %",
        help_text="Left empty: what the segment’s own people have done so far.",
        min_value=0,
        max_value=100,
        required=False,
    )
    spread = forms.FloatField(
        label="Expected standard deviation", min_value=0, required=False, help_text="Of a sum."
    )
    holdout = forms.FloatField(
        label="Holdout, in %",
        help_text="Told nothing at all. Beside a single arm it is what that is compared with.",
        min_value=0,
        max_value=100,
        initial=10,
        required=False,
    )
    idea = forms.IntegerField(
        label="Number of the idea that it tries",
        min_value=1,
        max_value=2_147_483_647,
        required=False,
    )
    sequential = forms.BooleanField(
        label="I want to look at it at any time",
        help_text="Intervals then hold at every look, and take about twice as many people.",
        required=False,
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        """`viewer` decides which segments may be chosen."""
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        events = [("", "…"), *((row.name, _label(row)) for row in _events())]
        rows = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
        chosen = rows.exclude(definition__subject="account").order_by("name")
        self._choose("segment", [("", "…"), *chosen.values_list("key", "name")])
        self._choose("event", events)
        self._choose("metric", [("", "…"), *_metrics()])
        for place in ARMS:
            self._add_arm(place)
        for place in GUARDRAILS:
            self._add_guardrail(place, events)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _add_arm(self, place: int) -> None:
        title = "Control" if place == 0 else f"Arm {place + 1}"
        initial = {0: ("Nothing new", 45), 1: ("", 45)}.get(place, ("", None))
        self.fields[f"arm_{place}_name"] = forms.CharField(
            label=f"{title}: name", max_length=120, required=False, initial=initial[0]
        )
        self.fields[f"arm_{place}_share"] = forms.FloatField(
            label=f"{title}: %", min_value=0, max_value=100, required=False, initial=initial[1]
        )
        self.fields[f"arm_{place}_message"] = forms.CharField(
            label=f"{title}: what they are told",
            max_length=10_000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _add_guardrail(self, place: int, events: list[tuple[str, str]]) -> None:
        prefix, title = f"guard_{place}", f"Guardrail {place + 1}"
        self.fields[f"{prefix}_event"] = forms.ChoiceField(
            label=f"{title}: event", choices=events, required=False
        )
        self.fields[f"{prefix}_within"] = forms.IntegerField(
            label=f"{title}: days", min_value=0, max_value=3650, required=False, initial=14
        )
        self.fields[f"{prefix}_better"] = forms.ChoiceField(
            label=f"{title}: which way is better?", choices=WAYS, initial="down", required=False
        )
        self.fields[f"{prefix}_bearable"] = forms.FloatField(
            label=f"{title}: bearable, in points", min_value=0, max_value=99, required=False
        )

    @property
    def arms(self) -> Iterator[tuple[Any, Any, Any]]:
        """The three fields of each arm."""
        for place in ARMS:
            prefix = f"arm_{place}"
            yield self[f"{prefix}_name"], self[f"{prefix}_share"], self[f"{prefix}_message"]

    @property
    def guardrails(self) -> Iterator[list[Any]]:
        """The four fields of each guardrail."""
        for place in GUARDRAILS:
            names = ("event", "within", "better", "bearable")
            yield [self[f"guard_{place}_{name}"] for name in names]

    def clean_idea(self) -> int | None:
        """The number of an idea that exists for who plans."""
        number: int | None = self.cleaned_data["idea"]
        if number and not Idea.objects.visible_to(self.viewer).filter(pk=number).exists():
            raise forms.ValidationError(f"There is no idea {number}.")
        return number

    def document(self) -> dict[str, Any]:
        """The document of a valid form."""
        said = self.cleaned_data
        is_sum = (said["aim"] == EVENT and bool(said["sum"])) or _is_mean(said)
        found: dict[str, Any] = {
            "name": said["name"],
            "hypothesis": said["hypothesis"],
            "segment": said["segment"],
            "aim": GOAL if said["aim"] == GOAL else _aim(said),
            "effect": said["effect"] if is_sum else round(said["effect"] / 100, 9),
            "sequential": said["sequential"],
            "idea": said["idea"],
            "arms": list(_arms(said)),
            "guardrails": list(_guardrails(said)),
        }
        if said["holdout"]:
            found["holdout"] = _percent(said["holdout"])
        if said["base_rate"] is not None:
            found["base_rate"] = round(said["base_rate"] / 100, 9)
        if said["spread"] is not None:
            found["spread"] = said["spread"]
        return found

    def refuse(self, error: DefinitionError) -> None:
        """Show every fault of the document where it was written."""
        for fault in error.faults:
            self.add_error(_place(fault.pointer), _sentence(fault.message, fault.suggestion))


def _events() -> Any:
    return EventEntry.objects.order_by("name")


def _label(entry: EventEntry) -> str:
    return entry.label or entry.name.replace("_", " ").capitalize()


def _metrics() -> list[tuple[str, str]]:
    return [(key, one.title) for key, one in metrics_to_aim_at().items()]


def _is_mean(said: Mapping[str, Any]) -> bool:
    """Whether a metric is chosen that is a mean, and no share."""
    chosen = metrics_to_aim_at().get(said["metric"]) if said["aim"] == METRIC else None
    return chosen is not None and chosen.is_mean


def _aim(said: Mapping[str, Any]) -> dict[str, Any]:
    aim = {said["aim"]: said[said["aim"]], "within": _days(said["within"])}
    if said["sum"] and said["aim"] == EVENT:
        aim["sum"] = said["sum"]
    return aim if said["better"] == "up" else {**aim, "better": "down"}


def _arms(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for place in ARMS:
        name, share = said[f"arm_{place}_name"], said[f"arm_{place}_share"]
        if not name and not share:
            continue
        key = slugify(name)[:40].strip("-") or f"arm-{place + 1}"
        yield {
            "key": key,
            "name": name or f"Arm {place + 1}",
            "share": _percent(share or 0),
            "message": said[f"arm_{place}_message"],
        }


def _guardrails(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for place in GUARDRAILS:
        event = said[f"guard_{place}_event"]
        if event:
            yield {
                "name": event.replace("_", " ").capitalize(),
                "event": event,
                "within": _days(said[f"guard_{place}_within"]),
                "better": said[f"guard_{place}_better"] or "down",
                "bearable": round((said[f"guard_{place}_bearable"] or 0) / 100, 9),
            }


def _days(count: int | None) -> str | None:
    return None if count is None else f"{count} days"


def _percent(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".") + "%"


def _place(pointer: str) -> str | None:
    while pointer:
        if pointer in PLACES:
            return PLACES[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def _sentence(message: str, suggestion: str | None) -> str:
    return f"{message} Did you mean “{suggestion}”?" if suggestion else message
