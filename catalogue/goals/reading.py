"""A goal and what is known of it, as pages, programs and commands show it. Reads, and writes
nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalogue.definitions.english.events import say_events
from catalogue.definitions.english.wording import Labels, Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.goals import Goal, say_goal
from catalogue.definitions.nodes import part_key
from catalogue.goals.dividing import read_dividing
from catalogue.models import GoalSplit, Segment, Workspace
from catalogue.segments.goal_states import SIGN, Standing, standing_of
from catalogue.segments.subjects import PLURALS, held_in

METHOD = (
    "reached within the time, of those whose time is over; 95 % interval by Wilson; who has left"
    " the segment still counts"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Of the curve: the share that had got there after so many days, and its interval."""

    day: float
    share: float
    low: float
    high: float
    watched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Those who entered in the local week that begins on `start` and whose time is over: `n`. The
    share is None where they are too few to be shown."""

    start: date
    n: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step on the way: how many took it of those whose time is over, and of those who took the
    one before; None where they are too few to be shown."""

    name: str
    people: int | None
    share: float | None
    lost: int | None

    @property
    def percent(self) -> str:
        """`62 %`"""
        return "" if self.share is None else f"{100 * self.share:.0f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalReport:
    """`sentence` is the goal in English, or why it cannot be measured. `split` is None before the
    first refresh with this goal; `fault`: why the newest refresh could not measure it. `median`:
    after how many days half of all have got there, None with `median_reason`; `of_reached`: the
    same of those who did get there."""

    segment: Segment
    sentence: str
    standing: Standing
    split: GoalSplit | None
    median: float | None = None
    median_ends: tuple[float | None, float | None] = (None, None)
    median_reason: str = ""
    of_reached: float | None = None
    curve: Sequence[Point] = ()
    curve_method: str = ""
    weeks: Sequence[Week] = ()
    steps: Sequence[StepLine] = ()
    first_entered: datetime | None = None
    fewest: int = 10
    fault: str = ""

    @property
    def plural(self) -> str:
        """What is counted."""
        return PLURALS[held_in(self.segment.membership)]

    @property
    def interval_words(self) -> str:
        """`19.2–23.6 %`"""
        low, high = self.standing.low or 0.0, self.standing.high or 0.0
        return f"{100 * low:.1f}–{100 * high:.1f}{SIGN}"

    @property
    def reached_part(self) -> str:
        """How a definition names those who reached it."""
        return part_key(self.segment.key, "reached")

    @property
    def not_reached_part(self) -> str:
        """How a definition names all others who entered."""
        return part_key(self.segment.key, "not_reached")


def report_of(segment: Segment, *, labels: Labels | None = None) -> GoalReport:
    """Everything there is about the goal of a segment; numbers on fewer people than the workspace
    shows are hidden."""
    fewest = Workspace.current().fewest_people
    split = segment.goal_split
    standing = standing_of(segment, fewest=fewest)
    wording = Wording(labels=labels or Labels())
    if not segment.goal:
        return GoalReport(segment=segment, sentence="", standing=standing, split=None)
    try:
        dividing = read_dividing(segment)
    except DefinitionError as error:
        sentence = f"It cannot be measured as it is written: {error.faults[0].message}"
        return GoalReport(segment=segment, sentence=sentence, standing=standing, split=None)
    sentence, fault = say_goal(dividing.goal, wording), segment.goal_fault
    if split is None:
        return GoalReport(
            segment=segment, sentence=sentence, standing=standing, split=None, fault=fault
        )
    figures, took = split.figures, split.figures["time"]
    is_hidden = took["n"] < fewest
    points = [Point(**one) for one in figures["curve"]["points"]]
    return GoalReport(
        segment=segment,
        sentence=sentence,
        standing=standing,
        split=split,
        median=None if is_hidden else took["median"],
        median_ends=(None, None) if is_hidden else (took["low"], took["high"]),
        median_reason="Fewer people than are shown." if is_hidden else took["reason"],
        of_reached=took["of_reached"] if took["reached"] >= fewest else None,
        # A curve ends where too few are still watched.
        curve=[point for point in points if point.watched >= fewest],
        curve_method=figures["curve"]["method"],
        weeks=[_week(one, fewest) for one in figures["weeks"]],
        steps=_steps(dividing.goal, split, wording, fewest),
        first_entered=_instant(figures["first_entered"]),
        fewest=fewest,
        fault=fault,
    )


def _week(row: Mapping[str, Any], fewest: int) -> Week:
    start, is_shown = date.fromisoformat(row["from"]), row["n"] >= fewest
    if not is_shown:
        return Week(start=start, n=None, share=None, low=None, high=None)
    return Week(
        start=start,
        n=row["n"],
        share=row["reached"] / row["n"],
        low=row["low"],
        high=row["high"],
    )


def _steps(goal: Goal, split: GoalSplit, wording: Wording, fewest: int) -> list[StepLine]:
    """From all whose time is over, step by step, to who reached it."""
    counted = split.figures["steps"]
    if not goal.steps or split.decided < fewest:
        return []
    names = [*(say_events(one, wording) for one in goal.steps), "Reached the goal"]
    lines: list[StepLine] = []
    before = split.decided
    for name, people in zip(names, [*counted, split.reached_count], strict=True):
        is_last, is_hidden = len(lines) == len(counted), 0 < people < fewest
        is_told = before and not is_last and not is_hidden
        lines.append(
            StepLine(
                name=name,
                people=None if is_hidden else people,
                share=people / before if is_told else None,
                lost=max(before - people, 0) if is_told else None,
            )
        )
        before = people
    return lines


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def row_of(report: GoalReport) -> dict[str, object]:
    """The report as programs read it."""
    segment, split, standing = report.segment, report.split, report.standing
    return {
        "segment": segment.key,
        "goal": segment.goal or None,
        "english": report.sentence,
        "state": standing.state,
        "because": standing.because,
        "target": standing.target,
        "share": standing.share,
        "interval": _ends(standing.low, standing.high),
        "decided": standing.decided if split else None,
        "method": METHOD,
        "as_of": segment.goal_as_of,
        "fault": report.fault,
        "split": None if split is None else _split_row(report, split),
        "time_to_reach": {
            "median_days": report.median,
            "interval": _ends(*report.median_ends),
            "reason": report.median_reason,
            "of_reached_days": report.of_reached,
        },
        "curve": [
            {"day": p.day, "share": p.share, "interval": [p.low, p.high], "watched": p.watched}
            for p in report.curve
        ],
        "weeks": [
            {
                "from": w.start.isoformat(),
                "n": w.n,
                "share": w.share,
                "interval": _ends(w.low, w.high),
            }
            for w in report.weeks
        ],
        "steps": [{"step": s.name, "people": s.people, "share": s.share} for s in report.steps],
    }


def _split_row(report: GoalReport, split: GoalSplit) -> dict[str, object]:
    return {
        "now": split.now,
        "membership_version": split.membership.number,
        "entered": split.entered,
        "reached": split.reached_count,
        "missed": split.missed_count,
        "not_yet": split.not_yet_count,
        "too_early": split.too_early_count,
        "parts": {"reached": report.reached_part, "not_reached": report.not_reached_part},
    }


def _ends(low: float | None, high: float | None) -> list[float | None] | None:
    return None if low is None and high is None else [low, high]
