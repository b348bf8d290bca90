"""What was done, day by day, with the pages that each act is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from catalogue.segments.queries.activity import ActLine, Place

# By kind, else by what was changed.
ICONS = {
    "segment.published": "version",
    "segment.drafted": "pencil",
    "segment.draft_discarded": "pencil",
    "segment.edited": "pencil",
    "segment.archived": "archive",
    "segment.people_granted": "key",
    "segment.people_withdrawn": "key",
    "people": "download",
    "segment": "branch",
    "experiment": "flag",
    "trait": "info",
    "event": "info",
    "property": "info",
    "team": "people",
    "login": "person",
    "key": "key",
    "tool": "plug",
    "sync": "refresh",
    "idea": "message",
    "survey": "count",
    "discovery": "search",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An act and where it leads: `url` is the page of what was changed, `diff_url` the comparison
    of its two definitions; "" where there is none."""

    act: ActLine
    icon: str
    url: str
    diff_url: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The acts of one local day."""

    on: date
    label: str
    lines: tuple[Line, ...]


def days_of(acts: Iterable[ActLine], *, new: Collection[int], now: datetime) -> list[Day]:
    """The acts by day, in their order; `new` are the ids of those to be marked."""
    lines = [_line(act, is_new=act.id in new) for act in acts]
    today = timezone.localdate(now)
    return [
        Day(on=on, label=_label(on, today), lines=tuple(found))
        for on, found in groupby(lines, key=lambda line: timezone.localdate(line.act.at))
    ]


def _line(act: ActLine, *, is_new: bool) -> Line:
    is_comparable = act.compared and act.place is not None
    return Line(
        act=act,
        icon=ICONS.get(act.kind) or ICONS.get(act.kind.partition(".")[0], "info"),
        url=_url(act.place) if act.place else "",
        diff_url=reverse("segment-diff", args=[act.place.name, act.compared])
        if is_comparable and act.place
        else "",
        is_new=is_new,
    )


def _url(place: Place) -> str:
    address = reverse(place.page, args=[place.name])
    if place.subject == "customer":
        return address
    return f"{address}?{urlencode({'subject': place.subject})}"


def _label(on: date, today: date) -> str:
    said = f"{on:%A} {on.day} {on:%B %Y}"
    names = {today: "Today", today - timedelta(days=1): "Yesterday"}
    return f"{names[on]}, {said}" if on in names else said
