"""A segment and a directory: everything but the tool's faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integrations.models import Audience, DriftReport, SyncBatch, SyncRun
from tests.integrations.ground import (
    Clock,
    acknowledged,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    make_customers([f"c{number}" for number in range(50)])
    destination("drop", "files", {"directory": folder, "batch_records": 7})
    return folder


def ids(*numbers: int) -> list[str]:
    return [f"c{number}" for number in numbers]


def lines(folder: Path, name: str = "risk") -> list[str]:
    return (folder / f"{name}.csv").read_text().splitlines()[1:]


def test_a_first_sync_writes_everybody_and_finds_no_drift(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(*range(20)))

    done = sync("risk")

    assert done.run.state == "succeeded"
    assert (done.run.added, done.run.removed) == (20, 0)
    assert set(lines(drop)) == set(ids(*range(20))) == acknowledged("risk")
    assert done.drift is not None
    assert (done.drift.held, done.drift.missing, done.drift.extra, done.drift.foreign) == (
        20,
        0,
        0,
        0,
    )


def test_a_second_sync_sends_only_the_difference(drop: Path) -> None:
    segment = live_segment("risk", to="drop")
    publish(segment, ids(*range(20)))
    sync("risk")
    publish(segment, ids(*range(2, 22)))

    done = sync("risk")

    assert (done.run.added, done.run.removed) == (2, 2)
    assert set(lines(drop)) == set(ids(*range(2, 22)))


def test_a_sync_with_nothing_new_sends_nothing(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(1, 2))
    sync("risk")
    before = SyncBatch.objects.count()

    assert sync("risk").run.state == "succeeded"
    assert SyncBatch.objects.count() == before


def test_the_manifest_says_which_version_the_file_is(drop: Path) -> None:
    segment = live_segment("risk", to="drop", called="At risk")
    publish(segment, ids(1))
    sync("risk")
    version = publish(segment, ids(1, 2))
    sync("risk")

    manifest = json.loads((drop / "At%20risk.manifest.json").read_text())

    assert manifest["segment"] == "risk"
    assert manifest["membership_version"] == 2
    assert manifest["definition_hash"] == "d" * 64
    assert manifest["as_of"] == version.now.isoformat()
    assert (manifest["count"], manifest["complete"]) == (2, True)


def test_who_was_removed_by_hand_is_reported_once_and_put_back(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(*range(5)))
    sync("risk")
    (drop / "risk.csv").write_text("customer_id\nc0\nc1\nc2\nc3\nstranger\n")

    found = sync("risk").drift
    assert found is not None
    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)

    repaired = sync("risk").drift
    assert repaired is not None
    assert (repaired.missing, repaired.extra, repaired.foreign) == (0, 0, 1)
    assert set(lines(drop)) == {*ids(*range(5)), "stranger"}


def test_who_was_put_back_by_hand_after_we_removed_them_is_removed_again(drop: Path) -> None:
    segment = live_segment("risk", to="drop")
    publish(segment, ids(1, 2, 3))
    sync("risk")
    publish(segment, ids(1, 2))
    sync("risk")
    (drop / "risk.csv").write_text("customer_id\nc1\nc2\nc3\n")

    found = sync("risk").drift
    assert found is not None
    assert (found.missing, found.extra, found.foreign) == (0, 1, 0)
    sync("risk")
    assert lines(drop) == ids(1, 2)


def test_a_customer_put_on_the_list_by_others_is_foreign_until_we_send_them(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(1, 2))
    sync("risk")
    (drop / "risk.csv").write_text("customer_id\nc1\nc2\nc9\n")

    done = sync("risk")

    assert done.drift is not None
    assert (done.drift.extra, done.drift.foreign) == (0, 1)
    sync("risk")
    assert lines(drop) == ids(1, 2, 9)


def test_a_list_deleted_by_hand_stops_the_sync_until_somebody_says_recreate(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(1, 2))
    sync("risk")
    (drop / "risk.csv").unlink()

    done = sync("risk")

    assert done.run.state == "stopped"
    assert "--recreate" in done.run.sentence
    assert not (drop / "risk.csv").exists()
    assert sync("risk", recreate=True).run.state == "succeeded"
    assert set(lines(drop)) == set(ids(1, 2))


def test_members_that_a_file_cannot_hold_are_parked_and_the_others_go_on(drop: Path) -> None:
    make = live_segment("risk", to="drop")
    from catalogue.models import Customer

    Customer.objects.create(ordinal=900, external_id="two\nlines")
    publish(make, [*ids(1, 2), "two\nlines"])

    done = sync("risk")

    assert done.run.state == "succeeded"
    assert "1 members" in done.run.sentence
    assert set(lines(drop)) == set(ids(1, 2))
    assert sync("risk").run.rejected == 0, "who was refused as they are is not sent again"


def test_a_deleted_customer_is_taken_off_the_list(drop: Path) -> None:
    from catalogue.models import Customer

    publish(live_segment("risk", to="drop"), ids(1, 2))
    sync("risk")
    Customer.objects.filter(external_id="c2").update(deleted_at=Clock()())

    sync("risk")

    assert lines(drop) == ids(1)


def test_damaged_acknowledged_members_are_never_believed(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(1, 2))
    sync("risk")
    other = Audience.objects.get(segment_key="risk").sent
    Audience.objects.filter(segment_key="risk").update(acknowledged=bytes(other) + b"x")

    with pytest.raises(ValueError, match="checksum"):
        sync("risk")
    assert SyncRun.objects.latest("pk").state == "failed"
    assert DriftReport.objects.count() == 1
