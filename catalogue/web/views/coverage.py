"""Coverage: who is in no segment, in many, or told two things; and what there is for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.filtersets import SegmentFilter
from catalogue.filtersets.facets import MODEL_LABELS
from catalogue.models import Coverage, EventEntry
from catalogue.segments.queries.rows import words
from catalogue.web.sign_in import viewer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """So many customers are in `label` segments."""

    label: str
    people: int
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Two segments of the map: how many are in both, and what share of the smaller one that is."""

    people: int
    share: float
    is_itself: bool

    @property
    def tenths(self) -> int:
        """The share in whole tenths, for the shade."""
        return round(self.share * 10)

    @property
    def shown(self) -> str:
        """The share for people."""
        return f"{self.share:.0%}"


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """How the live segments lie over everybody, as of the last look."""
    found = Coverage.objects.first()
    figures = found.figures if found else None
    context: dict[str, Any] = {
        "looked_at": found.looked_at if found else None,
        "figures": figures,
        "bars": _bars(figures) if figures else [],
        "conflicts": _conflicts(figures) if figures else [],
        "map": _map(figures) if figures else [],
        "choices": _choices(SegmentFilter(None, viewer=viewer_of(request))),
    }
    return render(request, "catalogue/coverage.html", context)


def _bars(figures: Mapping[str, Any]) -> list[Bar]:
    last = len(figures["by_count"]) - 1
    return [
        Bar(
            label=f"{count} or more" if count == last else "none" if count == 0 else str(count),
            people=people,
            share=f"{people / figures['people']:.1%}" if figures["people"] else "–",
        )
        for count, people in enumerate(figures["by_count"])
    ]


def _conflicts(figures: Mapping[str, Any]) -> list[tuple[str, int, list[dict[str, Any]]]]:
    found = [
        (words(function), one["people"], [_pair(pair) for pair in one["pairs"]])
        for function, one in figures["conflicts"].items()
    ]
    return sorted(found, key=lambda line: (-line[1], line[0]))


def _pair(pair: Mapping[str, Any]) -> dict[str, Any]:
    named = list(zip(pair["segments"], pair["names"], strict=True))
    return {"segments": named, "people": pair["people"]}


def _map(figures: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], list[Cell]]]:
    sizes = [one["size"] for one in figures["map"]]
    return [
        (one, [_cell(row, column, both, sizes) for column, both in enumerate(line)])
        for row, (one, line) in enumerate(zip(figures["map"], figures["common"], strict=True))
    ]


def _cell(row: int, column: int, both: int, sizes: list[int]) -> Cell:
    smaller = min(sizes[row], sizes[column])
    return Cell(people=both, share=both / smaller if smaller else 0, is_itself=row == column)


def _choices(filters: SegmentFilter) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What can be asked for: name, label, values that some segment has."""
    facts = list(filters.facts.values())
    labels = dict(EventEntry.objects.exclude(label="").values_list("name", "label"))
    goals = {goal for one in facts for goal in one.goals}
    functions = {function for one in facts for function in one.functions}
    models = {model for one in facts for model in one.models}
    tools = {tool.destination for one in facts for tool in one.tools}
    return [
        ("goal", "Goal", _sorted({one: labels.get(one) or words(one) for one in goals})),
        ("function", "Function", _sorted({one: words(one) for one in functions})),
        ("model", "Model", _sorted({one: MODEL_LABELS.get(one, one) for one in models})),
        ("tool", "Tool", _sorted({one: one for one in tools})),
    ]


def _sorted(values: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(values.items(), key=lambda item: item[1].casefold())
