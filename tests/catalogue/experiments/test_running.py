"""From a plan to a decision, on people who are loaded and events that are read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.looking import look_at, looks_due
from catalogue.experiments.planning import prepare, replan_experiment, token_of
from catalogue.experiments.refusals import ExperimentChanged, ExperimentRefused
from catalogue.experiments.running import decide_experiment, start_experiment, stop_experiment
from catalogue.models import Change, Enrolment, Experiment, Look, Segment, Workspace
from tests.catalogue.experiments.stage import (
    DESIGN,
    LATER,
    PEOPLE,
    TRIALS,
    do,
    ids_in,
    join,
    planned,
    play,
    set_stage,
    started,
)
from tests.catalogue.segments.ground import seat
from tests.catalogue.workspace import NOW, define, refresh

pytestmark = pytest.mark.django_db


def seen(experiment: Experiment) -> Look:
    look = look_at(experiment_id=experiment.pk)
    assert look is not None
    return look


def refused(**changes: object) -> dict[str, str]:
    """The faults of a plan by their places."""
    with pytest.raises(DefinitionError) as error:
        planned(**changes)
    return {fault.pointer: fault.message for fault in error.value.faults}


def test_the_size_comes_from_what_the_segments_own_people_did() -> None:
    set_stage()

    plan = planned(aim="goal").plan

    assert plan["base_rate"] == 0.2
    assert plan["n"] == 400
    assert 160 < plan["people"] < 260
    assert plan["needed"] == round(plan["people"] * 0.9)


def test_who_entered_too_late_to_have_had_their_time_is_no_base() -> None:
    set_stage()
    join([f"new{n}" for n in range(100)])
    refresh(now=NOW + timedelta(hours=1))

    assert planned().plan["n"] == 400


@pytest.mark.both_databases
def test_starting_pins_both_versions_and_deals_everybody_out_once() -> None:
    segment = set_stage()

    experiment = started()

    assert experiment.membership == segment.membership
    assert experiment.definition == segment.definition
    dealt = [id_ for key in ("email", "call", "holdout") for id_ in ids_in(experiment, key)]
    assert sorted(dealt) == PEOPLE
    assert 140 < len(ids_in(experiment, "call")) < 220
    assert 20 < len(ids_in(experiment, "holdout")) < 65


def test_newcomers_are_dealt_out_and_move_nobody() -> None:
    set_stage()
    experiment = started()
    before = set(ids_in(experiment, "call"))
    join([f"n{n}" for n in range(100)], at=NOW)
    refresh(now=NOW + timedelta(days=1))

    seen(experiment)

    after = set(ids_in(experiment, "call"))
    assert before < after
    assert all(id_.startswith("n") for id_ in after - before)


def test_after_the_stop_nobody_is_dealt_out() -> None:
    set_stage()
    experiment = started()
    stop_experiment(experiment=experiment, now=NOW + timedelta(hours=1), by=None, via="command")
    join(["late"], at=NOW)
    refresh(now=NOW + timedelta(days=1))

    seen(experiment)

    assert sum(Enrolment.objects.values_list("count", flat=True)) == 400


def test_who_enters_by_another_definition_is_not_dealt_out() -> None:
    set_stage()
    experiment = started()
    join(["payer"], status="paying")
    define(TRIALS, {"trait": "status", "in": ["trial", "paying"]})
    refresh(now=NOW + timedelta(days=1))

    seen(experiment)

    assert sum(Enrolment.objects.values_list("count", flat=True)) == 400


def test_nothing_is_shown_before_the_planned_size() -> None:
    set_stage()
    experiment = started()
    call = ids_in(experiment, "call")
    do("project_created", call, NOW + timedelta(days=1))
    refresh(now=NOW + timedelta(days=10))

    look = seen(experiment)

    assert look.state == "too_early"
    assert look.people == 0
    assert look.effects == []
    assert [arm["reached"] for arm in look.arms] == [None, None, None]


@pytest.mark.both_databases
def test_an_effect_is_seen_when_everybody_has_had_their_time() -> None:
    set_stage()
    experiment = started()
    play(experiment, {"email": 0.2, "call": 0.5, "holdout": 0.2})

    look = seen(experiment)

    assert (look.state, look.arm) == ("better", "call")
    (effect,) = look.effects
    assert effect["value"] == pytest.approx(0.3, abs=0.01)
    assert 0 < effect["low"] < 0.3 < effect["high"]
    call = next(arm for arm in look.arms if arm["key"] == "call")
    assert call["reached"] == round(len(ids_in(experiment, "call")) * 0.5)
    holdout = next(arm for arm in look.arms if arm["key"] == "holdout")
    assert holdout["reached"] == round(len(ids_in(experiment, "holdout")) * 0.2)


def test_a_holdout_of_too_few_people_shows_no_count_beside_arms_that_do() -> None:
    set_stage()
    Workspace(fewest_people=100).save()
    experiment = started()
    play(experiment, {"email": 0.2, "call": 0.5, "holdout": 0.2})

    reached = {arm["key"]: arm["reached"] for arm in seen(experiment).arms}

    assert len(ids_in(experiment, "holdout")) < 100 < len(ids_in(experiment, "call"))
    assert reached["holdout"] is None
    assert reached["call"] is not None


def test_what_is_done_before_the_start_or_after_the_time_does_not_count() -> None:
    set_stage()
    experiment = started()
    call = ids_in(experiment, "call")
    do("project_created", call, NOW - timedelta(seconds=1))
    do("project_created", call, NOW + timedelta(days=14, seconds=1))
    refresh(now=LATER)

    look = seen(experiment)

    assert {arm["reached"] for arm in look.arms} == {0}


def test_an_experiment_that_is_not_sequential_is_looked_at_once_and_then_no_more() -> None:
    set_stage()
    experiment = started()
    play(experiment, {"call": 0.2, "email": 0.2})
    seen(experiment)
    refresh(now=LATER + timedelta(days=1))

    assert looks_due() == []
    assert look_at(experiment_id=experiment.pk) is None


def test_a_sequential_one_may_be_looked_at_again_and_is_called_early() -> None:
    set_stage()
    experiment = planned(sequential=True, effect=0.1)
    start_experiment(
        experiment=experiment, smaller_because="We may look early.", now=NOW, by=None, via="command"
    )
    play(experiment, {"email": 0.1, "call": 0.7})

    look = seen(experiment)

    assert look.people < look.needed
    assert look.state == "better"
    refresh(now=LATER + timedelta(days=1))
    assert looks_due() == [experiment.pk]


def test_a_guardrail_that_breaks_is_said_before_the_planned_size() -> None:
    set_stage()
    rail = {"name": "Tickets", "event": "ticket_opened", "within": "5 days", "better": "down"}
    experiment = started(guardrails=[rail])
    do("ticket_opened", ids_in(experiment, "call"), NOW + timedelta(days=1))
    refresh(now=NOW + timedelta(days=6))

    look = seen(experiment)

    assert look.people == 0
    assert look.guardrails[0]["is_harmed"]


def test_means_are_compared_where_a_property_is_added_up() -> None:
    set_stage()
    do("order_paid", PEOPLE[::2], NOW - timedelta(days=29), amount=20.0)
    aim = {"event": "order_paid", "within": TWO_WEEKS, "sum": "amount"}
    experiment = started(aim=aim, effect=5.0)
    do("order_paid", ids_in(experiment, "call")[::2], NOW + timedelta(days=1), amount=30.0)
    do("order_paid", ids_in(experiment, "call")[::2], NOW + timedelta(days=2), amount=10.0)
    do("order_paid", ids_in(experiment, "email")[::2], NOW + timedelta(days=1), amount=20.0)
    refresh(now=LATER)

    look = seen(experiment)

    means = {arm["key"]: arm["mean"] for arm in look.arms}
    assert means["call"] == pytest.approx(20, abs=0.5)
    assert means["email"] == pytest.approx(10, abs=0.5)
    assert look.effects[0]["value"] == pytest.approx(10, abs=0.7)


def test_of_one_arm_the_holdout_is_the_control() -> None:
    set_stage()
    arms = [{"key": "call", "share": "50%"}]
    experiment = started(arms=arms, holdout="50%")
    play(experiment, {"holdout": 0.1, "call": 0.6})

    look = seen(experiment)

    assert [effect["arm"] for effect in look.effects] == ["call"]
    assert look.state == "better"


TWO_WEEKS = "14 days"


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"aim": {"event": "project_creatd", "within": TWO_WEEKS}}, "/aim/event", "ever"),
    ({"aim": {"event": "project_created", "within": "0 days"}}, "/aim/within", "no length"),
    ({"aim": {"event": "project_created", "within": "1 month"}}, "/aim/within", "days"),
    ({"aim": {"event": "order_paid", "within": TWO_WEEKS, "sum": "mount"}}, "/aim/sum", "ever"),
    ({"holdout": "20%"}, "/arms", "110 %"),
    ({"arms": [{"key": "a", "share": "90%"}], "holdout": None}, "/arms", "two arms"),
    ({"segment": "trails"}, "/segment", "no segment"),
    ({"segment": "others"}, "/segment", "holds nobody"),
    ({"effect": 0.9}, "/effect", "no share"),
    ({"effect": 0}, "/effect", "nothing"),
    ({"surprise": 1}, "/surprise", "knows no"),
    (
        {"guardrails": [{"name": "x", "event": "nope", "within": "1 day"}]},
        "/guardrails/0/event",
        "ever",
    ),
]


def test_a_plan_that_cannot_be_is_refused_with_its_place() -> None:
    set_stage()

    for changes, place, words in WRONG:
        assert words in refused(**changes)[place]

    assert not Experiment.objects.exists()
    assert not Change.objects.filter(object_type="experiment").exists()


def test_a_segment_that_is_too_small_needs_a_reason_to_start() -> None:
    set_stage()
    experiment = planned(effect=0.05)

    with pytest.raises(DefinitionError) as error:
        start_experiment(experiment=experiment, now=NOW, by=None, via="command")

    assert error.value.faults[0].pointer == "/smaller_because"
    assert not Enrolment.objects.exists()
    why = "Newcomers enter every day."
    start_experiment(experiment=experiment, smaller_because=why, now=NOW, by=None, via="command")
    assert Experiment.objects.get().smaller_because == why


def test_a_segment_that_has_become_empty_is_not_started_on() -> None:
    set_stage()
    experiment = planned()
    join(PEOPLE, at=NOW, status="gone")
    refresh(now=NOW + timedelta(days=1))

    with pytest.raises(DefinitionError, match="holds nobody"):
        start_experiment(experiment=experiment, now=NOW + timedelta(days=1), by=None, via="command")


def test_a_started_plan_stands() -> None:
    set_stage()
    experiment = started()
    prepared = prepare(document={"name": "Other"}, by=None, own=experiment)

    with pytest.raises(ExperimentRefused, match="stands"):
        replan_experiment(
            experiment=experiment,
            prepared=prepared,
            token=token_of(experiment),
            by=None,
            via="command",
        )


@pytest.mark.both_databases
def test_of_two_edits_of_a_draft_the_second_is_refused() -> None:
    set_stage()
    experiment = planned()
    token = token_of(experiment)
    prepared = prepare(document={"name": "Other"}, by=None, own=experiment)
    replan_experiment(experiment=experiment, prepared=prepared, token=token, by=None, via="command")

    with pytest.raises(ExperimentChanged):
        replan_experiment(
            experiment=experiment, prepared=prepared, token=token, by=None, via="command"
        )
    assert Experiment.objects.get().name == "Other"


def test_a_decision_needs_a_reason_and_a_result() -> None:
    set_stage()
    experiment = started()

    with pytest.raises(DefinitionError, match="Say why"):
        decide(experiment, "adopt", "yes")
    with pytest.raises(ExperimentRefused, match="too early"):
        decide(experiment, "adopt", "It feels right to us.")
    decide(experiment, "inconclusive", "The calls were never made.")
    with pytest.raises(ExperimentRefused, match="is decided"):
        decide(experiment, "inconclusive", "The calls were never made.")


@pytest.mark.both_databases
def test_a_decision_stops_it_and_is_in_the_log() -> None:
    set_stage()
    experiment = started()
    play(experiment, {"email": 0.1, "call": 0.6})
    seen(experiment)

    decide(experiment, "adopt", "A call costs little and brings much.")

    row = Experiment.objects.get()
    assert (row.state, row.decision, row.stopped_at) == ("decided", "adopt", LATER)
    kinds = Change.objects.filter(object_key=row.label).order_by("pk")
    assert [one.kind for one in kinds] == [
        "experiment.planned",
        "experiment.started",
        "experiment.decided",
    ]


def test_who_may_not_write_the_segment_may_not_experiment_on_it() -> None:
    set_stage()
    reader = seat("nora", None)

    with pytest.raises(PermissionDenied):
        prepare(document=DESIGN, by=reader)
    with pytest.raises(PermissionDenied):
        start_experiment(experiment=planned(), now=NOW, by=reader, via="web")
    assert not Segment.objects.filter(experiments__state="running").exists()


def test_two_experiments_never_share_a_salt() -> None:
    set_stage()
    planned(salt="the-same")

    assert "/salt" in refused(salt="the-same")


def decide(experiment: Experiment, decision: str, reason: str) -> None:
    decide_experiment(
        experiment=experiment,
        decision=decision,
        reason=reason,
        now=LATER,
        by=None,
        via="command",
    )
