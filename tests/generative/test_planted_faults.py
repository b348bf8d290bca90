"""Faults planted in the engine, one at a time, are all found by comparing generated cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pyroaring import BitMap

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Operator
from catalogue.definitions.windows import MICROSECOND, Interval
from catalogue.engine import evaluate, grouping, scans
from catalogue.engine.conditions import dates, events, readings, terms, traits
from catalogue.engine.conditions.readings import Reading
from catalogue.engine.intervals import NEVER
from tests.generative.account_faults import ACCOUNT_FAULTS
from tests.generative.agreement import differences
from tests.generative.cases import Case
from tests.generative.runs import run

MOST_CASES = 40
UTC = ZoneInfo("UTC")
Patch = pytest.MonkeyPatch


def gte_for_gt(patch: Patch) -> None:
    patch.setitem(terms.TESTS, Operator.GT, terms.TESTS[Operator.GTE])


def complement_forgotten_in_where(patch: Patch) -> None:
    right = events.criterion
    patch.setattr(events, "criterion", lambda *given: replace(right(*given), negated=False))


def customers_without_events_forgotten(patch: Patch) -> None:
    patch.setattr(scans, "_without_events", lambda condition, tables: BitMap())


def midnight_of_utc(patch: Patch) -> None:
    right = events.events_interval
    patch.setattr(events, "events_interval", lambda window, now, zone: right(window, now, UTC))


def window_without_its_end(patch: Patch) -> None:
    right = events.events_interval

    def shorter(*given: object) -> Interval:
        interval = right(*given)
        return interval if interval == NEVER else replace(interval, end=interval.end - MICROSECOND)

    patch.setattr(events, "events_interval", shorter)


def months_of_thirty_days(patch: Patch) -> None:
    right = events.events_interval
    rounded = {"month": 30, "quarter": 90, "year": 365}

    def in_days(window: object, now: datetime, zone: ZoneInfo) -> Interval:
        for name in ("duration", "start", "end"):
            age = getattr(window, name, None)
            if isinstance(age, nodes.Duration) and age.unit in rounded:
                days = nodes.Duration(count=rounded[age.unit] * age.count, unit="day")
                window = replace(window, **{name: days})
        return right(window, now, zone)

    patch.setattr(events, "events_interval", in_days)


def local_dates_read_as_utc(patch: Patch) -> None:
    right = dates.local_span
    patch.setattr(dates, "local_span", lambda start, end, zone: right(start, end, UTC))


def change_at_now_comes_too_late(patch: Patch) -> None:
    right = traits.naive
    patch.setattr(traits, "naive", lambda now: right(now) - MICROSECOND)


def missing_read_as_empty_text(patch: Patch) -> None:
    right = readings.DERIVATIONS[Reading.TEXT]

    def filled(value: readings.Readings) -> object:
        text = right(value)
        return None if text is None else text.fill_null("")

    patch.setitem(readings.DERIVATIONS, Reading.TEXT, filled)


def texts_never_read_as_numbers(patch: Patch) -> None:
    patch.setitem(readings.DERIVATIONS, Reading.NUMBER, lambda value: value.number)


def last_taken_for_first(patch: Patch) -> None:
    right = grouping._figures

    def swapped(measure: events.Measure, *given: object) -> object:
        other = {"first": "last"}.get(measure.function, measure.function)
        return right(replace(measure, function=other), *given)

    patch.setattr(grouping, "_figures", swapped)


def merges_not_followed(patch: Patch) -> None:
    patch.setattr(grouping, "_followed", lambda rows, survivors: rows)


def adds_beaten_by_the_definition(patch: Patch) -> None:
    _with_segments(patch, lambda segment: replace(segment, adds=BitMap()))


def removes_beaten_by_adds(patch: Patch) -> None:
    _with_segments(patch, lambda segment: replace(segment, removes=segment.removes - segment.adds))


def _with_segments(patch: Patch, wrong: Callable[..., object]) -> None:
    right = evaluate._judged
    patch.setattr(evaluate, "_judged", lambda segment, *rest: right(wrong(segment), *rest))


def none_taken_for_any(patch: Patch) -> None:
    patch.setattr(
        "catalogue.engine.plan.GROUPS",
        {nodes.All: "all", nodes.Any: "any", nodes.None_: "any"},
    )


FAULTS = [
    gte_for_gt,
    complement_forgotten_in_where,
    customers_without_events_forgotten,
    midnight_of_utc,
    window_without_its_end,
    months_of_thirty_days,
    local_dates_read_as_utc,
    change_at_now_comes_too_late,
    missing_read_as_empty_text,
    texts_never_read_as_numbers,
    last_taken_for_first,
    merges_not_followed,
    adds_beaten_by_the_definition,
    removes_beaten_by_adds,
    none_taken_for_any,
    *ACCOUNT_FAULTS,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)

    found: list[Case] = []

    def differ(case: Case) -> None:
        if not found and differences(case):
            found.append(case)

    run(0, differ, count=MOST_CASES)
    assert found
