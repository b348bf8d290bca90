"""manage.py segments goal, as people and programs call it."""

from __future__ import annotations

import pytest

from tests.catalogue.goals.ground import thirty
from tests.catalogue.management.test_segments_commands import manage, rows
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def segment() -> None:
    load_workspace()
    thirty()


def test_people_read_the_answer_and_the_split() -> None:
    code, out, err = manage("segments", "goal", "trying")
    said = out.replace("\xa0", " ")
    assert (code, err) == (0, "")
    assert said.startswith("trying: “Subscribed” within 7 days of entering; at least 25%")
    assert "25.0 % Reached. It is there, and it may be by chance" in said
    assert "As of 2026-04-01 12:00 UTC." in said
    assert said.splitlines()[-1].split() == ["entered", "30"]


def test_programs_read_json() -> None:
    (row,) = rows(manage("segments", "goal", "trying", "--json")[1])
    assert (row["state"], row["share"]) == ("reached", 0.25)
    assert row["split"]["too_early"] == 2


def test_the_plan_of_a_refresh_says_what_goals_read_every_time() -> None:
    out = manage("segments", "plan-refresh", "trying", "--explain")[1]
    assert "parts of trying\n    read anew every time: “Subscribed”, “Opened”, “Invited”" in out
