"""The life of a segment through the REST API alone: from an idea and its evidence, a publish that
is refused, live, refreshed, its goal, an experiment and a decision to what was rolled out, and the
review. Besides, only workers do anything, and customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
import time_machine

from catalogue.experiments.looking import look_at
from catalogue.models import RefreshRun, RunState
from catalogue.tasks import refresh_run, tick
from catalogue.warehouse.ingest import load_customers, load_events
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.segments.ground import seat

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = [f"c{number:03}" for number in range(400)]
ON_TRIAL = {"all": [{"trait": "status", "is": "trial"}, {"did_not": "payment_added"}]}
STORY = {
    "owner": "mia@fieldnote.example",
    "why": "Trials that never make a project leave; in interviews they asked for a hand.",
    "models": ["plan_status", "usage"],
    "goal": {"event": "project_created", "within": "14 days", "at_least": "25%"},
    "evidence": [{"kind": "interview", "source": "research/trials", "n": 14, "on": "2026-02-20"}],
    "messages": {
        "marketing": "Your first project, built for you.",
        "sales": "Ten minutes, and your first report is live.",
        "customer_success": "Tell us what you wanted to build.",
    },
    "review": {"every": "30 days", "reviewer": "mia@fieldnote.example"},
}
DESIGN = {
    "name": "Call before the trial ends",
    "hypothesis": "We believe a call brings more trials to a first project.",
    "segment": "trials",
    "aim": "goal",
    "effect": 0.2,
    "arms": [
        {"key": "email", "share": "45%", "name": "E-mail checklist"},
        {"key": "call", "share": "45%", "name": "Personal call", "message": "Ten minutes?"},
    ],
    "holdout": "10%",
}
ANSWERS = {
    **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
    "outcome": "keep",
    "note": "The call stays.",
}


@contextmanager
def day(number: int) -> Iterator[datetime]:
    """So many days after the start."""
    now = START + timedelta(days=number)
    with time_machine.travel(now, tick=False):
        yield now


def join(ids: Iterable[str], status: str, at: datetime) -> None:
    """These customers are of this status from now on."""
    listed = list(ids)
    load_customers(pa.table({"id": listed, "status": [status] * len(listed)}), as_of=at)


def do(event: str, ids: Iterable[str], at: datetime) -> None:
    """These customers did something at an instant."""
    listed = list(ids)
    rows = {"customer": listed, "name": [event] * len(listed), "time": [at] * len(listed)}
    load_events(pa.table(rows), event_column="name", customer="customer", time="time")


def work(experiment_id: int | None = None) -> None:
    """What workers do of their own accord."""
    tick()
    for run in RefreshRun.objects.filter(state=RunState.QUEUED):
        refresh_run(run.pk)
    if experiment_id is not None:
        look_at(experiment_id=experiment_id)


def refreshed(asks: Program, key: str) -> None:
    """Ask for a refresh and wait for it."""
    run = asks.post(f"segments/{key}/refresh/").json()
    work()
    assert asks.get(run["url"]).json()["state"] == "succeeded"


def edited(asks: Program, key: str, **fields: Any) -> Any:
    """Change some fields of a segment's document."""
    answer = asks.send("PATCH", f"segments/{key}/", fields, If_Match=asks.etag(key))
    assert answer.status_code == 200, answer.content
    return answer


def published(asks: Program, key: str, message: str) -> Any:
    """Ask for the draft to go live."""
    number = asks.get(f"segments/{key}/").json()["definition_version"]
    path = f"segments/{key}/versions/{number}/publish/"
    return asks.post(path, {"message": message}, If_Match=asks.etag(key))


def people_of(asks: Program, name: str, part: str) -> list[str]:
    """Who is in a part of a segment: a segment of its own is built on it, as a tool would hold."""
    made = asks.post(
        "segments/",
        {"key": name, "name": name, "team": "growth", "definition": {"in_segment": part}},
    )
    assert made.status_code == 201, made.content
    refreshed(asks, name)
    found = asks.get(f"segments/{name}/members/?page_size=1000").json()["results"]
    return [one["id"] for one in found]


