"""The one writer of the lake, what it undoes, and what stops it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from django.conf import settings
from django.db import connection

from catalogue.models import Customer, Load, Photo
from catalogue.warehouse import ingest, leases
from catalogue.warehouse.layout import events_key, paths_on_disk, trait_key
from catalogue.warehouse.loads import How
from catalogue.warehouse.refusals import LoadError
from catalogue.warehouse.writer import HOLD_SECONDS, LEASE, Writer, writing
from tests.catalogue.warehouse.lake_reading import events, ids

NOW = datetime(2026, 3, 1, tzinfo=UTC)
both_databases = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
EVENT = {"ordinal": pa.array([0], pa.int32()), "at": pa.array([NOW], pa.timestamp("us"))}


def buy(*names: str) -> Load:
    """One event for each name."""
    table = pa.table({"customer_id": list(names), "time": ["2026-01-01"] * len(names)})
    return ingest.load_events(table, event="bought", again=True)


def die_while_writing(*keys: str) -> None:
    """A writer that appends and never publishes, and never tidies up."""
    fence = leases.take(LEASE, "elsewhere:1", 0.01)
    assert fence is not None
    writer = Writer(settings.LAKE_DIR, fence)
    for key in keys:
        writer.append(key, pa.table(EVENT), name=key)
    time.sleep(0.02)


@pytest.mark.django_db
def test_what_a_dead_writer_left_is_undone_by_the_next_one() -> None:
    buy("a")
    die_while_writing(events_key("bought"), events_key("never"), trait_key("customer", "never"))
    assert sum(events("bought").values()) == 1
    buy("b")
    assert {row[0] for row in events("bought")} == {"a", "b"}
    assert sum(events("bought").values()) == 2
    assert not [path for path in paths_on_disk(settings.LAKE_DIR) if "never" in path]


@pytest.mark.django_db
def test_undoing_is_not_done_twice_for_a_table_nobody_writes_to() -> None:
    buy("a")
    die_while_writing(events_key("bought"))
    for _ in range(3):
        with writing():
            pass  # nothing is published, so nobody takes note of what was undone
    for number in range(3):
        table = pa.table({"customer_id": ["a"], "time": ["2026-01-01"], "n": [number]})
        ingest.load_events(table, event="other")
    versions = {path.split("/")[1]: v for path, v in Photo.objects.latest("pk").tables.items()}
    assert versions == {"bought": 2, "other": 2}
    assert sum(events("bought").values()) == 1


@pytest.mark.django_db
def test_a_load_that_fails_tidies_up_at_once_and_gives_the_lease_back() -> None:
    def fail() -> None:
        with writing() as writer:
            writer.append(events_key("never"), pa.table(EVENT), name="never")
            raise ZeroDivisionError

    buy("a")
    with pytest.raises(ZeroDivisionError):
        fail()
    assert not [path for path in paths_on_disk(settings.LAKE_DIR) if "never" in path]
    assert leases.held_by(LEASE) is None


@pytest.mark.django_db
def test_a_writer_that_was_taken_over_publishes_nothing_and_undoes_nothing() -> None:
    def be_late() -> None:
        with writing() as late:
            late.append(events_key("bought"), pa.table(EVENT), name="bought")
            leases.release(LEASE, late.fence)
            with writing() as taker:
                taker.append(events_key("new"), pa.table(EVENT), name="new")
                taker.publish(Load(kind="events", file_name="new", sha256=""), (), lambda: None)
            late.publish(Load(kind="events", file_name="late", sha256=""), (), lambda: None)

    buy("a")
    with pytest.raises(LoadError, match="another writer took over"):
        be_late()
    assert sum(events("bought").values()) == 1
    assert sum(events("new").values()) == 1
    assert not Load.objects.filter(file_name="late").exists()


@pytest.mark.django_db
def test_a_writer_that_was_taken_over_spoils_nobody_elses_photo() -> None:
    def meet() -> None:
        with writing() as writer:
            late = Writer(settings.LAKE_DIR, writer.fence - 1)
            late.append(events_key("bought"), pa.table(EVENT), name="bought")
            writer.append(events_key("bought"), pa.table(EVENT), name="bought")

    buy("a")
    with pytest.raises(LoadError, match="Somebody else wrote"):
        meet()
    assert sum(events("bought").values()) == 1
    buy("b")
    assert sum(events("bought").values()) == 2


@pytest.mark.django_db
def test_folders_of_a_younger_writer_are_not_touched() -> None:
    buy("a")
    old = Writer(settings.LAKE_DIR, 1)
    with writing() as young:
        young.append(events_key("young"), pa.table(EVENT), name="young")
        old.roll_back()
        young.publish(Load(kind="events", file_name="young", sha256=""), (), lambda: None)
    assert sum(events("young").values()) == 1


class TestWhileAnotherLoadRuns:
    pytestmark = both_databases

    def test_a_second_one_says_who_holds_it(self) -> None:
        leases.take(LEASE, "elsewhere:7", HOLD_SECONDS)
        table = pa.table({"id": ["a"]})
        with pytest.raises(
            LoadError, match=r"Another load is running \(elsewhere:7, at the latest"
        ):
            ingest.load_customers(table, as_of=NOW, how=How(wait=0))
        assert not Customer.objects.exists()

    def test_a_second_one_waits_and_then_loads(self) -> None:
        fence = leases.take(LEASE, "elsewhere:7", HOLD_SECONDS)
        assert fence is not None

        def end_the_first() -> None:
            time.sleep(0.5)
            leases.release(LEASE, fence)
            connection.close()

        thread = threading.Thread(target=end_the_first)
        thread.start()
        ingest.load_customers(pa.table({"id": ["a"]}), as_of=NOW)
        thread.join()
        assert ids() == {"a"}

    def test_a_dead_one_of_this_machine_is_not_waited_for(self) -> None:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        host = leases.this_process().rpartition(":")[0]
        leases.take(LEASE, f"{host}:{ended.pid}", HOLD_SECONDS)
        ingest.load_customers(pa.table({"id": ["a"]}), as_of=NOW, how=How(wait=0))
        assert ids() == {"a"}


LIMITED = """
import resource, sys
from django.core.management import execute_from_command_line
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
execute_from_command_line(["manage.py", "load", "customers", sys.argv[2], "--json"])
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kilobytes", "sentence"),
    [
        pytest.param(2_000, "The lake in", marks=pytest.mark.long),
        (16, "could not be written"),
    ],
)
def test_a_full_disk_is_said_in_a_sentence_and_leaves_everything_as_it_was(
    kilobytes: int, sentence: str, child_env: dict[str, str], tmp_path: Path
) -> None:
    buy("a")
    file = tmp_path / "large.csv"
    rows = (f"c{n},{hashlib.sha512(b'%d' % n).hexdigest()}" for n in range(25_000))
    file.write_text("\n".join(["id,noise", *rows]))
    args = [sys.executable, "-c", LIMITED, str(kilobytes * 1024), str(file)]
    done = subprocess.run(args, env=child_env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (ids(), Photo.objects.count(), Load.objects.count()) == ({"a"}, 1, 1)
    ingest.load_customers(pa.table({"id": ["b"], "noise": ["x"]}), as_of=NOW)
    assert ids() == {"a", "b"}
