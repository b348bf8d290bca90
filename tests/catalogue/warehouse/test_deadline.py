"""Questions that take too long are ended."""

from __future__ import annotations

import threading
import time

import duckdb
import pytest

from catalogue.engine.findings import Done
from catalogue.engine.inputs import Stopped
from catalogue.engine.shared_scans import Scan, Source
from catalogue.warehouse.connection import open_connection
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.given import World
from catalogue.warehouse.memory import MemoryTables

FOR_EVER = "SELECT count(*) FROM range(10_000_000_000) a WHERE hash(a.range) % 7 = 8"


def test_a_query_under_way_is_interrupted_and_the_connection_stays_good() -> None:
    connection = open_connection()
    started = time.monotonic()
    deadline = Deadline(0.2)
    with deadline.held(connection), pytest.raises(duckdb.InterruptException):
        connection.con.execute(FOR_EVER).fetchall()
    assert 0.1 < time.monotonic() - started < 20
    assert deadline.has_passed()
    assert connection.con.execute("SELECT 1").fetchall() == [(1,)]


def test_a_scan_that_is_interrupted_stops_the_whole_evaluation() -> None:
    connection = open_connection()
    endless = Scan(
        source=Source(kind="accounts"),
        conditions=[],
        run=lambda _: connection.con.execute(FOR_EVER).fetchall(),
    )
    with Deadline(0.1).held(connection), pytest.raises(Stopped):
        Done.of(endless, MemoryTables(World()))


def test_what_ends_in_time_is_left_alone() -> None:
    connection = open_connection()
    deadline = Deadline(60)
    with deadline.held(connection):
        assert connection.con.execute("SELECT 1").fetchall() == [(1,)]
    assert not deadline.has_passed()
    assert 0 < deadline.left < 60


def test_no_time_at_all_has_passed_at_once() -> None:
    assert Deadline(0).has_passed()


def test_no_thread_is_left_that_could_abort_the_process_at_its_end() -> None:
    before = set(threading.enumerate())
    with Deadline(60).held(open_connection()):
        assert set(threading.enumerate()) - before
    assert not set(threading.enumerate()) - before
