"""Dates in traits: zones, gaps, folds, windows, anniversaries (clauses 9–12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from catalogue.definitions import nodes as n
from tests.catalogue.engine.small_world import MICROSECOND, NOW, having, trait, who

BERLIN = "Europe/Berlin"


def day(text: str) -> n.DateLiteral:
    return n.DateLiteral(day=date.fromisoformat(text))


def local(text: str) -> n.DateLiteral:
    return n.DateLiteral(local=datetime.fromisoformat(text))


def instant(text: str) -> n.DateLiteral:
    return n.DateLiteral(instant=datetime.fromisoformat(text).astimezone(UTC))


def word(text: str) -> n.DateLiteral:
    return n.DateLiteral(word=text)


def of(*values: object):
    """One customer per value, known by its text."""
    return having({str(value): value for value in values})


def test_a_plain_date_is_the_first_instant_of_its_local_day():
    values = of("2026-03-17T22:59:59.999999Z", "2026-03-17T23:00Z", "2026-03-18", "2026-03-17")
    before = who(trait("before", day("2026-03-18")), values, zone=BERLIN)
    assert before == {"2026-03-17T22:59:59.999999Z", "2026-03-17"}


def test_after_a_plain_date_begins_with_the_next_local_day():
    values = of(
        "2026-03-18", "2026-03-18T23:59", "2026-03-19", "2026-03-18T22:59Z", "2026-03-18T23:00Z"
    )
    after = who(trait("after", day("2026-03-18")), values, zone=BERLIN)
    assert after == {"2026-03-19", "2026-03-18T23:00Z"}
    assert who(trait("after", word("today")), values, zone=BERLIN) == after


def test_after_an_instant_is_after_it():
    values = of("2026-03-18T10:00", "2026-03-18T10:00:00.000001", "2026-03-18T09:00Z")
    assert who(trait("after", local("2026-03-18T10:00")), values, zone=BERLIN) == {
        "2026-03-18T10:00:00.000001"
    }
    assert who(
        trait("before", instant("2026-03-18T09:00:00.000001+00:00")), values, zone=BERLIN
    ) == {
        "2026-03-18T10:00",
        "2026-03-18T09:00Z",
    }


def test_a_local_time_in_a_gap_is_the_first_instant_after_it():
    # 02:00–03:00 on 29 March 2026 does not exist in Berlin; 03:00 is 01:00 UTC.
    values = of(
        "2026-03-29T01:59:59.999999", "2026-03-29T02:00", "2026-03-29T02:59", "2026-03-29T03:00"
    )
    bound = instant("2026-03-29T01:00+00:00")
    assert who(trait("before", bound), values, zone=BERLIN) == {"2026-03-29T01:59:59.999999"}
    assert who(trait("after", bound), values, zone=BERLIN) == set()
    one_later = instant("2026-03-29T01:00:00.000001+00:00")
    assert len(who(trait("before", one_later), values, zone=BERLIN)) == 4


def test_a_local_time_that_exists_twice_is_the_earlier():
    # 02:30 on 25 October 2026 is first 00:30 UTC, then 01:30 UTC.
    values = of("2026-10-25T02:30", "2026-10-25T03:00", "2026-10-25T02:59:59.999999")
    assert who(trait("before", instant("2026-10-25T01:00+00:00")), values, zone=BERLIN) == {
        "2026-10-25T02:30",
        "2026-10-25T02:59:59.999999",
    }
    assert who(
        trait("after", instant("2026-10-25T01:59:59.999999+00:00")), values, zone=BERLIN
    ) == {"2026-10-25T03:00"}


def test_on_compares_local_days():
    values = of(
        "2026-03-18", "2026-03-18T23:59:59", "2026-03-17T23:00Z", "2026-03-18T23:00Z", "2026-03-19"
    )
    expected = {"2026-03-18", "2026-03-18T23:59:59", "2026-03-17T23:00Z"}
    assert who(trait("on", day("2026-03-18")), values, zone=BERLIN) == expected
    assert who(trait("on", word("today")), values, zone=BERLIN) == expected
    assert who(trait("on", word("tomorrow")), values, zone=BERLIN) == {
        "2026-03-18T23:00Z",
        "2026-03-19",
    }
    assert who(trait("on", instant("2026-03-18T08:00+00:00")), values, zone=BERLIN) == expected


def test_a_plain_date_is_on_its_own_day_in_every_zone():
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles", BERLIN):
        assert who(trait("on", day("2026-03-18")), of("2026-03-18"), zone=zone) == {"2026-03-18"}


def test_during_and_between_dates_take_whole_local_days():
    values = of(
        "2026-02-01",
        "2026-02-28T23:59:59.999999",
        "2026-03-01",
        "2026-01-31T23:00Z",
        "2026-02-28T23:00Z",
    )
    february = {"2026-02-01", "2026-02-28T23:59:59.999999", "2026-01-31T23:00Z"}
    last_month = n.During(which="last", unit="month")
    dates = n.BetweenDates(first=date(2026, 2, 1), last=date(2026, 2, 28))
    assert who(trait("within", last_month), values, zone=BERLIN) == february
    assert who(trait("within", dates), values, zone=BERLIN) == february


def test_rolling_windows_are_exact_to_the_microsecond():
    week = n.Duration(count=7, unit="day")
    start, end = NOW - timedelta(days=7), NOW + timedelta(days=7)
    values = having(
        {
            "just before": (start - MICROSECOND).isoformat(),
            "start": start.isoformat(),
            "now": NOW.isoformat(),
            "just after now": (NOW + MICROSECOND).isoformat(),
            "end": end.isoformat(),
            "just after the end": (end + MICROSECOND).isoformat(),
        }
    )
    assert who(trait("within", n.InLast(duration=week)), values) == {"start", "now"}
    assert who(trait("within", n.OlderThan(duration=week)), values) == {"just before"}
    assert who(trait("within", n.InNext(duration=week)), values) == {"just after now", "end"}
    assert who(trait("within", n.Since(start=instant(start.isoformat()))), values) == {
        "start",
        "now",
    }


def test_date_time_columns_are_instants():
    column = having({"utc": datetime(2026, 3, 17, 23, tzinfo=UTC), "number": 1773788400})
    assert who(trait("on", day("2026-03-18")), column, zone=BERLIN) == {"utc"}


def test_what_is_no_date_is_no_match_and_matches_the_negation():
    values = of("2026-02-30", "0000-01-01", "2026-01-01T24:00", "soon", 20260101, True)
    assert who(trait("before", day("9999-12-31")), values) == set()
    assert len(who(n.Not(child=trait("before", day("9999-12-31"))), values)) == 6


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2027-02-28", {"28 feb", "29 feb"}),
        ("2028-02-28", {"28 feb"}),
        ("2028-02-29", {"29 feb"}),
        ("2027-03-01", {"1 march"}),
    ],
)
def test_29_february_is_celebrated_on_the_28th_in_common_years(today, expected):
    values = having(
        {
            "28 feb": "1990-02-28",
            "29 feb": "1992-02-29T15:00",
            "1 march": "1990-03-01T08:00Z",
            "no date": "29 Feb",
        }
    )
    assert who(trait("anniversary_on", day(today)), values) == expected
    now = datetime.fromisoformat(today).replace(hour=12, tzinfo=UTC)
    assert who(trait("anniversary_on", word("today")), values, now=now) == expected


def test_anniversaries_of_instants_are_local():
    values = of("1990-12-31T23:30Z", "1990-12-31T22:30Z", "1991-01-01", "2001-12-31T23:30:00Z")
    new_year = trait("anniversary_on", day("2026-01-01"))
    assert who(new_year, values, zone=BERLIN) == {
        "1990-12-31T23:30Z",
        "1991-01-01",
        "2001-12-31T23:30:00Z",
    }
    assert who(new_year, values, zone="UTC") == {"1991-01-01"}


def test_anniversaries_in_the_next_days_begin_tomorrow_and_end_with_the_day_of_the_end():
    values = of("1990-03-18", "1990-03-19", "1990-03-25", "1990-03-26", "1990-03-25T23:30Z")
    week = n.Duration(count=7, unit="day")
    assert who(trait("anniversary_in_next", week), values) == {
        "1990-03-19",
        "1990-03-25",
        "1990-03-25T23:30Z",
    }
    # In Berlin, 23:30 UTC on 25 March 1990 is 00:30 or later on the 26th.
    assert who(trait("anniversary_in_next", week), values, zone=BERLIN) == {
        "1990-03-19",
        "1990-03-25",
    }


def test_a_long_time_ahead_holds_every_anniversary():
    values = of("1990-03-18", "1992-02-29", "1990-12-31T23:30Z")
    years = n.Duration(count=9, unit="year")
    assert len(who(trait("anniversary_in_next", years), values, zone=BERLIN)) == 3


def test_trait_values_are_those_of_the_newest_change_until_now():
    from catalogue.warehouse.given import GivenChange, GivenCustomer
    from tests.catalogue.engine.small_world import world

    def changes(*pairs):
        return tuple(GivenChange(trait="value", value=value, at=at) for value, at in pairs)

    given = world(
        GivenCustomer(id="ever", changes=changes(("x", None))),
        GivenCustomer(id="just now", changes=changes(("y", None), ("x", NOW))),
        GivenCustomer(id="not yet", changes=changes(("y", None), ("x", NOW + MICROSECOND))),
        GivenCustomer(id="to missing", changes=changes(("x", None), (None, NOW))),
        GivenCustomer(id="from missing", changes=changes((None, None), ("x", NOW))),
        GivenCustomer(id="later wins", changes=changes(("y", NOW), ("x", NOW))),
        GivenCustomer(id="earlier loses", changes=changes(("x", NOW), ("y", NOW))),
        GivenCustomer(id="other kind", changes=changes(("x", None), (5, NOW))),
        GivenCustomer(id="out of order", changes=changes(("x", NOW), ("y", NOW - MICROSECOND))),
    )
    assert who(trait("is", "x"), given) == {
        "ever",
        "just now",
        "from missing",
        "later wins",
        "out of order",
    }
    assert who(trait("is_set", False), given) == {"to missing"}
