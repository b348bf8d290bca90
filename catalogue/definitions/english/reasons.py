"""What decided a condition on one customer, in a few words beside the condition."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from catalogue.definitions.english.wording import Plural, Wording

LONGEST_VALUE = 200


def say_value(value: object, since: datetime | None, wording: Wording, zone: ZoneInfo) -> str:
    """A trait's value and since when it is that: `it is pro, since 1 March 2026, 09:00`."""
    if value is None:
        return wording.say("it is unknown")
    shown = _shown(value, wording, zone)
    if since is None:
        return wording.say("it is {value}", value=shown)
    return wording.say(
        "it is {value}, since {instant}", value=shown, instant=say_instant(since, wording, zone)
    )


def _shown(value: object, wording: Wording, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return say_instant(value, wording, zone)
    if isinstance(value, str | bool | int | float):
        return wording.value(value)
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


OF_CUSTOMERS: Plural = (
    "true for {fits} of the {count} customer of the account",
    "true for {fits} of the {count} customers of the account",
)


def say_fits(fits: int, of: int, wording: Wording) -> str:
    """For how many of an account's customers something is true."""
    if of == 0:
        return wording.say("the account has no customers")
    return wording.say_count(OF_CUSTOMERS, of, fits=wording.number(fits))


def say_no_account(wording: Wording) -> str:
    """Why nothing is true of somebody's account."""
    return wording.say("belongs to no account")


DONE: Plural = ("done once, on {newest}", "done {count} times, the newest on {newest}")


def say_done(
    count: int,
    newest: datetime | None,
    last_ever: datetime | None,
    wording: Wording,
    zone: ZoneInfo,
) -> str:
    """How often and when: in the window, else when it was last done at all."""
    if newest is not None:
        shown = say_instant(newest, wording, zone)
        return wording.say_count(DONE, count, newest=shown)
    if last_ever is None:
        return wording.say("never done")
    shown = say_instant(last_ever, wording, zone)
    return wording.say("last done on {newest}", newest=shown)


def say_edge(
    which: Literal["first", "last"], at: datetime | None, wording: Wording, zone: ZoneInfo
) -> str:
    """When it was done for the first or the last time of all."""
    if at is None:
        return wording.say("never done")
    shown = say_instant(at, wording, zone)
    message = {
        "first": "done for the first time on {instant}",
        "last": "done for the last time on {instant}",
    }
    return wording.say(message[which], instant=shown)


FIGURES: dict[str, Plural] = {
    "sum": ("the sum of {count} event is {figure}", "the sum of {count} events is {figure}"),
    "avg": (
        "the average of {count} event is {figure}",
        "the average of {count} events is {figure}",
    ),
    "min": (
        "the smallest of {count} event is {figure}",
        "the smallest of {count} events is {figure}",
    ),
    "max": (
        "the largest of {count} event is {figure}",
        "the largest of {count} events is {figure}",
    ),
    "count_distinct": (
        "{figure} different in {count} event",
        "{figure} different in {count} events",
    ),
}
NO_FIGURE: Plural = ("no value in {count} event", "no value in {count} events")


def say_figure(function: str, figure: Decimal | float | None, count: int, wording: Wording) -> str:
    """What an aggregate came to, over how many events."""
    if figure is None:
        return wording.say_count(NO_FIGURE, count)
    shown = wording.number(figure) if isinstance(figure, float | int) else _plain(figure)
    return wording.say_count(FIGURES[function], count, figure=shown)


def _plain(figure: Decimal) -> str:
    """A decimal without an exponent, to six places as sums are kept."""
    shown = f"{figure:.6f}"
    return shown.rstrip("0").rstrip(".")


def say_belonging(is_in: bool, by_hand: str | None, wording: Wording) -> str:
    """Whether a customer is in a segment, and whether by hand."""
    if by_hand == "added" and is_in:
        return wording.say("is in it, added by hand")
    if by_hand == "removed" and not is_in:
        return wording.say("is not in it, removed by hand")
    return wording.say("is in it") if is_in else wording.say("is not in it")


def say_note(by_hand: str | None, on_list: bool | None, wording: Wording) -> str:
    """What decides beside the definition, as a sentence: hands, or the list of a static segment
    (`on_list` None: it is none); empty when nothing does."""
    if by_hand == "added":
        return wording.say("Added by hand, so in, whatever else is said of the segment.")
    if by_hand == "removed":
        return wording.say("Removed by hand, so out, whatever else is said of the segment.")
    if on_list is None:
        return ""
    return wording.say("On the list." if on_list else "Not on the list.")


def say_flip(answer: bool, flips_at: datetime | None, wording: Wording, zone: ZoneInfo) -> str:
    """When an answer becomes the other by time alone; empty when it does not."""
    if flips_at is None:
        return ""
    instant = say_instant(flips_at, wording, zone)
    if answer:
        return wording.say("no from {instant} on", instant=instant)
    return wording.say("yes from {instant} on", instant=instant)


def say_move(is_in: bool, flips_at: datetime | None, wording: Wording, zone: ZoneInfo) -> str:
    """When a customer enters or leaves by time alone, as a sentence; empty when never."""
    if flips_at is None:
        return ""
    instant = say_instant(flips_at, wording, zone)
    if is_in:
        return wording.say("Leaves on {instant}, if nothing more is said or done.", instant=instant)
    return wording.say("Enters on {instant}, if nothing more is said or done.", instant=instant)


def say_instant(instant: datetime, wording: Wording, zone: ZoneInfo) -> str:
    """`22 November 2026, 12:00 UTC`, on the clocks of the zone."""
    local = instant.astimezone(zone)
    clock = local.time().replace(microsecond=0, tzinfo=None)
    return wording.say(
        "{day}, {time} {zone}",
        day=wording.day(local.date()),
        time=clock.isoformat("seconds" if clock.second else "minutes"),
        zone=local.tzname() or zone.key,
    )
