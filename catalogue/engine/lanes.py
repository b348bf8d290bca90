"""Scans one after the other, in two lanes where the tables can be read by two threads at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock

from catalogue.engine.findings import Done
from catalogue.engine.inputs import Stopped
from catalogue.engine.shared_scans import Scan
from catalogue.garbage import without_collecting
from catalogue.warehouse.connection import interrupt
from catalogue.warehouse.tables import Tables, Twofold

# What reads files only. The others look up ids in the product's database, where a thread would have
# a connection of its own.
BESIDE = frozenset({"trait", "history", "events", "walk"})
# How long the first lane waits for the second before it asks again whether to stop.
PATIENCE_SECONDS = 0.2
# Below this a second lane costs more than it saves.
FEW_BYTES = 4 << 20

Progress = Callable[[int, int], None]
Asking = Callable[[], bool]


def run_all(
    scans: Sequence[Scan],
    tables: Tables,
    *,
    on_progress: Progress | None = None,
    should_stop: Asking | None = None,
) -> list[Done]:
    """What all scans found, in their order. `on_progress(done, total)` counts them and
    `should_stop` is asked before each, both in this thread. Raises Stopped and ScanFailed."""
    lanes = _Lanes(scans, on_progress, should_stop)
    with without_collecting():
        if isinstance(tables, Twofold) and lanes.are_worth_it():
            lanes.run_beside(tables, tables.twin())
        else:
            lanes.run_here(tables)
    return lanes.finished()


def _turn(scan: Scan) -> tuple[bool, int]:
    return scan.source.kind != "trait", -scan.unread


class _Lanes:
    """The scans that are still to be run, taken by whichever lane is free, and those done."""

    def __init__(
        self, scans: Sequence[Scan], on_progress: Progress | None, should_stop: Asking | None
    ) -> None:
        self._scans = scans
        self._on_progress, self._should_stop = on_progress, should_stop
        # Traits first, for they leave little behind, and what events leave is in their way. Then
        # the large ones, so that no lane ends long after the other.
        self._waiting = sorted(range(len(scans)), key=lambda i: _turn(scans[i]))
        self._done: dict[int, Done] = {}
        self._lock = Lock()
        self._is_stopped = False

    def are_worth_it(self) -> bool:
        """Whether there is enough to read beside another scan, and somebody says when to stop: an
        interruption from outside ends what this thread's connection is doing, not the other's."""
        sizes = [scan.unread for scan in self._scans if scan.source.kind in BESIDE]
        may_be_stopped = self._should_stop is not None
        return may_be_stopped and len(self._scans) > 1 and sum(sizes) > FEW_BYTES

    def run_here(self, tables: Tables) -> None:
        """Run what is waiting, in this thread."""
        for place in self._taken(lambda _: True):
            self._ask()
            self._run(place, tables)

    def run_beside(self, tables: Tables, twin: Tables) -> None:
        """Run what is waiting, in this thread and another one."""
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(self._run_there, twin)
            try:
                self.run_here(tables)
                while not wait([beside], PATIENCE_SECONDS).done:
                    self._ask()
                beside.result()
            except BaseException:
                self._stop(beside, twin)
                raise

    def finished(self) -> list[Done]:
        """What all of them found."""
        self._tell()
        return [self._done[place] for place in range(len(self._scans))]

    def _run_there(self, twin: Tables) -> None:
        for place in self._taken(lambda scan: scan.source.kind in BESIDE):
            self._run(place, twin)

    def _taken(self, may_be: Callable[[Scan], bool]) -> Iterator[int]:
        while (place := self._next(may_be)) is not None:
            yield place

    def _next(self, may_be: Callable[[Scan], bool]) -> int | None:
        with self._lock:
            fitting = (i for i in self._waiting if may_be(self._scans[i]))
            place = None if self._is_stopped else next(fitting, None)
            if place is not None:
                self._waiting.remove(place)
            return place

    def _run(self, place: int, tables: Tables) -> None:
        self._done[place] = Done.of(self._scans[place], tables)

    def _ask(self) -> None:
        if self._should_stop is not None and self._should_stop():
            raise Stopped("the evaluation was asked to stop")
        self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(len(self._done), len(self._scans))

    def _stop(self, beside: Future[None], twin: Tables) -> None:
        self._is_stopped = True
        # It may be between two queries, so once is not enough.
        while not wait([beside], PATIENCE_SECONDS / 10).done:
            interrupt(twin.connection)
