"""What the address of the list of runs asks for, its chips, and what of it is not understood."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.http import Http404, QueryDict
from django.utils import timezone

from catalogue.membership.run_list import RunsAsked
from catalogue.models import Segment
from catalogue.permissions import Actor
from catalogue.web.asked import day_in
from catalogue.web.chosen import Chip, address
from catalogue.web.run_states import STATE_WORDS
from catalogue.web.segment_of import segment_named

KINDS = {"refresh": "Refresh", "sync": "Sync"}
LONGEST = 80  # the length of a key
EARLIEST = 1970
LABELS = {"kind": "Kind", "state": "State", "segment": "Segment", "tool": "Tool", "since": "Since"}


@dataclass(slots=True, kw_only=True)
class AskedRuns:
    """`values` are as the form shows them; `chips` are of what narrows now; `errors` say in a
    sentence each what was left out."""

    asked: RunsAsked = field(default_factory=RunsAsked)
    values: dict[str, str] = field(default_factory=dict)
    chips: list[Chip] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def asked_runs(query: QueryDict, *, tools: Collection[str], viewer: Actor) -> AskedRuns:
    """Read the address; `tools` are the names there are."""
    # No database takes a zero byte.
    values = {name: query.get(name, "").replace("\0", "").strip() for name in LABELS}
    found = AskedRuns(values=values)
    wanted: dict[str, Any] = {}
    for name, value in found.values.items():
        if not value:
            continue
        try:
            wanted[name], shown = _read(name, value, tools, viewer)
        except Http404 as error:
            found.errors.append(f"{error} That filter is left out.")
        else:
            found.chips.append(_chip(query, name, shown))
    found.asked = RunsAsked(**wanted)
    return found


def _read(name: str, value: str, tools: Collection[str], viewer: Actor) -> tuple[Any, str]:
    """What is wanted and how its chip says it. Raises Http404 when there is no such thing."""
    if name == "segment":
        segment: Segment = segment_named(_short(value), viewer=viewer)
        return segment, segment.name
    if name == "since":
        return _since(value)
    known = {"kind": KINDS, "state": STATE_WORDS, "tool": {tool: tool for tool in tools}}[name]
    if value not in known:
        raise Http404(f"There is no {LABELS[name].lower()} “{_short(value)}”.")
    return value, known[value]


def _since(value: str) -> tuple[datetime, str]:
    day = day_in({"since": value}, "since")
    if day is None or day.year < EARLIEST:
        raise Http404(f"“{_short(value)}” is no day; write it like 2026-11-23.")
    return _start_of(day), f"{day.day} {day:%b %Y}"


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _chip(query: QueryDict, name: str, shown: str) -> Chip:
    left = query.copy()
    left.pop(name, None)
    left.pop("page", None)
    return Chip(name=name, label=LABELS[name], value=shown, remove_url=address(left))
