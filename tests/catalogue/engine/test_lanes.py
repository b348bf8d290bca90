"""Scans in two lanes find what they find in one, and end together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from pyroaring import BitMap

from catalogue.engine.inputs import ScanFailed, Stopped
from catalogue.engine.lanes import FEW_BYTES, run_all
from catalogue.engine.scans import Answer
from catalogue.engine.shared_scans import Kind, Scan, Source
from catalogue.warehouse.connection import Backend, open_connection, twin_of
from catalogue.warehouse.tables import Tables

FOR_EVER = "SELECT count(*) FROM range(10_000_000_000) a WHERE hash(a.range) % 7 = 8"
NOTHING = Answer(members={}, rows_read=0)


@dataclass
class TwoConnections:
    """Of Tables what lanes look at."""

    connection: Backend = field(default_factory=open_connection)

    def twin(self) -> TwoConnections:
        return TwoConnections(twin_of(self.connection))


def scan(run: Callable[[Tables], Answer], name: str = "login", kind: Kind = "events") -> Scan:
    return Scan(
        source=Source(kind=kind, names=(name,)), conditions=[], run=run, unread=FEW_BYTES + 1
    )


def never() -> bool:
    return False


def test_two_scans_run_at_once_and_are_told_in_their_order() -> None:
    both = threading.Barrier(2, timeout=20)

    def meeting(rows: int) -> Callable[[Tables], Answer]:
        def run(_: Tables) -> Answer:
            both.wait()
            return Answer(members={}, rows_read=rows)

        return run

    done = run_all([scan(meeting(1)), scan(meeting(2))], TwoConnections(), should_stop=never)
    assert [one.answer.rows_read for one in done] == [1, 2]


def test_each_lane_has_a_connection_of_its_own() -> None:
    both, seen = threading.Barrier(2, timeout=20), []

    def run(tables: Tables) -> Answer:
        both.wait()
        seen.append(tables.connection.con.sql("SELECT 1").fetchall() and tables.connection)
        return NOTHING

    run_all([scan(run), scan(run)], TwoConnections(), should_stop=never)
    assert len({id(connection) for connection in seen}) == 2


def test_what_looks_up_ids_stays_in_the_thread_that_asks() -> None:
    threads = set()

    def run(_: Tables) -> Answer:
        threads.add(threading.current_thread())
        return NOTHING

    run_all([scan(run, kind="sample") for _ in range(4)], TwoConnections(), should_stop=never)
    run_all(
        [scan(run, kind="accounts"), scan(lambda _: NOTHING), scan(lambda _: NOTHING)],
        TwoConnections(),
        should_stop=never,
    )
    assert threads == {threading.current_thread()}


def test_asked_to_stop_it_ends_what_the_other_lane_is_doing() -> None:
    started = threading.Event()

    def endless(tables: Tables) -> Answer:
        started.set()
        tables.connection.con.execute(FOR_EVER).fetchall()
        return NOTHING

    def asks() -> bool:
        return started.is_set()

    def waits(_: Tables) -> Answer:
        started.wait(20)
        return NOTHING

    # The thread that asks may look up ids, the other one may not.
    scans = [scan(waits, kind="sample"), scan(endless)]
    began = time.monotonic()
    # A server of an earlier test may not have let go of its last line yet.
    others = set(threading.enumerate())
    with pytest.raises(Stopped):
        run_all(scans, TwoConnections(), should_stop=asks)
    assert time.monotonic() - began < 20
    assert set(threading.enumerate()) <= others


def test_a_failure_in_the_other_lane_is_a_failure() -> None:
    started = threading.Event()

    def broken(tables: Tables) -> Answer:
        started.set()
        tables.connection.con.execute("SELECT * FROM nowhere")
        return NOTHING

    def waits(_: Tables) -> Answer:
        started.wait(20)
        return NOTHING

    with pytest.raises(ScanFailed, match="nowhere"):
        run_all([scan(waits, kind="sample"), scan(broken)], TwoConnections(), should_stop=never)


def test_progress_counts_all_lanes() -> None:
    told: list[tuple[int, int]] = []
    scans = [scan(lambda _: NOTHING) for _ in range(5)]
    run_all(scans, TwoConnections(), on_progress=lambda *some: told.append(some), should_stop=never)
    assert told[-1] == (5, 5)
    assert told == sorted(told)


def test_tables_that_cannot_be_read_twice_are_read_in_one_lane() -> None:
    @dataclass
    class One:
        connection: Backend = field(default_factory=open_connection)

    threads = set()

    def run(_: Tables) -> Answer:
        threads.add(threading.current_thread())
        return Answer(members={}, rows_read=len(BitMap([1])))

    done = run_all([scan(run), scan(run)], One(), should_stop=never)
    assert threads == {threading.current_thread()}
    assert [one.answer.rows_read for one in done] == [1, 1]


def test_whoever_can_only_be_interrupted_has_one_lane() -> None:
    threads = set()

    def run(_: Tables) -> Answer:
        threads.add(threading.current_thread())
        return NOTHING

    run_all([scan(run) for _ in range(4)], TwoConnections())
    assert threads == {threading.current_thread()}
