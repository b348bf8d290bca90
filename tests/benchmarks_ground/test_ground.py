"""The data and segments of the measuring ground are what it says they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.engine.plan import plan
from tests.benchmarks.ground.conditions import AT_NOW, Condition, Happened
from tests.benchmarks.ground.edges import OnEdge, on_edges
from tests.benchmarks.ground.events import NAMES
from tests.benchmarks.ground.files import files
from tests.benchmarks.ground.scale import NOW, YEAR, Scale
from tests.benchmarks.ground.segments import (
    HUNDRED,
    TWO_HUNDRED,
    conditions,
    document,
    segments,
)
from tests.benchmarks_ground.conftest import SCALE, Judged

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("ground")]


@pytest.fixture
def happened(judged: Judged) -> pa.Table:
    return pa.concat_tables(map(pq.read_table, judged.files.happened))


def times_of(happened: pa.Table, name: str) -> np.ndarray:
    rows = happened.filter(pa.compute.equal(happened["event"], name))
    return rows["time"].cast(pa.int64()).to_numpy()


def test_the_same_scale_gives_the_same_files(tmp_path: Path) -> None:
    scale = Scale(customers=3_000, events=8_000, edges=1)
    one, other = (files(scale, tmp_path / name) for name in ("one", "other"))
    for name in ("first", "later", "people"):
        first, second = (pq.read_table(getattr(found, name)) for found in (one, other))
        assert first.equals(second)
    assert [pq.read_table(f) for f in one.happened] == [pq.read_table(f) for f in other.happened]


def test_there_are_as_many_events_as_said_over_a_year_and_the_first_name_leads(
    happened: pa.Table,
) -> None:
    assert len(happened) == SCALE.events
    counts = {name: len(times_of(happened, name)) for name in NAMES}
    assert max(counts, key=lambda name: counts[name]) == NAMES[0]
    assert min(counts.values()) > 0
    times = happened["time"].cast(pa.int64()).to_numpy()
    assert AT_NOW - YEAR * 1.02 < times.min() < AT_NOW - YEAR * 0.98
    assert (np.diff(times) < 0).any()  # some arrive late


def test_events_lie_on_every_edge_of_every_window_and_a_microsecond_beside_it(
    happened: pa.Table,
) -> None:
    wanted: dict[str, set[int]] = {}
    for one in conditions(segments(TWO_HUNDRED)):
        if isinstance(one, Happened):
            around = {edge + beside for edge in one.window.edges for beside in (-1, 0, 1)}
            wanted.setdefault(one.event, set()).update(around)
    assert len(wanted) == len(NAMES)
    for name, instants in wanted.items():
        assert instants <= set(times_of(happened, name).tolist())


def test_for_every_customer_on_an_edge_that_one_event_decides(judged: Judged) -> None:
    asked: list[Condition] = conditions(segments(TWO_HUNDRED))
    standing = list(on_edges(asked, SCALE.edges))
    first = SCALE.customers - len(standing)
    known = conditions(segments(HUNDRED))
    some = [one for one in standing if one.condition in known]
    wrong = [one for one in some if expected(one) != is_member(judged, known, one, first)]
    assert wrong == []
    assert {expected(one) for one in some} == {True, False}


def expected(one: OnEdge) -> bool:
    window = one.condition.window
    counts = window.start <= one.at < window.end and one.has_item
    return counts != (one.condition.sign == "<")


def is_member(judged: Judged, asked: list[Condition], one: OnEdge, first: int) -> bool:
    found = judged.by_condition[f"condition-{asked.index(one.condition)}"]
    return first + one.place in found


def test_a_hundred_segments_have_about_165_distinct_conditions_and_use_all_of_the_logic() -> None:
    trees = segments(HUNDRED)
    written = {key: document(tree) for key, tree in trees.items()}
    definitions = {key: parse_definition(one) for key, one in written.items()}
    planned = plan(definitions, now=NOW)
    assert (len(planned.order), planned.refused) == (HUNDRED, {})
    assert 155 <= len(planned.conditions) <= 175
    text = str(written)
    for word in ("all", "any", "none", "not", "in_segment", "did_not", "sum", "max", "last_did"):
        assert f"'{word}'" in text
    assert list(segments(TWO_HUNDRED).items())[:HUNDRED] == list(trees.items())
