"""Arms as parts of their segment, to be named in definitions and made segments of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.experiments.audiences import segment_of_arm
from catalogue.experiments.looking import look_at
from catalogue.experiments.refusals import ExperimentRefused
from catalogue.experiments.running import stop_experiment
from catalogue.models import Segment
from tests.catalogue.experiments.stage import TRIALS, ids_in, join, planned, set_stage, started
from tests.catalogue.workspace import NOW, define, ids, refresh

pytestmark = pytest.mark.django_db
ARMS = ("email", "call", "holdout")
DAY = timedelta(days=1)


def arm_segments() -> dict[str, set[str]]:
    return {key: ids(f"of-{key}") for key in ARMS}


def define_arms(number: int = 1) -> None:
    for key in ARMS:
        define(f"of-{key}", {"in_segment": f"{TRIALS}#exp-{number}-{key}"})


def test_arms_are_the_people_dealt_to_them_newcomers_of_the_same_refresh_too() -> None:
    set_stage()
    experiment = started()
    define_arms()
    join([f"n{n}" for n in range(60)], at=NOW)

    refresh(now=NOW + DAY)

    found = arm_segments()
    look_at(experiment_id=experiment.pk)
    assert found == {key: set(ids_in(experiment, key)) for key in ARMS}
    assert sum(map(len, found.values())) == 460


def test_who_left_the_segment_is_in_no_audience_but_stays_in_the_experiment() -> None:
    set_stage()
    experiment = started()
    define_arms()
    gone = ids_in(experiment, "call")[:5]
    join(gone, at=NOW, status="paying")

    refresh(now=NOW + DAY)

    assert ids("of-call") == set(ids_in(experiment, "call")) - set(gone)
    assert set(gone) <= set(ids_in(experiment, "call"))


def test_after_the_stop_newcomers_are_in_no_audience() -> None:
    set_stage()
    experiment = started()
    define_arms()
    stop_experiment(experiment=experiment, now=NOW + timedelta(hours=1), by=None, via="command")
    join(["late"], at=NOW)

    refresh(now=NOW + DAY)

    assert sum(map(len, arm_segments().values())) == 400


def test_an_arm_becomes_a_draft_segment_in_one_step() -> None:
    set_stage()
    experiment = started()

    made = segment_of_arm(
        experiment=experiment, arm=experiment.arms.get(key="call"), by=None, via="web"
    )
    refresh(now=NOW + DAY)

    assert (made.key, made.status) == ("trials-exp-1-call", "draft")
    assert ids(made.key) == set(ids_in(experiment, "call"))


def test_before_the_start_nobody_is_in_an_arm() -> None:
    set_stage()
    experiment = planned()

    with pytest.raises(ExperimentRefused, match="has not started"):
        segment_of_arm(experiment=experiment, arm=experiment.arms.all()[0], by=None, via="web")
    assert Segment.objects.count() == 2
