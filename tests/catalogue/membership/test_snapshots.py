"""A worker that has just started goes on from what another one wrote, or begins from nothing."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from catalogue import tasks
from catalogue.engine.kept import events as kept_events
from catalogue.engine.kept import snapshot
from catalogue.engine.kept.memory import Kept
from catalogue.membership import judging, remembering, snapshots
from catalogue.membership.refresh import request_refresh
from catalogue.membership.remembering import memory, write_down, write_down_at_the_end
from catalogue.models import Load, Photo, RefreshRun
from tests.catalogue.membership.logins import login, refresh_at
from tests.catalogue.workspace import NOW, define, ids, load_workspace

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def forget() -> None:
    """As if this process had just started."""
    with memory() as kept:
        kept.forget()


@pytest.fixture(autouse=True)
def nothing_written() -> Iterator[None]:
    forget()
    snapshots.remove_all()
    remembering._last.clear()
    yield
    forget()
    snapshots.remove_all()
    remembering._last.clear()


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()
    define("recent", {"did": "login", "in_last": "7 days"})
    define("never", {"did_not": "login"})
    define("pro", {"trait": "plan", "is": "pro"})
    define("drawn", {"sample": "50%", "salt": "x"})


def written(now: datetime = NOW) -> RefreshRun:
    """A refresh whose worker wrote down what it remembers, and is gone."""
    run = refresh_at(now)
    write_down(run, is_last=True)
    forget()
    return run


def files() -> list[str]:
    """The names of all there is, the oldest first."""
    return sorted(one.name for one in snapshots._files())


def the_file() -> Path:
    (name,) = files()
    return snapshots.folder() / name


def scanned(run: RefreshRun) -> set[str]:
    """The kinds of what was read as a whole."""
    return {scan["kind"] for scan in run.scans if not scan["update"]}


def test_a_worker_that_has_just_started_reads_only_what_is_new() -> None:
    first = written()
    login("cleo", NOW + HOUR / 2)
    run = refresh_at(NOW + HOUR)

    assert scanned(first) == {"events", "trait", "sample"}
    assert scanned(run) == set()
    assert ids("recent") == {"ada", "cleo"}
    assert ids("never") == {"dan"}
    assert ids("pro") == {"ada", "cleo"}


def test_a_refresh_that_begins_with_a_snapshot_is_checked_as_one_that_follows() -> None:
    assert written().check_result is None
    login("cleo", NOW + HOUR / 2)

    checked = refresh_at(NOW + HOUR).check_result
    assert checked["segments"] >= 4
    assert checked["different"] == []


def test_a_difference_deletes_the_snapshots_too(monkeypatch: pytest.MonkeyPatch) -> None:
    written()
    login("cleo", NOW + HOUR / 2)
    with monkeypatch.context() as wrong:
        wrong.setattr(kept_events.KeptEvents, "_arrivals", lambda self, question: _nothing())
        run = refresh_at(NOW + HOUR)

    assert {"never", "recent"} <= set(run.check_result["different"])
    assert files() == []
    assert ids("recent") == {"ada", "cleo"}
    assert scanned(refresh_at(NOW + 2 * HOUR)) == {"events", "trait", "sample"}


def _nothing() -> kept_events.Arrivals:
    return kept_events.Arrivals(runs=[], size=0)


def test_of_two_the_newer_one_is_read() -> None:
    written()
    login("cleo", NOW + HOUR / 2)
    written(NOW + HOUR)
    run = refresh_at(NOW + HOUR)
    logins = next(scan for scan in run.scans if scan["names"] == ["login"])

    # The load of the hour between is in the newer one.
    assert (logins["update"], logins["bytes"]) == (True, 0)


def test_at_most_two_are_kept() -> None:
    for hours in range(4):
        written(NOW + hours * HOUR)

    assert [name.partition("-")[0] for name in files()] == [
        "20260318T140000000000",
        "20260318T150000000000",
    ]


def test_it_is_written_after_a_scan_and_then_only_when_the_last_one_is_old() -> None:
    counts = []
    for hours in (0, 1, 5, 6, 7):
        write_down(refresh_at(NOW + hours * HOUR))
        counts.append(len(files()))

    assert counts == [1, 1, 1, 2, 2]


def test_a_new_scan_is_written_an_hour_after_the_last_time() -> None:
    written()
    refresh_at(NOW + HOUR / 4)
    define("paying", {"did": "purchase"})
    counts = []
    for minutes in (30, 60):
        write_down(refresh_at(NOW + timedelta(minutes=minutes)))
        counts.append(len(files()))

    assert counts == [1, 2]


def test_a_process_that_ends_writes_what_it_remembers_unless_that_was_just_written() -> None:
    for hours in (0, 0.5):
        write_down(refresh_at(NOW + hours * HOUR))
    write_down_at_the_end()
    assert len(files()) == 1
    write_down(refresh_at(NOW + HOUR))
    assert len(files()) == 1
    write_down_at_the_end()
    assert len(files()) == 2


def test_a_worker_that_remembers_nothing_neither_writes_nor_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembering, "_kept", Kept(0))
    write_down(refresh_at(NOW), is_last=True)
    assert files() == []
    monkeypatch.undo()
    written()
    monkeypatch.setattr(remembering, "_kept", Kept(0))

    assert scanned(refresh_at(NOW + HOUR)) == {"events", "trait", "sample"}
    assert len(files()) == 1


def _flip(path: Path) -> None:
    told = bytearray(path.read_bytes())
    told[len(told) // 3] ^= 1
    path.write_bytes(told)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_flip, _cut, _empty])
def test_a_damaged_one_is_not_used_and_deleted(
    damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    written()
    damage(the_file())
    with caplog.at_level(logging.WARNING):
        run = refresh_at(NOW + HOUR)

    assert scanned(run) == {"events", "trait", "sample"}
    assert files() == []
    assert "is not used, and deleted" in caplog.text


def test_before_a_damaged_one_an_older_one_is_used() -> None:
    written()
    written(NOW + HOUR)
    _flip(snapshots.folder() / files()[-1])

    assert scanned(refresh_at(NOW + 2 * HOUR)) == set()
    assert len(files()) == 1


def test_one_of_another_version_of_the_program_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written()
    monkeypatch.setattr(snapshot, "made_by", lambda: "b" * 64)

    assert scanned(refresh_at(NOW + HOUR)) == {"events", "trait", "sample"}
    assert files() == []


def _of_another_lake(run: RefreshRun) -> None:
    photo = run.photo
    photo.tables = {**photo.tables, "events/others/1": 0}
    Photo.objects.filter(pk=photo.pk).update(tables=photo.tables)


def _made_again(run: RefreshRun) -> None:
    Photo.objects.filter(pk=run.photo_id).update(created_at=NOW - 100 * HOUR)


def _erased_since(run: RefreshRun) -> None:
    later = Photo.objects.create(tables=run.photo.tables, customers=run.photo.customers)
    Load.objects.create(kind="erasure", photo=later)


@pytest.mark.parametrize("change", [_of_another_lake, _made_again, _erased_since])
def test_one_of_other_data_is_not_used(
    change: Callable[[RefreshRun], None],
) -> None:
    run = written()
    change(run)
    kept = Kept(1 << 30)

    assert snapshots.begin(kept) is None
    assert kept.is_empty
    assert files() == []


def test_one_of_a_photo_that_this_database_never_had_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lineage = snapshots._lineage
    with monkeypatch.context() as other:
        other.setattr(snapshots, "_lineage", lambda photo: {**lineage(photo), "photo": 12_345})
        written()

    assert snapshots.begin(Kept(1 << 30)) is None
    assert files() == []


def test_what_was_written_while_somebody_was_erased_does_not_stay() -> None:
    run = refresh_at(NOW)
    _erased_since(run)
    write_down(run, is_last=True)

    assert files() == []


def test_a_full_disk_is_told_of_and_harmless(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    written()
    monkeypatch.setattr(os, "fsync", full)
    run = refresh_at(NOW + HOUR)
    with caplog.at_level(logging.WARNING):
        write_down(run, is_last=True)

    assert "No space left" in caplog.text
    assert len(files()) == 1
    assert scanned(refresh_at(NOW + 2 * HOUR)) == set()


def test_a_half_written_one_is_left_alone_while_it_may_be_written_and_then_deleted() -> None:
    written()
    half = snapshots.folder() / "20260318T200000000000-1-00000000.half"
    half.write_bytes(b"half")
    written(NOW + HOUR)
    assert half.exists()
    os.utime(half, (0, 0))
    written(NOW + 2 * HOUR)

    assert not half.exists()


def test_an_error_with_one_deletes_it_so_that_it_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written()
    with monkeypatch.context() as wrong:
        wrong.setattr(judging, "evaluate", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            refresh_at(NOW + HOUR)

    assert files() == []
    assert scanned(refresh_at(NOW + 2 * HOUR)) == {"events", "trait", "sample"}


def test_one_that_cannot_be_read_for_whatever_reason_is_done_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written()
    with monkeypatch.context() as wrong:
        wrong.setattr(snapshot, "decoded", lambda *_: {}["nothing"])
        run = refresh_at(NOW + HOUR)

    assert run.state == "succeeded"
    assert scanned(run) == {"events", "trait", "sample"}


@pytest.mark.parametrize(("place", "left"), [("remember: written", 1), ("remember: named", 2)])
def test_a_process_that_is_killed_while_it_writes_leaves_the_old_one(place: str, left: int) -> None:
    written()
    before = the_file().read_bytes()
    run = refresh_at(NOW + HOUR)
    pid = os.fork()
    if not pid:
        os.environ["CRASHPOINT"] = f"{place}:1"
        try:
            write_down(run, is_last=True)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -9

    whole = snapshots._whole()
    assert len(whole) == left
    assert whole[-1].read_bytes() == before
    forget()
    assert scanned(refresh_at(NOW + 2 * HOUR)) == set()


def test_a_worker_writes_after_a_refresh_and_before_it_ends() -> None:
    for hours in (0, 1):
        with time_machine.travel(NOW + hours * HOUR, tick=False):
            tasks.refresh_run(request_refresh().pk)
    assert len(files()) == 1
    tasks.end()

    assert len(files()) == 2


def test_the_command_goes_on_where_the_one_before_was() -> None:
    for hours in (0, 1):
        with time_machine.travel(NOW + hours * HOUR, tick=False):
            call_command("refresh", stdout=StringIO())
        forget()

    assert len(files()) == 2
    assert scanned(RefreshRun.objects.latest("pk")) == set()


def test_whatever_goes_wrong_in_writing_the_refresh_is_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = refresh_at(NOW)
    monkeypatch.setattr(snapshots, "write_snapshot", lambda *_: 1 / 0)
    write_down(run)

    assert "ZeroDivisionError" in caplog.text
    assert files() == []
