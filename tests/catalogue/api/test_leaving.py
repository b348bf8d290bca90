"""Who leaves by the clock alone, asked by programs."""

from __future__ import annotations

import pytest
import time_machine

from catalogue.models import Scope
from tests.catalogue.api.asking import problem, program
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db


def test_a_program_reads_how_many_leave_on_which_day() -> None:
    load_workspace()
    define("lately", {"did": "login", "in_last": "10 days"})
    define("fresh", {"trait": "plan", "is": "pro"})
    refresh("lately")
    asks = program(Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT)
    with time_machine.travel(NOW, tick=False):
        data = asks.get("segments/lately/leaving/?days=2").json()
        problem(asks.get("segments/fresh/leaving/"), 409, "not_ready")
        problem(asks.get("segments/lately/leaving/?days=0"), 400, "invalid_parameter")
        problem(asks.get("segments/latly/leaving/"), 404, "not_found")
    assert (data["leaving"], data["due"], data["size"]) == (1, 0, 2)
    assert data["days"][1] == {"day": 2, "as_of": "2026-03-20T12:00:00Z", "leaving": 1, "left": 1}
    assert "nothing more were said or done" in data["assumption"]
