"""Dates, durations and ages as written in a file, and how they are written back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import get_args
from zoneinfo import ZoneInfo

from catalogue.definitions.pieces import Piece, nearest
from catalogue.definitions.spans import DateLiteral, Duration, Unit
from catalogue.definitions.windows import local_day

DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
DATE = re.compile(DAY)
TIME = re.compile(
    rf"{DAY}[T ]([0-9]{{2}}):([0-9]{{2}})(?::([0-9]{{2}})(?:\.([0-9]+))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
DURATION = re.compile(r"([0-9]+) +([A-Za-z]+)")
AGO = re.compile(r"(.+?) +ago")
UNITS: tuple[str, ...] = get_args(Unit)
WORDS = ("today", "yesterday", "tomorrow")


def read_date(text: str) -> DateLiteral | None:
    """A date or time as clause 9 writes it; None when it is none, or one that does not exist."""
    try:
        if match := DATE.fullmatch(text):
            return DateLiteral(day=date(*map(int, match.groups())))
        return _read_time(text)
    except (ValueError, OverflowError):
        return None


def _read_time(text: str) -> DateLiteral | None:
    match = TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    clock = time(int(hour), int(minute), int(second or 0), int((fraction or "")[:6].ljust(6, "0")))
    local = datetime.combine(date(int(year), int(month), int(day)), clock)
    if offset is None:
        return DateLiteral(local=local)
    return DateLiteral(instant=local.replace(tzinfo=_offset(offset)).astimezone(UTC))


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    clock = time(int(text[1:3]), int(text[-2:]))
    size = timedelta(hours=clock.hour, minutes=clock.minute)
    return timezone(-size if text[0] == "-" else size)


def write_date(literal: DateLiteral) -> str:
    """A date as a file writes it; times with the offset Z, or none if none was given."""
    if literal.word is not None:
        return literal.word
    if literal.day is not None:
        return literal.day.isoformat()
    if literal.local is not None:
        return _write_time(literal.local)
    if literal.instant is None:
        raise ValueError("an empty date literal")
    return _write_time(literal.instant.replace(tzinfo=None)) + "Z"


def _write_time(local: datetime) -> str:
    text = local.isoformat()
    return text.rstrip("0") if local.microsecond else text


def parse_date(piece: Piece, *, words: bool = False) -> DateLiteral:
    """A date or time; also today, yesterday, tomorrow where `words` are allowed."""
    text = piece.value
    if words and text in WORDS:
        return DateLiteral(word=text)  # type: ignore[arg-type]
    literal = read_date(text) if isinstance(text, str) else None
    if literal is None:
        suggestion = nearest(text, WORDS) if words and isinstance(text, str) else None
        raise piece.bad(
            f"“{_shown(text)}” is not a date that exists. Write 2026-03-18, or with a time"
            " 2026-03-18T12:00:00Z.",
            suggestion=suggestion,
        )
    return literal


def parse_day(piece: Piece) -> date:
    """A day; of a time, the local day it falls on."""
    return _day(parse_date(piece), piece.zone)


def parse_named_day(piece: Piece) -> DateLiteral:
    """A day, or today, yesterday, tomorrow."""
    literal = parse_date(piece, words=True)
    return literal if literal.word else DateLiteral(day=_day(literal, piece.zone))


def _day(literal: DateLiteral, zone: ZoneInfo) -> date:
    if literal.instant is not None:
        return local_day(literal.instant, zone)
    if literal.local is not None:
        return literal.local.date()
    if literal.day is None:
        raise ValueError("a word names a day only at an instant")
    return literal.day


def parse_duration(piece: Piece) -> Duration:
    """`30 days`: a whole number ≥ 1 and a unit, singular or plural."""
    match = DURATION.fullmatch(piece.value) if isinstance(piece.value, str) else None
    if match is None:
        raise piece.bad(
            f"“{_shown(piece.value)}” is not a duration. Write a whole number and a unit, as in"
            " “30 days”."
        )
    unit = match[2].removesuffix("s")
    if unit not in UNITS:
        known = nearest(unit, UNITS)
        raise piece.bad(
            f"“{match[2]}” is not a unit of time. There are second, minute, hour, day, week, month,"
            " quarter and year.",
            suggestion=f"{match[1]} {known}s" if known else None,
        )
    return piece.checked(Duration, count=int(match[1][:20]), unit=unit)


def write_duration(duration: Duration) -> str:
    """`30 day`, the canonical spelling."""
    return f"{duration.count} {duration.unit}"


def is_age(value: object) -> bool:
    """Whether this is meant as `30 days ago`."""
    return isinstance(value, str) and value.endswith("ago")


def parse_age(piece: Piece) -> Duration:
    """`30 days ago`."""
    match = AGO.fullmatch(piece.value) if isinstance(piece.value, str) else None
    if match is None:
        raise piece.bad(f"“{_shown(piece.value)}” is not an age. Write it as in “30 days ago”.")
    return parse_duration(Piece(value=match[1], pointer=piece.pointer, zone=piece.zone))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
