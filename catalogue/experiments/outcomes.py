"""What counts in an experiment: an event within a time of each one's own, or how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from catalogue.definitions.dates import parse_duration, write_duration
from catalogue.definitions.documents import step
from catalogue.definitions.errors import Code, DefinitionError, Fault, refuse
from catalogue.definitions.event_forms import parse_events, write_events
from catalogue.definitions.nodes import Definition, Did, Duration, EventSelector, Path
from catalogue.definitions.paths import read_path, write_path
from catalogue.definitions.pieces import Faults, Piece
from catalogue.definitions.segment_facts import optional
from catalogue.definitions.validate import validate
from catalogue.definitions.vocabulary import Vocabulary

KEYS = ("event", "where", "within", "sum", "better")
WAYS = {"up": True, "down": False}
# Each person's time has one length, whatever month it falls in.
EXACT = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What counts `within` so long after somebody's time began; `is_good_up`: more is better."""

    within: Duration
    is_good_up: bool = True

    @property
    def length(self) -> int:
        """How long each person has, in microseconds."""
        return self.within.count * (EXACT[self.within.unit] // MICROSECOND)

    @property
    def days(self) -> float:
        """The same in days."""
        return self.within.count * (EXACT[self.within.unit] / timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Timed):
    """The events that count when they come in time. Without `sum`: whether one came; with it: the
    sum of that property over all that came, 0 of none."""

    events: EventSelector
    sum: Path = ()

    @property
    def is_mean(self) -> bool:
        """Whether arms are compared by a mean, and not by the share that reached it."""
        return bool(self.sum)


def parse_outcome(document: object, pointer: str, *, more: tuple[str, ...] = ()) -> Outcome:
    """`{event: order_paid, where: […], within: 14 days, sum: amount, better: down}`; of these only
    event and within are needed. `more` keys are somebody else's. Raises DefinitionError with the
    place of every fault."""
    piece = Piece(value=document, pointer=pointer, zone=ZoneInfo("UTC"))
    faults = Faults()
    faults.read(piece.mapping("What counts").only, (*KEYS, *more), "What counts")
    events = faults.read(parse_events, piece, "event")
    within = faults.read(parse_within, piece.at("within"))
    summed = faults.read(optional, piece, "sum", _parse_path)
    better = faults.read(optional, piece, "better", parse_way)
    faults.raise_any()
    return Outcome(events=events, within=within, sum=summed or (), is_good_up=better is not False)


def write_outcome(outcome: Outcome) -> dict[str, object]:
    """The same as it is kept."""
    written = write_events(outcome.events, "event") | {"within": write_duration(outcome.within)}
    if outcome.sum:
        written["sum"] = write_path(outcome.sum)
    return written if outcome.is_good_up else written | {"better": "down"}


def goal_outcome(goal: Mapping[str, Any] | None, timezone: str = "UTC") -> dict[str, object]:
    """What counts when an experiment is after the goal of its segment; dates of a condition are of
    `timezone`. Raises DefinitionError when people have no time of their own for it."""
    if not goal or not goal.get("within") or not (goal.get("event") or goal.get("condition")):
        raise refuse(
            Code.BAD_VALUE,
            "The goal of this segment gives nobody a time from entering on. Give it one, as in"
            " “within: 14 days”, or write an event of the experiment’s own, as in {event:"
            " order_paid, within: 14 days}.",
            "/aim",
        )
    if goal.get("condition"):
        return {
            "formula": {"share": goal["condition"]},
            "within": goal["within"],
            "title": "The goal of the segment",
            "timezone": timezone,
        }
    return {key: goal[key] for key in ("event", "where", "within") if goal.get(key) is not None}


def unknown_words(outcome: Outcome, pointer: str, words: Vocabulary) -> list[Fault]:
    """What of the events and properties nobody has ever received, placed at `pointer`."""
    asked = Definition(where=Did(events=outcome.events))
    try:
        validate(asked, words, pointer="")
    except DefinitionError as error:
        return [_placed(fault, pointer) for fault in error.faults]
    return _unknown_sum(outcome, pointer, words)


def _placed(fault: Fault, pointer: str) -> Fault:
    # The language names the event under “did”.
    place = fault.pointer.replace("/did", "/event", 1)
    return Fault(
        code=fault.code,
        message=fault.message,
        pointer=pointer + place,
        suggestion=fault.suggestion,
    )


def _unknown_sum(outcome: Outcome, pointer: str, words: Vocabulary) -> list[Fault]:
    known = {prop for name in outcome.events.names for prop in words.events.get(name, {})}
    if not outcome.sum or outcome.events.prefixes or outcome.sum[0] in known:
        return []
    message = f"No event that counts ever had a property “{write_path(outcome.sum)}”."
    return [Fault(code=Code.BAD_VALUE, message=message, pointer=step(pointer, "sum"))]


def parse_within(piece: Piece) -> Duration:
    """How much time each person has. Raises DefinitionError of one without a length of its own."""
    if piece.value is None:
        raise piece.bad("Say how much time each person has, as in “within: 14 days”.")
    if str(piece.value).split()[:1] == ["0"]:
        raise piece.fault(
            Code.BAD_WINDOW, "The window has no length. Give it at least a second, as in “14 days”."
        )
    duration = parse_duration(piece)
    if duration.unit not in EXACT:
        raise piece.fault(
            Code.BAD_WINDOW,
            "Months and years have no one length, and everybody is to have the same time. Write"
            " days, as in “30 days”.",
        )
    return duration


def _parse_path(piece: Piece) -> Path:
    path = read_path(piece.text("The property to add up"))
    if path is None:
        raise piece.bad(f"“{piece.value}” is no name of a property.")
    return path


def parse_way(piece: Piece) -> bool:
    """Whether more is better. Raises DefinitionError."""
    if piece.value not in WAYS:
        raise piece.bad("Write which way is better: up or down.")
    return WAYS[str(piece.value)]
