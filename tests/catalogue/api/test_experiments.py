"""Experiments through the API alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalogue.experiments.looking import look_at
from catalogue.models import Change, Experiment, Segment
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.experiments.stage import DESIGN, play, set_stage
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db


def made(asking: Program, **changes: Any) -> Any:
    return asking.post("experiments/", {**DESIGN, **changes})


def test_an_experiment_is_planned_started_seen_decided_and_rolled_out() -> None:
    set_stage()
    asking = program()
    answer = made(asking, aim="goal")
    assert answer.status_code == 201, answer.content
    planned = answer.json()
    assert planned["id"] == "EXP-1"
    assert planned["plan"]["base_rate"] == 0.2
    assert [arm["audience"] for arm in planned["arms"]][1] == "trials#exp-1-call"

    running = asking.post("experiments/1/start/").json()
    assert (running["state"], running["definition_version"]) == ("running", 1)
    experiment = Experiment.objects.get()
    Experiment.objects.update(started_at=NOW)
    experiment.enrolled.update(at=NOW)
    play(experiment, {"email": 0.1, "call": 0.6})
    look_at(experiment_id=experiment.pk)

    seen = asking.get("experiments/1/").json()
    assert (seen["look"]["state"], seen["look"]["arm"]) == ("better", "call")
    results = asking.get("experiments/1/results/").json()["results"]
    assert results == [seen["look"]]

    decision = {"decision": "adopt", "reason": "It costs little and brings much."}
    decided = asking.post("experiments/1/decide/", decision).json()
    assert (decided["state"], decided["decision"]) == ("decided", "adopt")

    yesterday = str(timezone.localdate() - timedelta(days=1))
    rollout = asking.post("experiments/1/rollouts/", {"segment": "others", "due_on": yesterday})
    assert (rollout.status_code, rollout.json()["is_overdue"]) == (201, True)
    assert asking.get("experiments/?overdue=true&with_count=true").json()["count"] == 1
    done = asking.post("experiments/1/rollouts/others/done/").json()
    assert done["done_on"] == str(timezone.localdate())
    assert asking.get("experiments/?overdue=true&with_count=true").json()["count"] == 0
    assert {one.via for one in Change.objects.filter(object_key="EXP-1")} == {"api"}


def test_faults_of_a_plan_name_their_places_and_store_nothing() -> None:
    set_stage()

    answer = made(program(), aim={"event": "nothing", "within": "0 days"}, holdout="20%")

    data = problem(answer, 422, "invalid_definition")
    assert {error["pointer"] for error in data["errors"]} >= {"/aim/within"}
    assert not Experiment.objects.exists()


def test_a_draft_is_changed_only_by_who_read_it() -> None:
    set_stage()
    asking = program()
    made(asking)
    problem(asking.send("PATCH", "experiments/1/", {"name": "X"}), 428, "precondition_required")
    old = asking.get("experiments/1/")["ETag"]
    assert asking.send("PATCH", "experiments/1/", {"name": "X"}, If_Match=old).status_code == 200
    stale = asking.send("PATCH", "experiments/1/", {"name": "Y"}, If_Match=old)

    problem(stale, 412, "stale_version")
    assert Experiment.objects.get().name == "X"


def test_the_same_key_plans_once() -> None:
    set_stage()
    asking = program()

    first = asking.post("experiments/", DESIGN, Idempotency_Key="k1")
    again = asking.post("experiments/", DESIGN, Idempotency_Key="k1")

    assert first.json() == again.json()
    assert Experiment.objects.count() == 1


def test_reading_and_writing_need_their_scopes() -> None:
    set_stage()
    made(program())

    problem(program("segments:read").get("experiments/"), 403, "missing_scope")
    reading = program("experiments:read")
    assert reading.get("experiments/").status_code == 200
    problem(reading.post("experiments/1/start/"), 403, "missing_scope")
    problem(program(at="sales").post("experiments/1/start/"), 403, "forbidden")
    assert Experiment.objects.get().state == "draft"


def test_experiments_on_segments_that_do_not_exist_for_a_key_do_not_exist() -> None:
    set_stage()
    made(program())
    other = Segment.objects.get(key="others")

    asking = program(segments=(other,))

    assert asking.get("experiments/").json()["results"] == []
    problem(asking.get("experiments/1/"), 404, "not_found")
