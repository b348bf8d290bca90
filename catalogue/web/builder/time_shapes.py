"""Operands that are times: dates, durations, windows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from catalogue.definitions.spans import Unit
from catalogue.definitions.window_forms import DURING
from catalogue.web.builder.rows import Fields
from catalogue.web.builder.sentence import Option, Sentence
from catalogue.web.builder.shape import Drawn, Shape
from catalogue.web.builder.values import can_be_typed, read_whole

DURATION = re.compile(r"([0-9]+) ([a-z]+)")
AGE = re.compile(r"([0-9]+) ([a-z]+) ago")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNITS = tuple(Option(value=unit, label=f"{unit}s") for unit in get_args(Unit))
DAY_WORDS = ("today", "yesterday", "tomorrow")
DAYS = (
    Option(value="", label="the date"),
    *(Option(value=word, label=word) for word in DAY_WORDS),
)
CALENDAR = tuple(Option(value=name, label=name.replace("_", " ")) for name in DURING)
NO_DATE = "Write a date, as in 2026-03-18."


def _draw_date(value: object) -> Drawn | None:
    return {"day": str(value), "date": ""} if value in DAY_WORDS else _with_day(_draw_moment(value))


def _with_day(drawn: Drawn | None) -> Drawn | None:
    return drawn and {"day": "", **drawn}


def _draw_moment(value: object) -> Drawn | None:
    return {"date": str(value)} if can_be_typed(value) else None


def _read_date(fields: Fields) -> object:
    return fields.text("day") or _read_moment(fields)


def _read_moment(fields: Fields) -> object:
    return fields.chosen("date", NO_DATE)


def _show_date(sentence: Sentence, _: str) -> None:
    sentence.choose("day", "Which day", DAYS, redraws=True)
    if sentence.text("day"):
        sentence.keep("date")
    else:
        _show_moment(sentence, "")


def _show_moment(sentence: Sentence, _: str) -> None:
    _write_day(sentence, "date", "Date")


def _write_day(sentence: Sentence, name: str, label: str) -> None:
    # A time, or a date that is none, is kept as typed; a field for days would empty it.
    is_day = not sentence.text(name) or DAY.fullmatch(sentence.text(name))
    sentence.write(name, label, "date" if is_day else "line")


def _draw_days(value: object) -> Drawn | None:
    first, last = value if isinstance(value, list) and len(value) == 2 else (None, None)
    if not (can_be_typed(first) and can_be_typed(last)):
        return None
    return {"date": str(first), "date2": str(last)}


def _read_days(fields: Fields) -> object:
    return [fields.chosen("date", NO_DATE), fields.chosen("date2", NO_DATE)]


def _show_days(sentence: Sentence, _: str) -> None:
    _write_day(sentence, "date", "First day")
    sentence.say("through")
    _write_day(sentence, "date2", "Last day")


def _draw_duration(value: object) -> Drawn | None:
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    return {"n": match[1], "unit": match[2]} if match else None


def _read_duration(fields: Fields) -> object:
    return f"{fields.read('n', read_whole)} {fields.text('unit') or 'day'}"


def _show_duration(sentence: Sentence, _: str) -> None:
    sentence.write("n", "How many", "number")
    sentence.choose("unit", "Unit of time", UNITS)


def _draw_ages(value: object) -> Drawn | None:
    ages = value if isinstance(value, dict) else {}
    first, last = AGE.fullmatch(str(ages.get("from"))), AGE.fullmatch(str(ages.get("to")))
    if first is None or last is None:
        return None
    return {"n": first[1], "unit": first[2], "n2": last[1], "unit2": last[2]}


def _read_ages(fields: Fields) -> object:
    first, last = fields.read("n", read_whole), fields.read("n2", read_whole)
    units = fields.text("unit") or "day", fields.text("unit2") or "day"
    return {"from": f"{first} {units[0]} ago", "to": f"{last} {units[1]} ago"}


def _show_ages(sentence: Sentence, type_: str) -> None:
    _show_duration(sentence, type_)
    sentence.say("ago and")
    sentence.write("n2", "How many, nearer to now", "number")
    sentence.choose("unit2", "Unit of time, nearer to now", UNITS)
    sentence.say("ago")


def _draw_calendar(value: object) -> Drawn | None:
    return {"during": str(value)} if value in DURING else None


def _read_calendar(fields: Fields) -> object:
    return fields.text("during") or "this_month"


def _show_calendar(sentence: Sentence, _: str) -> None:
    sentence.choose("during", "Calendar unit", CALENDAR)


THIRTY_DAYS = {"n": "30", "unit": "day"}
TIME_SHAPES: Mapping[str, Shape] = {
    "date": Shape(draw=_draw_date, read=_read_date, show=_show_date, start={"day": "", "date": ""}),
    "moment": Shape(draw=_draw_moment, read=_read_moment, show=_show_moment, start={"date": ""}),
    "days": Shape(
        draw=_draw_days, read=_read_days, show=_show_days, start={"date": "", "date2": ""}
    ),
    "duration": Shape(
        draw=_draw_duration, read=_read_duration, show=_show_duration, start=THIRTY_DAYS
    ),
    "ages": Shape(
        draw=_draw_ages,
        read=_read_ages,
        show=_show_ages,
        start={**THIRTY_DAYS, "n2": "10", "unit2": "day"},
    ),
    "calendar": Shape(
        draw=_draw_calendar,
        read=_read_calendar,
        show=_show_calendar,
        start={"during": "this_month"},
    ),
}
