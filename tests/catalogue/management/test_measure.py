"""manage.py measure works out metrics now or as of an instant, and prints them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Measurement
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db


def run(*args: str, **options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("measure", *args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_it_prints_a_row_for_each_metric_and_why_others_have_none() -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    refresh()
    out, err = run("pros", "--now", NOW.isoformat())
    assert "active_share_28d" in out
    assert "which event means “revenue”" in err
    assert Measurement.objects.get().now == NOW
    lines = [json.loads(line) for line in run("--json", "--now", NOW.isoformat())[0].splitlines()]
    size = next(line for line in lines if line["metric"] == "size")
    assert (size["segment"], size["value"]) == ("pros", 2)


def test_an_unknown_segment_is_refused() -> None:
    with pytest.raises(CommandError, match="no segment “prs”"):
        run("prs")
