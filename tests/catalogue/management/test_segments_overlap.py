"""manage.py segments overlap, as people and programs call it."""

from __future__ import annotations

import json

import pytest

from tests.catalogue.management.test_segments_commands import manage
from tests.catalogue.membership.ground import make_segment, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def segments() -> None:
    publish(make_segment("buyers"), {1, 2, 3}, day=0)
    publish(make_segment("readers"), {3, 4}, day=0)


def test_people_read_tables() -> None:
    code, out, err = manage("segments", "overlap", "buyers", "readers")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "size  version  as of                 segment",
        "   3  m1       2026-03-01 12:00 UTC  buyers",
        "   2  m1       2026-03-01 12:00 UTC  readers",
        "",
        "4 customers are in any of them.",
        "",
        "both  of all  of the smaller  segments",
        "   1  25.0%   50.0%           buyers, readers",
        "",
        "members  only in",
        "      2  buyers",
        "      1  readers",
        "      1  buyers, readers",
    ]


def test_programs_read_json() -> None:
    code, out, _ = manage("segments", "overlap", "buyers", "readers", "--json")
    row = json.loads(out)
    assert code == 0
    assert row["pairs"][0]["both"] == 1
    assert row["segments"][1]["as_of"] == "2026-03-01T12:00:00Z"


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    code, _, err = manage("segments", "overlap", "buyers", "raeders")
    assert (code, err) == (1, "There is no segment “raeders”. Did you mean “readers”?")
