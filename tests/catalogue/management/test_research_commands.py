from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Survey
from tests.catalogue.ideas.ground import idea
from tests.catalogue.research.ground import NOW, planted
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_ideas_are_listed_as_a_table_and_as_json() -> None:
    idea()

    assert "Call before the trial ends" in run("ideas", "list")
    row = json.loads(run("ideas", "list", "--json"))
    assert (row["state"], row["votes"], row["team"]) == ("new", 0, "growth")
    assert run("ideas", "list", "--json", "--state", "parked") == ""


def test_a_survey_is_loaded_from_a_file_or_refused_as_a_whole(tmp_path: Path) -> None:
    load_workspace()
    file = tmp_path / "answers.csv"
    said = ("--slug", "why", "--name", "Why", "--source", "x", "--asked-on", "2026-03-01")

    file.write_text("customer_id,Why?\nada,A\nzoe,B\n")
    with pytest.raises(CommandError, match="1 of 2 rows cannot be taken"):
        run("survey", "load", str(file), *said)
    assert not Survey.objects.exists()

    file.write_text("customer_id,Why?\nada,A\n")
    assert "survey_why_why" in run("survey", "load", str(file), *said)
    assert "fewer than 10 people" in run("survey", "show", "why")


def test_groups_are_looked_for_here_and_now() -> None:
    planted()

    found = run("discover", "subscribed", "--now", NOW.isoformat())
    assert "800 people followed" in found
    assert "jira" in found
    with pytest.raises(CommandError, match="Did you mean “subscribed”"):
        run("discover", "subscribd")
