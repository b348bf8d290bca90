"""The brake, in numbers and in a whole sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.models import Segment
from integrations.models import Audience, SyncBatch
from integrations.sync.brake import Steps, brake_sentence
from integrations.sync.wanted import due_audiences
from tests.integrations.ground import (
    Clock,
    acknowledged,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)


@pytest.mark.parametrize(
    ("acknowledged", "target", "to_remove", "stops"),
    [
        (1_000, 800, 200, False),  # exactly 20 %
        (1_000, 799, 201, True),
        (200, 100, 100, False),  # half, but exactly 100
        (200, 99, 101, True),
        (10_000, 9_000, 1_000, False),  # many, but a tenth
        (3, 0, 3, True),  # empty now
        (3, 1, 2, False),
        (0, 0, 0, False),
        (0, 500, 0, False),
        (0, 0, 500, False),  # only uncertain ones: nobody was ever confirmed
    ],
)
def test_the_brake_holds_beyond_a_fifth_and_a_hundred_or_when_all_go(
    acknowledged: int, target: int, to_remove: int, stops: bool
) -> None:
    sentence = brake_sentence(Steps(acknowledged=acknowledged, target=target, to_remove=to_remove))
    assert (sentence is not None) is stops


@pytest.fixture
def segment(db: None, tmp_path: Path) -> Segment:
    make_customers([f"c{number}" for number in range(600)])
    destination("drop", "files", {"directory": tmp_path, "batch_records": 50})
    made = live_segment("risk", to="drop")
    publish(made, ids(400))
    sync("risk")
    return made


def ids(count: int, start: int = 0) -> list[str]:
    return [f"c{number}" for number in range(start, start + count)]


def test_a_braked_sync_sends_nothing_at_all(segment: Segment) -> None:
    publish(segment, ids(310, start=200))
    before = SyncBatch.objects.count()

    run = sync("risk").run

    assert run.state == "braked"
    assert "200 of 400 members (50%)" in run.sentence
    assert "--approve" in run.sentence
    assert SyncBatch.objects.count() == before
    assert acknowledged("risk") == set(ids(400))
    assert due_audiences(now=Clock()()) == [], "the timetable waits for a person"


def test_an_approved_sync_goes_on_and_only_that_one(segment: Segment) -> None:
    publish(segment, ids(200))
    assert sync("risk").run.state == "braked"

    assert sync("risk", approve=True).run.state == "succeeded"
    assert acknowledged("risk") == set(ids(200))
    publish(segment, ids(50))
    assert sync("risk").run.state == "braked"


def test_an_approval_does_not_hold_for_a_newer_version(segment: Segment) -> None:
    publish(segment, ids(200))
    assert sync("risk").run.state == "braked"
    audience = Audience.objects.get()
    Audience.objects.update(approved_from=audience.version, approved_to=2)
    publish(segment, ids(150))

    assert sync("risk").run.state == "braked"
    assert acknowledged("risk") == set(ids(400))


def test_an_approval_lasts_until_the_approved_sync_is_done(segment: Segment) -> None:
    publish(segment, ids(200))
    clock = Clock()
    # Time for one run is over at once: approved, and nothing sent yet.
    assert sync("risk", approve=True, ends_by=clock(), clock=clock).run.state == "incomplete"

    assert sync("risk").run.state == "succeeded"
    assert acknowledged("risk") == set(ids(200))


def test_an_empty_segment_never_empties_a_list_by_itself(segment: Segment) -> None:
    publish(segment, [])

    assert sync("risk").run.state == "braked"
    assert sync("risk", approve=True).run.state == "succeeded"
    assert acknowledged("risk") == set()
