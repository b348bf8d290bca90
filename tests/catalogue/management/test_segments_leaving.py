"""manage.py segments leaving, as people and programs call it."""

from __future__ import annotations

import pytest

from tests.catalogue.management.test_segments_commands import manage, rows
from tests.catalogue.workspace import define, load_workspace, refresh

pytestmark = pytest.mark.django_db
NOW = ("--now", "2026-03-18T12:00:00Z")


@pytest.fixture(autouse=True)
def segment() -> None:
    load_workspace()
    define("lately", {"did": "login", "in_last": "10 days"})
    refresh("lately")


def test_people_read_a_table_and_what_is_assumed() -> None:
    code, out, err = manage("segments", "leaving", "lately", "--days", "2", *NOW)
    first, assumed, _, *table = out.splitlines()
    assert (code, err) == (0, "")
    assert first == (
        "lately: of 2 customers in membership version 1, 1 leave within 2 days after"
        " 2026-03-18 12:00 UTC, and 0 are out already, until the next refresh."
    )
    assert "as if nothing more were said or done" in assumed
    assert table == [
        "day  as of                 leaving  left",
        "  1  2026-03-19 12:00 UTC        0     2",
        "  2  2026-03-20 12:00 UTC        1     1",
    ]


def test_programs_read_json() -> None:
    row = rows(manage("segments", "leaving", "lately", "--days", "2", "--json", *NOW)[1])[0]
    assert (row["size"], row["leaving"], row["due"]) == (2, 1, 0)
    assert row["days"] == [
        {"day": 1, "as_of": "2026-03-19T12:00:00Z", "leaving": 0, "left": 2},
        {"day": 2, "as_of": "2026-03-20T12:00:00Z", "leaving": 1, "left": 1},
    ]


def test_who_leaves_is_printed_when_asked_for() -> None:
    out = manage("segments", "leaving", "lately", "--days", "3", "--people", *NOW)[1]
    assert out == "customer_id,leaves_by\nbob,2026-03-20T12:00:00+00:00\n"
    out = manage("segments", "leaving", "lately", "--days", "3", "--people", "--json", *NOW)[1]
    assert rows(out) == [{"customer_id": "bob", "leaves_by": "2026-03-20T12:00:00Z"}]


def test_mistakes_are_told() -> None:
    code, _, err = manage("segments", "leaving", "latly", *NOW)
    assert (code, err) == (1, "There is no segment “latly”. Did you mean “lately”?")
    assert (
        "number of days from 1 to 31" in manage("segments", "leaving", "lately", "--days", "32")[2]
    )