def test_a_segment_lives_from_an_idea_to_what_was_rolled_out(settings: Any) -> None:
    settings.GATE_ASKS_FOR = None  # everything there is, as it is outside of tests
    seat("mia")
    with day(0) as now:
        join(PEOPLE, "trial", now - timedelta(days=60))
        join(["p1", "p2"], "paying", now - timedelta(days=60))
        do("project_created", ["p1"], now - timedelta(days=30))
        do("payment_added", ["p1", "p2"], now - timedelta(days=30))
        asks = program()
        idea = _have_an_idea(asks)
        _go_live(asks, idea)
        refreshed(asks, "trials")
    with day(3) as now:
        do("project_created", PEOPLE[::5], now)
    with day(15):
        refreshed(asks, "trials")
        _see_the_goal(asks)
        number = _start_an_experiment(asks, idea)
        call = people_of(asks, "called", f"trials#exp-{number}-call")
        mail = people_of(asks, "mailed", f"trials#exp-{number}-email")
        assert not {*call} & {*mail}
        assert problem(asks.send("DELETE", f"ideas/{idea}/"), 405, "method_not_allowed")
    with day(18) as now:
        do("project_created", [*call[: len(call) * 6 // 10], *mail[: len(mail) // 10]], now)
    with day(30):
        refreshed(asks, "trials")
        work(number)
        _decide_and_roll_out(asks, idea, number)
        _review(asks)


def _have_an_idea(asks: Program) -> int:
    made = asks.post("ideas/", {"title": "Call trials before they end", "effect": "large"}).json()
    here = f"ideas/{made['number']}/"
    voted = asks.post(f"{here}vote/", {"voter": "mia@fieldnote.example"}).json()
    assert voted["votes"] == 1
    assert asks.post(f"{here}move/", {"state": "researching"}).status_code == 200
    draft = asks.post(f"{here}draft/", {"key": "trials"})
    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    return int(made["number"])


def _go_live(asks: Program, idea: int) -> None:
    put = asks.send("PUT", "segments/trials/definition/", ON_TRIAL, If_Match=asks.etag("trials"))
    assert put.status_code == 200, put.content
    edited(asks, "trials", name="Trials without a card", owner="", why="")
    refused = problem(published(asks, "trials", "First."), 409, "refused")
    lacks = {error["code"] for error in refused["errors"]}
    assert lacks >= {"no_owner", "no_why", "no_goal", "no_evidence", "no_message"}
    assert all(error["fix"] for error in refused["errors"])
    assert asks.get("segments/trials/").json()["status"] == "draft"
    edited(asks, "trials", **STORY)
    live = published(asks, "trials", f"From idea {idea} and fourteen interviews.")
    assert live.status_code == 200, live.content
    assert asks.get("segments/trials/").json()["status"] == "live"


def _see_the_goal(asks: Program) -> None:
    goal = asks.get("segments/trials/goal/").json()
    split = goal["split"]
    assert (split["entered"], split["reached"], split["missed"]) == (400, 80, 320)
    assert (split["not_yet"], split["too_early"]) == (0, 0)
    assert goal["share"] == 0.2
    low, high = goal["interval"]
    assert low < 0.2 < high < 0.25
    missed = people_of(asks, "missed", "trials#not_reached")
    assert sorted(missed) == sorted({*PEOPLE} - {*PEOPLE[::5]})


def _start_an_experiment(asks: Program, idea: int) -> int:
    others = {"key": "paying", "name": "Paying", "team": "growth"}
    made = asks.post("segments/", {**others, "definition": {"trait": "status", "is": "paying"}})
    assert made.status_code == 201, made.content
    planned = asks.post("experiments/", {**DESIGN, "idea": idea})
    assert planned.status_code == 201, planned.content
    number = int(planned.json()["number"])
    assert planned.json()["plan"]["base_rate"] == 0.2
    assert asks.post(f"ideas/{idea}/move/", {"state": "trying"}).status_code == 200
    started = asks.post(f"experiments/{number}/start/").json()
    assert (started["state"], started["definition_version"]) == ("running", 2)
    return number


def _decide_and_roll_out(asks: Program, idea: int, number: int) -> None:
    look = asks.get(f"experiments/{number}/").json()["look"]
    assert (look["state"], look["arm"]) == ("better", "call")
    (effect,) = [one for one in look["effects"] if one["arm"] == "call"]
    assert effect["low"] > 0.2
    decision = {"decision": "adopt", "reason": "A call costs little and brings every second one."}
    decided = asks.post(f"experiments/{number}/decide/", decision).json()
    assert (decided["state"], decided["decision"]) == ("decided", "adopt")
    assert asks.post(f"ideas/{idea}/move/", {"state": "adopted"}).json()["state"] == "adopted"
    due = str((START + timedelta(days=37)).date())
    rollouts = f"experiments/{number}/rollouts/"
    assert asks.post(rollouts, {"segment": "paying", "due_on": due}).status_code == 201
    done = asks.post(f"{rollouts}paying/done/").json()
    assert done["done_on"] == str((START + timedelta(days=30)).date())


def _review(asks: Program) -> None:
    asked = asks.get("reviews/?state=due").json()["results"]
    assert [one["segment"] for one in asked] == ["trials"]
    answer = asks.post("segments/trials/reviews/", ANSWERS)
    assert answer.status_code == 201, answer.content
    (review,) = asks.get("segments/trials/reviews/").json()["results"]
    assert (review["outcome"], review["definition_version"]) == ("keep", 2)
    later = asks.get("reviews/").json()["results"]
    assert [one["state"] for one in later if one["segment"] == "trials"] == ["later"]
