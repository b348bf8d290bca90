"""The catalogue looks at its segments by itself, and keeps what it finds."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from catalogue.lint.keeping import is_due, look_at_everything
from catalogue.metrics.measuring import run_measurement
from catalogue.models import (
    Coverage,
    Evidence,
    Experiment,
    Health,
    Measurement,
    Segment,
    Status,
    TraitEntry,
    Workspace,
)
from catalogue.tasks import look, tick
from tests.catalogue.segments.ground import FREE, PROS, live_segment
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def pros() -> Segment:
    """A live segment, refreshed at NOW."""
    with time_machine.travel(NOW, tick=False):
        segment = live_segment("pros", definition=PROS)
        refresh(now=NOW)
    return segment


def codes(key: str = "pros") -> set[str]:
    """What was found of a segment."""
    return {one["code"] for one in Health.objects.get(segment__key=key).findings}


def test_a_look_finds_what_a_bare_segment_lacks(pros: Segment) -> None:
    look_at_everything(now=NOW)
    assert codes() == {
        *("SEG001", "SEG004", "SEG006", "SEG007", "SEG011", "SEG017", "SEG018", "SEG019"),
    }
    health = Health.objects.get()
    assert health.score == 100 - 15 - 15 - 10 - 10 - 5 - 5 - 5 - 5
    assert health.looked_at == NOW


def test_a_second_look_replaces_the_first_and_forgets_what_is_archived(pros: Segment) -> None:
    look_at_everything(now=NOW)
    Segment.objects.filter(pk=pros.pk).update(goal={"event": "purchase"})
    live_segment("free", definition=FREE)
    look_at_everything(now=NOW + timedelta(hours=1))
    assert "SEG001" not in codes()
    assert Health.objects.get(segment=pros).looked_at == NOW + timedelta(hours=1)
    Segment.objects.filter(key="free").update(status=Status.ARCHIVED)
    look_at_everything(now=NOW + timedelta(hours=2))
    assert list(Health.objects.values_list("segment__key", flat=True)) == ["pros"]


def test_coverage_counts_live_customers_in_live_segments(pros: Segment) -> None:
    look_at_everything(now=NOW)
    figures = Coverage.objects.get().figures
    # ada and cleo are pros, of five.
    assert (figures["people"], figures["segments"], figures["in_none"]) == (5, 1, 3)
    Segment.objects.update(status=Status.DRAFT)
    look_at_everything(now=NOW)
    assert Coverage.objects.get().figures["in_none"] == 5


def test_a_trait_unknown_of_most_and_a_twin_are_found(pros: Segment) -> None:
    TraitEntry.objects.filter(name="plan").update(null_share=0.6)
    look_at_everything(now=NOW)
    assert "SEG012" in codes()


def test_it_is_due_after_a_change_a_refresh_and_a_day_and_not_before(pros: Segment) -> None:
    soon = NOW + timedelta(minutes=5)
    assert is_due(now=soon)
    look_at_everything(now=soon)
    assert not is_due(now=soon + timedelta(hours=1))
    assert is_due(now=soon + timedelta(hours=25))
    with time_machine.travel(soon + timedelta(minutes=10), tick=False):
        refresh(now=soon + timedelta(minutes=10))
        assert is_due(now=soon + timedelta(minutes=11))


def test_what_is_measured_is_looked_at_again(pros: Segment) -> None:
    Workspace.objects.create(pk=1, fewest_people=1)
    look_at_everything(now=NOW)
    assert "SEG007" in codes()
    asked = Measurement.objects.create(now=NOW)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert run_measurement(measurement_id=asked.pk).state == "succeeded"
    Measurement.objects.update(finished_at=NOW + timedelta(minutes=1))
    assert is_due(now=NOW + timedelta(minutes=2))
    look_at_everything(now=NOW + timedelta(minutes=2))
    assert "SEG007" not in codes()


def test_an_experiment_that_was_begun_and_a_review_that_lapsed_are_known(pros: Segment) -> None:
    long_ago = NOW - timedelta(days=40)
    Segment.objects.update(created_at=long_ago, reviewed_at=long_ago, review={"every": "30 days"})
    look_at_everything(now=NOW)
    assert codes() >= {"SEG008", "SEG009"}
    Segment.objects.update(reviewed_at=NOW - timedelta(days=1))
    facts = {"name": "Call", "hypothesis": "A call helps.", "aim": {}, "number": 1, "salt": "x"}
    Experiment.objects.create(segment=pros, state="running", started_at=NOW, **facts)
    look_at_everything(now=NOW)
    assert not codes() & {"SEG008", "SEG009"}


def test_a_draft_that_only_its_team_knows_of_is_named_to_nobody_else(
    pros: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.lint.twins.FEWEST", 1)
    Segment.objects.filter(pk=live_segment("twin", name="Twin", definition=PROS).pk).update(
        status=Status.DRAFT, is_private=True
    )
    refresh(now=NOW + timedelta(hours=1))
    look_at_everything(now=NOW + timedelta(hours=1))
    assert "SEG014" not in codes("pros")
    assert "SEG014" in codes("twin")
    assert "Twin" not in str(Health.objects.get(segment=pros).findings)


def test_a_segment_that_names_no_cadence_is_reviewed_as_often_as_the_workspace_says(
    pros: Segment,
) -> None:
    Segment.objects.update(review=None, reviewed_at=NOW - timedelta(days=91))
    look_at_everything(now=NOW)
    assert codes() >= {"SEG009", "SEG019"}
    Workspace.objects.create(pk=1, review_days=120)
    look_at_everything(now=NOW)
    assert "SEG009" not in codes()


def test_evidence_counts_until_its_last_day(pros: Segment) -> None:
    found = Evidence.objects.create(
        segment=pros, position=1, kind="survey", source="Spring", expires_on=NOW.date()
    )
    look_at_everything(now=NOW)
    assert not codes() & {"SEG004", "SEG005"}
    Evidence.objects.filter(pk=found.pk).update(expires_on=NOW.date() - timedelta(days=1))
    look_at_everything(now=NOW)
    assert "SEG005" in codes()


def test_an_empty_catalogue_is_not_looked_at() -> None:
    assert not is_due(now=NOW)
    assert look_at_everything(now=NOW) == {}
    assert Coverage.objects.get().figures["people"] == 0


def test_the_tick_has_a_worker_look(pros: Segment) -> None:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        tick()
        look()
    assert Health.objects.get().looked_at == NOW + timedelta(minutes=1)
