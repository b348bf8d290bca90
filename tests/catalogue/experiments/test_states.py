"""An experiment may aim at a metric of the company's own, or at a goal that is a condition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.looking import look_at
from catalogue.experiments.planning import prepare
from catalogue.models import Experiment, Look, Metric, Segment
from catalogue.web.experiment_words import outcome_words
from tests.catalogue.experiments.stage import (
    LATER,
    TRIALS,
    TWO_WEEKS,
    do,
    ids_in,
    planned,
    play,
    set_stage,
    started,
)
from tests.catalogue.membership.ground import version, without_triggers
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db

CREATED = {"share": {"did": "project_created", "in_last": "14 days"}}
PROJECTS = {"mean": {"count": "project_created", "in_last": "14 days"}}


def define(key: str, definition: dict[str, Any]) -> Metric:
    return Metric.objects.create(key=key, name=key.capitalize(), definition=definition)


def aim(key: str) -> dict[str, str]:
    return {"metric": key, "within": TWO_WEEKS}


def seen(experiment: Experiment) -> Look:
    look = look_at(experiment_id=experiment.pk)
    experiment.refresh_from_db()
    assert experiment.look_error == ""
    assert look is not None
    return look


def test_arms_are_compared_by_the_share_of_whom_a_metric_is_true_in_the_end() -> None:
    set_stage()
    define("creators", CREATED)
    experiment = started(aim=aim("creators"))
    play(experiment, {"email": 0.2, "call": 0.5, "holdout": 0.2})

    look = seen(experiment)

    assert (look.state, look.arm) == ("better", "call")
    assert look.effects[0]["value"] == pytest.approx(0.3, abs=0.01)
    reached = {arm["key"]: arm["reached"] for arm in look.arms}
    assert reached["call"] == round(len(ids_in(experiment, "call")) * 0.5)
    assert outcome_words(experiment.aim, {}) == "Creators, after 14 days"


def test_arms_are_compared_by_the_mean_of_a_metric() -> None:
    set_stage()
    define("projects", PROJECTS)
    experiment = started(aim=aim("projects"), effect=0.5, spread=1.0)
    # Twice each, of whom one in two; and once each of the others' arm.
    for days in (2, 3):
        do("project_created", ids_in(experiment, "call")[::2], NOW + timedelta(days=days))
    do("project_created", ids_in(experiment, "email")[::2], NOW + timedelta(days=2))
    refresh(now=LATER)

    look = seen(experiment)

    means = {arm["key"]: arm["mean"] for arm in look.arms}
    assert means["call"] == pytest.approx(1.0, abs=0.02)
    assert means["email"] == pytest.approx(0.5, abs=0.02)
    assert means["holdout"] == 0
    assert look.effects[0]["value"] == pytest.approx(0.5, abs=0.02)


def test_nobody_counts_before_they_had_their_time() -> None:
    set_stage()
    define("creators", CREATED)
    experiment = started(aim=aim("creators"))
    do("project_created", ids_in(experiment, "call"), NOW + timedelta(days=1))
    refresh(now=NOW + timedelta(days=10))

    look = seen(experiment)

    assert (look.state, look.people) == ("too_early", 0)


def test_the_formula_stays_as_it_was_planned_when_the_metric_changes() -> None:
    set_stage()
    metric = define("creators", CREATED)
    experiment = started(aim=aim("creators"))
    Metric.objects.filter(pk=metric.pk).update(definition={"share": {"did": "ticket_opened"}})
    play(experiment, {"email": 0.2, "call": 0.5})

    assert seen(experiment).effects[0]["value"] == pytest.approx(0.3, abs=0.01)


def test_the_size_comes_from_what_is_true_of_the_segments_own_people() -> None:
    set_stage()
    define("creators", {"share": {"did": "project_created"}})

    plan = planned(aim=aim("creators")).plan

    # One in five of those who entered thirty days ago.
    assert plan["base_rate"] == pytest.approx(0.2)
    assert plan["n"] == 400


def test_a_goal_that_is_a_condition_is_an_aim_and_may_speak_of_another_segment() -> None:
    segment = set_stage()
    goal = {"condition": {"not": {"in_segment": "others"}}, "within": TWO_WEEKS}
    Segment.objects.filter(pk=segment.pk).update(goal=goal)

    experiment = planned(aim="goal", base_rate=0.3)

    assert experiment.aim["formula"] == {
        "share": {
            "subject": "customer",
            "timezone": "UTC",
            "where": {"not": {"in_segment": "others"}},
        }
    }
    assert outcome_words(experiment.aim, {}) == "The goal of the segment, after 14 days"


def test_a_segment_in_a_condition_whose_members_cannot_be_trusted_is_said_and_not_left_out() -> (
    None
):
    set_stage()
    others = version(Segment.objects.get(key="others"), 1)
    statement = "UPDATE catalogue_membershipversion SET size = 99 WHERE id = %s"
    without_triggers(statement, [others.pk])
    formula = {"share": {"not": {"in_segment": "others"}}}

    with pytest.raises(DefinitionError, match="^/aim: Membership version 1 .* cannot be trusted"):
        planned(aim={"formula": formula, "within": TWO_WEEKS})


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"aim": aim("nothing")}, "/aim/metric", "no metric “nothing” of its own"),
    ({"aim": aim("archived")}, "/aim/metric", "no metric “archived”"),
    ({"aim": aim("ratio")}, "/aim/metric", "compared person by person"),
    ({"aim": aim("largest")}, "/aim/metric", "this number is unknown"),
    ({"aim": {"metric": "creators"}}, "/aim/within", "how much time"),
    ({"aim": aim("creators"), "sequential": True}, "/sequential", "looked at once"),
    (
        {"aim": {"formula": {"share": {"did": "project_creatd"}}, "within": TWO_WEEKS}},
        "/aim/formula/share/did",
        "project_creatd",
    ),
    ({"aim": {**aim("creators"), "sum": "amount"}}, "/aim/sum", "knows no"),
]


@pytest.mark.parametrize(("changes", "place", "why"), WRONG)
def test_an_aim_that_cannot_be_is_refused_with_its_place(
    changes: dict[str, Any], place: str, why: str
) -> None:
    set_stage()
    define("creators", CREATED)
    define("ratio", {"ratio": [{"sum": "amount", "of": "order_paid"}, {"count": "order_paid"}]})
    define("largest", {"mean": {"max": "amount", "of": "order_paid"}})
    archived = define("archived", CREATED)
    Metric.objects.filter(pk=archived.pk).update(archived_at=NOW)

    with pytest.raises(DefinitionError) as refused:
        planned(**changes)

    assert [fault.pointer for fault in refused.value.faults] == [place]
    assert why in refused.value.faults[0].message
    assert not Experiment.objects.exists()


def test_a_plan_is_read_back_as_it_was_written() -> None:
    set_stage()
    define("creators", CREATED)
    experiment = planned(aim={**aim("creators"), "better": "down"}, base_rate=0.4)

    prepared = prepare(document={"name": "Another name"}, by=None, own=experiment)

    assert prepared.segment.key == TRIALS
    assert prepared.design.outcome.is_good_up is False
    assert prepared.design.outcome.length == 14 * 86_400_000_000
