"""What is written of all that is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.kept import snapshot
from catalogue.engine.kept.encoding import NotStored, encoded
from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.snapshot import open_snapshot, read_snapshot
from catalogue.engine.kept.snapshot_file import SnapshotWriter
from tests.catalogue.definitions.reading import definition
from tests.catalogue.engine.kept.written import again
from tests.generative.growing import GrowingTables, Happened, Said, State
from tests.generative.timelines import BEGIN

SEGMENTS = {
    key: SegmentInput(definition=definition(text))
    for key, text in {
        "logins": "{did: login, in_last: 7 days}",
        "payers": "{did: paid, in_last: 7 days}",
        "pros": "{trait: plan, is: pro}",
        "half": "{sample: 50%}",
    }.items()
}


def state() -> State:
    first = State(customers=frozenset(range(40)), given=40)
    for name in ("login", "paid"):
        first = first.with_events(name, [Happened(ordinal=3, at=BEGIN, value=1.0)])
    return first.with_changes("plan", [Said(ordinal=3, at=BEGIN, sequence=1, value="pro")])


@pytest.fixture
def before() -> State:
    return state()


@pytest.fixture
def kept(before: State) -> Kept:
    kept = Kept(1 << 30)
    evaluate(SEGMENTS, GrowingTables(before), now=BEGIN, kept=kept)
    return kept


def test_everything_is_written(kept: Kept, before: State, tmp_path: Path) -> None:
    fresh = again(kept, before, tmp_path / "one")

    assert fresh.events.keys() == kept.events.keys() == {frozenset({"login"}), frozenset({"paid"})}
    assert fresh.traits.keys() == kept.traits.keys() == {("plan", "customer")}
    assert fresh.drawn == kept.drawn
    assert fresh.nbytes > 0


def test_what_lies_in_files_that_are_no_more_is_not_written(
    kept: Kept, before: State, tmp_path: Path
) -> None:
    rewritten = {"paid/again": [Happened(ordinal=3, at=BEGIN, value=1.0)]}
    now = replace(before, events={**before.events, "paid": rewritten}, traits={})
    fresh = again(kept, now, tmp_path / "one")

    assert fresh.events.keys() == {frozenset({"login"})}
    assert fresh.traits == {}


def test_nobody_who_is_gone_is_in_a_sample(kept: Kept, before: State, tmp_path: Path) -> None:
    now = replace(before, customers=frozenset(range(20)))
    ((drawn, true),) = again(kept, now, tmp_path / "one").drawn.values()

    assert list(drawn) == list(range(20))
    assert true <= drawn


def test_what_has_no_form_is_left_out_and_the_rest_is_written(
    kept: Kept, before: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(value: object, writer: SnapshotWriter) -> object:
        if value is kept.events[frozenset({"paid"})]:
            raise NotStored("a test")
        return encoded(value, writer)

    monkeypatch.setattr(snapshot, "encoded", some)
    fresh = again(kept, before, tmp_path / "one")

    assert fresh.events.keys() == {frozenset({"login"})}
    assert fresh.traits.keys() == {("plan", "customer")}


def test_what_does_not_fit_in_memory_is_not_taken_in(
    kept: Kept, before: State, tmp_path: Path
) -> None:
    path = tmp_path / "one"
    again(kept, before, path)
    small = Kept(10)
    with path.open("rb") as file:
        read_snapshot(small, open_snapshot(file), lambda _: True)

    assert small.nbytes <= 10


def test_after_it_left_the_file_nothing_of_it_lies_there(
    kept: Kept, before: State, tmp_path: Path
) -> None:
    path = tmp_path / "one"
    fresh = again(kept, before, path)
    assert str(path) in Path("/proc/self/maps").read_text()
    fresh.leave_the_file()

    assert str(path) not in Path("/proc/self/maps").read_text()


def test_what_made_it_is_told_by_the_sources_of_the_engine(tmp_path: Path) -> None:
    ours = snapshot.made_by.__wrapped__()
    (tmp_path / "more.py").write_text("# another version")
    sources: tuple[Path, ...] = snapshot.SOURCES
    try:
        snapshot.SOURCES = (*sources, tmp_path)
        assert snapshot.made_by.__wrapped__() != ours
    finally:
        snapshot.SOURCES = sources
    assert snapshot.made_by.__wrapped__() == ours
