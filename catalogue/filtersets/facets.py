"""What can be chosen to narrow a list, and how many would be left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from catalogue.definitions.segment_facts import MODELS
from catalogue.models import Status
from catalogue.segments.facts import FRESHNESS, TOOL_STATES, SegmentFacts
from catalogue.segments.goal_states import GOAL_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """A value that can be chosen, and how many of the segments found have it."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A filter with its values."""

    name: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def chosen(self) -> list[FacetValue]:
        """The values that narrow now."""
        return [value for value in self.values if value.chosen]


MODEL_LABELS = {model: model.replace("_", " ").capitalize() for model in MODELS}


def _models(facts: SegmentFacts) -> Iterable[tuple[str, str]]:
    return [(model, MODEL_LABELS.get(model, model)) for model in facts.models]


# The facets in their order: the values that one segment has, as (value, label).
FACETS: Mapping[str, Callable[[SegmentFacts], Iterable[tuple[str, str]]]] = {
    "team": lambda facts: [facts.team],
    "status": lambda facts: [(facts.status, Status(facts.status).label)],
    "freshness": lambda facts: [(facts.freshness, FRESHNESS[facts.freshness])],
    "tool_state": lambda facts: [(state, TOOL_STATES[state]) for state in facts.tool_states],
    "tool": lambda facts: [(tool.destination, tool.destination) for tool in facts.tools],
    "model": _models,
    "function": lambda facts: [
        (function, function.replace("_", " ").capitalize()) for function in facts.functions
    ],
    "owner": lambda facts: [facts.owner] if facts.owner[0] else [],
    "goal_state": lambda facts: [(facts.goal_state, GOAL_STATES[facts.goal_state])],
    "has_goal": lambda facts: [("true", "Yes") if facts.has_goal else ("false", "No")],
}
FACET_LABELS = {
    "team": "Team",
    "status": "Status",
    "freshness": "Freshness",
    "tool_state": "Tool copies",
    "tool": "Tool",
    "model": "Model",
    "function": "Function",
    "owner": "Owner",
    "goal_state": "Goal",
    "has_goal": "Has a goal",
}
FIXED_LABELS: Mapping[str, Mapping[str, str]] = {
    "status": dict(Status.choices),
    "freshness": FRESHNESS,
    "tool_state": TOOL_STATES,
    "model": MODEL_LABELS,
    "goal_state": GOAL_STATES,
    "has_goal": {"true": "Yes", "false": "No"},
}


def facet_of(
    name: str,
    found: Iterable[SegmentFacts],
    *,
    chosen: Collection[str],
    known: Iterable[SegmentFacts],
) -> Facet:
    """The facet, its values counted among `found`. What is chosen stays to be seen when nothing
    has it; `known` are all segments, for its label."""
    values = FACETS[name]
    counts = Counter(pair for facts in found for pair in set(values(facts)))
    missing = set(chosen) - {value for value, _ in counts}
    if missing:
        labels = FIXED_LABELS.get(name) or dict(pair for facts in known for pair in values(facts))
        counts.update({(value, labels.get(value, value)): 0 for value in missing})
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][1].casefold()))
    return Facet(
        name=name,
        label=FACET_LABELS[name],
        values=tuple(
            FacetValue(value=value, label=label, count=count, chosen=value in chosen)
            for (value, label), count in ordered
        ),
    )
