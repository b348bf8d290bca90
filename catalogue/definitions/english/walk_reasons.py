"""What decided a condition on order or habit, in a few words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from catalogue.definitions.english.reasons import say_instant
from catalogue.definitions.english.wording import Plural, Wording

DAYS: Plural = ("done on {count} day", "done on {count} days")
PERIODS: Plural = (
    "so in {fitting} of the last {count} period",
    "so in {fitting} of the last {count} periods",
)


def say_steps(steps: Sequence[datetime], of: int, wording: Wording, zone: ZoneInfo) -> str:
    """When the steps of a sequence were done, as far as they came."""
    if not steps:
        return wording.say("the first step was not done")
    first, *rest = (say_instant(at, wording, zone) for at in steps)
    done = wording.say("done on {instant}", instant=first)
    for instant in rest:
        done = wording.say("{done}, then on {instant}", done=done, instant=instant)
    return (
        done if len(steps) == of else wording.say("{done}; the next step did not follow", done=done)
    )


def say_attempt(
    start: datetime,
    end: datetime,
    goal: datetime | None,
    is_over: bool,
    wording: Wording,
    zone: ZoneInfo,
) -> str:
    """The attempt that decides, and what came of it."""
    begun = say_instant(start, wording, zone)
    if goal is not None:
        won = say_instant(goal, wording, zone)
        return wording.say("begun on {start}, and done on {goal}", start=begun, goal=won)
    until = say_instant(end, wording, zone)
    if is_over:
        return wording.say("begun on {start}, and not done until {end}", start=begun, end=until)
    return wording.say("begun on {start}, and there is time until {end}", start=begun, end=until)


def say_return(
    back: datetime | None, before: datetime | None, wording: Wording, zone: ZoneInfo
) -> str:
    """When it was done lately, and when before that."""
    if back is None:
        if before is None:
            return wording.say("never done")
        return wording.say("last done on {instant}", instant=say_instant(before, wording, zone))
    shown = say_instant(back, wording, zone)
    if before is None:
        return wording.say("last done on {instant}, and never before", instant=shown)
    earlier = say_instant(before, wording, zone)
    return wording.say(
        "last done on {instant}, and before on {earlier}", instant=shown, earlier=earlier
    )


def say_latest_event(newest: datetime | None, fits: bool, wording: Wording, zone: ZoneInfo) -> str:
    """When the newest event was, and whether it has what is asked."""
    if newest is None:
        return wording.say("there is none")
    shown = say_instant(newest, wording, zone)
    if fits:
        return wording.say("the newest is of {instant} and fits", instant=shown)
    return wording.say("the newest is of {instant} and does not fit", instant=shown)


def say_periods_reached(fitting: int, periods: int, wording: Wording) -> str:
    """In how many periods it was done as asked."""
    return wording.say_count(PERIODS, periods, fitting=wording.number(fitting))


def say_days(count: int, wording: Wording) -> str:
    """On how many days it was done."""
    return wording.say_count(DAYS, count)
