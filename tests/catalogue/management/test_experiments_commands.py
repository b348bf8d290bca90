"""manage.py experiments."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Experiment
from tests.catalogue.experiments.stage import play, set_stage, started

pytestmark = pytest.mark.django_db
FILE = """\
name: Call them
hypothesis: We believe a call helps.
segment: trials
aim: {event: project_created, within: 14 days}
effect: 0.2
holdout: 10%
arms:
  - {key: email, share: 45%}
  - {key: call, share: 45%}
"""


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("experiments", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_file_is_worked_out_and_stored_only_when_asked(tmp_path: Path) -> None:
    set_stage()
    file = tmp_path / "call.yaml"
    file.write_text(FILE, encoding="utf-8")

    out, _ = run("plan", str(file))
    assert "people of “Trials” are needed; it holds 400." in out
    assert not Experiment.objects.exists()

    run("plan", str(file), "--save")
    assert Experiment.objects.get().plan["base_rate"] == 0.2


def test_a_file_that_cannot_be_is_refused_with_line_and_column(tmp_path: Path) -> None:
    set_stage()
    file = tmp_path / "call.yaml"
    file.write_text(FILE.replace("14 days", "0 days"), encoding="utf-8")
    err = StringIO()

    with pytest.raises(SystemExit):
        call_command("experiments", "plan", str(file), stdout=StringIO(), stderr=err)

    assert err.getvalue().startswith(f"{file}:4:31: /aim/within: The window has no length.")


def test_looking_and_listing_say_what_is_there() -> None:
    set_stage()
    experiment = started()
    play(experiment, {"email": 0.1, "call": 0.6})

    out, _ = run("look")
    assert "“call” is better than control" in out
    assert run("look")[0] == ""
    row = json.loads(run("list", "--json")[0])
    assert (row["state"], row["seen"], len(row["effects"])) == ("running", "better", 1)
    with pytest.raises(CommandError, match="no experiment EXP-9"):
        run("look", "9")
