"""Rolling out what worked, and who is told when that is late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.refusals import ExperimentRefused
from catalogue.experiments.rollouts import finish_rollout, overdue, roll_out, tell_of_overdue
from catalogue.models import Experiment, Notice, Rollout, Segment
from tests.catalogue.experiments.stage import OTHERS, planned, set_stage
from tests.catalogue.segments.ground import seat
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 10)


def adopted() -> Experiment:
    set_stage()
    experiment = planned()
    Experiment.objects.update(state="decided", decision="adopt")
    experiment.refresh_from_db()
    return experiment


def rolled_out(experiment: Experiment, key: str = OTHERS, due_on: date = DUE) -> Rollout:
    return roll_out(experiment=experiment, segment_key=key, due_on=due_on, by=None, via="command")


def test_what_is_late_is_listed_until_it_is_done() -> None:
    row = rolled_out(adopted())

    assert list(overdue(DUE)) == []
    assert list(overdue(DUE + timedelta(days=1))) == [row]
    finish_rollout(rollout=row, on=DUE + timedelta(days=2), by=None, via="command")
    assert list(overdue(DUE + timedelta(days=9))) == []
    with pytest.raises(ExperimentRefused, match="already"):
        finish_rollout(rollout=row, on=DUE, by=None, via="command")


def test_the_owner_is_told_once_and_again_after_another_day_was_given() -> None:
    experiment = adopted()
    mia = seat("mia", None)
    Segment.objects.filter(key=OTHERS).update(owner=mia)
    rolled_out(experiment)

    for _ in range(2):
        tell_of_overdue(today=DUE + timedelta(days=1), now=NOW)
    assert [one.link for one in Notice.objects.filter(user=mia)] == ["/experiments/1/"]

    rolled_out(experiment, due_on=DUE + timedelta(days=5))
    tell_of_overdue(today=DUE + timedelta(days=6), now=NOW)
    assert Notice.objects.filter(user=mia).count() == 2
    assert Rollout.objects.count() == 1


def test_only_what_was_adopted_is_rolled_out_and_only_to_segments_there_are() -> None:
    experiment = adopted()

    with pytest.raises(DefinitionError) as error:
        rolled_out(experiment, "othrs")
    assert error.value.faults[0].pointer == "/segment"
    Experiment.objects.update(decision="reject")
    experiment.refresh_from_db()
    with pytest.raises(ExperimentRefused, match="not adopted"):
        rolled_out(experiment)
    assert not Rollout.objects.exists()
