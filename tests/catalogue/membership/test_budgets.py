"""A refresh or an estimate that would take more than it may is stopped, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.engine.out_of_memory import out_of_memory
from catalogue.membership.attempt import TooExpensive
from catalogue.membership.estimating import estimate
from catalogue.membership.explaining import Explained, explain
from catalogue.membership.leaving import leaving
from catalogue.membership.remembering import memory
from catalogue.models import Customer, RefreshRun, RunState, Segment
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.ingest import load_events
from catalogue.warehouse.photos import newest_photo, open_photo
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db
LOGINS = {"did": "login", "in_last": "30 days"}  # in a table of three rows
PURCHASES = {"did": "purchase", "in_last": "30 days"}  # in one of a single row


@pytest.fixture(autouse=True)
def workspace() -> Iterator[None]:
    forget()
    load_workspace()
    yield
    forget()


def forget() -> None:
    with memory() as kept:
        kept.forget()


def refusal(where: object) -> str:
    with pytest.raises(DefinitionError) as refused:
        estimate(parse_definition(where), now=NOW)
    assert refused.value.code == Code.TOO_EXPENSIVE
    return str(refused.value)


def test_an_estimate_reads_no_more_rows_than_it_may(settings: Any) -> None:
    settings.ESTIMATE_ROWS = 2
    said = refusal({"all": [PURCHASES, LOGINS]})
    assert "/where/all/1" in said
    assert "reading “login” would take 3 rows, and an estimate may read 2 in all, 1 of" in said
    assert "raise ESTIMATE_ROWS" in said
    assert estimate(parse_definition(PURCHASES), now=NOW).size == 1


def test_traits_and_accounts_count_too(settings: Any) -> None:
    settings.ESTIMATE_ROWS = 1
    assert "reading “plan” would take" in refusal({"trait": "plan", "is": "pro"})


def test_an_estimate_takes_no_longer_than_it_may(settings: Any) -> None:
    with pytest.raises(DefinitionError, match="longer than the 0 seconds an estimate may take"):
        estimate(parse_definition(LOGINS), now=NOW.replace(day=17), seconds=0)


def test_a_refresh_refuses_what_does_not_fit_and_judges_the_others(settings: Any) -> None:
    for key, where in (("payers", PURCHASES), ("users", LOGINS)):
        define(key, where)
    refresh()
    forget()
    settings.REFRESH_ROWS = 2
    run = refresh()
    results = {row["key"]: row for row in run.results}
    assert run.state == RunState.SUCCEEDED
    assert results["payers"]["error"] == ""
    assert "a refresh may read 2 in all" in results["users"]["error"]
    assert (results["users"]["code"], results["users"]["version"]) == ("too_expensive", 1)
    assert ids("users") == {"ada", "bob"}
    reason = Segment.objects.get(key="users").broken_reason
    assert reason.startswith("too_expensive: ")
    assert "REFRESH_ROWS" in reason
    settings.REFRESH_ROWS = 100
    refresh()
    assert Segment.objects.get(key="users").broken_reason == ""


def test_a_refresh_that_follows_needs_room_for_what_is_new_only(settings: Any) -> None:
    define("users", LOGINS)
    refresh()
    rows = {"customer": ["dan"], "name": ["login"], "time": [NOW]}
    load_events(pa.table(rows), event_column="name", customer="customer", time="time")
    settings.REFRESH_ROWS = 2
    # The check against a full one, which there is no room for, finds no fault.
    run = refresh(now=NOW + timedelta(hours=1))
    assert [row["error"] for row in run.results] == [""]
    assert run.check_result["different"] == []
    assert ids("users") == {"ada", "bob", "dan"}


def test_a_refresh_that_takes_too_long_publishes_nothing_and_keeps_what_is_there(
    settings: Any,
) -> None:
    define("users", LOGINS)
    refresh()
    settings.REFRESH_SECONDS = 0
    with pytest.raises(TooExpensive, match="longer than the 0 seconds"):
        refresh()
    run = RefreshRun.objects.latest("pk")
    assert run.state == RunState.FAILED
    assert run.error.startswith("too_expensive: ")
    assert "REFRESH_SECONDS" in run.error
    assert ids("users") == {"ada", "bob"}


def test_what_takes_too_much_memory_says_how_much_there_is(settings: Any) -> None:
    settings.ESTIMATE_MEMORY_MIB = 64
    photo = newest_photo()
    assert photo is not None
    tables = open_photo(photo, budget=estimate_budget())
    with pytest.raises(duckdb.OutOfMemoryException) as raised:
        tables.connection.con.execute(  # type: ignore[attr-defined]
            "SELECT count(DISTINCT i::VARCHAR) FROM range(3000000) t(i)"
        ).fetchall()
    assert "of 64.0 MiB were taken" in str(out_of_memory(raised.value))


def test_foretelling_has_the_budget_of_an_estimate(settings: Any) -> None:
    segment = define("users", LOGINS)
    refresh()
    settings.ESTIMATE_ROWS = 2
    with pytest.raises(DefinitionError, match="may read 2 in all"):
        leaving(segment, now=NOW, days=2)


def test_explaining_has_the_time_of_an_estimate(settings: Any) -> None:
    define("users", LOGINS)
    ada = Customer.objects.get(external_id="ada").ordinal
    settings.ESTIMATE_SECONDS = 0
    found = explain(keys=["users"], ordinal=ada, now=NOW).segments["users"]
    assert isinstance(found, DefinitionError)
    assert found.code == Code.TOO_EXPENSIVE
    assert "explaining it took longer than the 0 seconds an estimate may take" in str(found)
    settings.ESTIMATE_SECONDS = 10
    again = explain(keys=["users"], ordinal=ada, now=NOW).segments["users"]
    assert isinstance(again, Explained)
    assert again.is_in


def test_what_is_too_much_to_be_counted_is_sampled_and_says_so(settings: Any) -> None:
    settings.ESTIMATE_ROWS = 2
    logins = parse_definition({"any": [LOGINS, {"trait": "plan", "is": "pro"}]})
    found = estimate(logins, now=NOW, may_sample=True)
    assert (found.method, found.population) == ("sampled", 5)
    assert found.margin > 0  # of five people the sample is one, or nobody
    assert found.nodes[0].alone == found.size
    exact = estimate(parse_definition(PURCHASES), now=NOW, may_sample=True)
    assert (exact.method, exact.margin, exact.size) == ("exact", 0, 1)


def test_what_a_sample_cannot_tell_is_refused(settings: Any) -> None:
    settings.ESTIMATE_ROWS = 2
    top = {"top": 1, "by": {"count": "login"}}
    with pytest.raises(DefinitionError, match="may read 2 in all"):
        estimate(parse_definition(top), now=NOW, may_sample=True)
