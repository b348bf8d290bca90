"""What is remembered has a form in a document, and nothing else has one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyroaring import BitMap

from catalogue.definitions.nodes import Comparator
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.lists import Criterion, Has, Item
from catalogue.engine.conditions.sample import SampleCondition
from catalogue.engine.conditions.texts import Textual
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.conditions.values import IsSet, equal_to
from catalogue.engine.kept.encoding import NotStored, decoded, encoded
from catalogue.engine.kept.mapped import MappedVector
from catalogue.engine.kept.moving import Moving
from catalogue.engine.kept.snapshot_file import SnapshotFile, SnapshotWriter, Unusable
from catalogue.engine.vectors.judging import ANY

EQUAL = equal_to(["x", 3, True])
VALUES = (
    *(None, True, 0, 1.5, float("inf"), "text", (), [1, (2,)], {}, {"a": 1}, frozenset({1, "a"})),
    *({1: 2, 3: 2**40}, {None: 5, 7: 8}, {(1, "a"): frozenset({None})}),
    *(datetime(2026, 3, 1, 9, tzinfo=UTC), date(2026, 3, 1), BitMap([1, 70_000]), BitMap()),
    Comparisons(all_of=frozenset({(Comparator.GTE, 1, None), (Comparator.LT, 2.5, None)})),
    Criterion(path=("a", "b"), test=Has(wanted=frozenset({EQUAL})), negated=True),
    Item(criteria=frozenset({Criterion(path=("a",), test=IsSet())})),
    TraitCondition(path=("plan",), test=Textual(how="contains", part="ü"), subject="account"),
    SampleCondition(salt="", limit=2**64),
    pa.schema([("at", pa.timestamp("us")), ("text.é", pa.string())]),
)


def again(value: object, path: Path) -> object:
    with path.open("wb") as file:
        writer = SnapshotWriter(file, "me")
        writer.finish({"value": encoded(value, writer)})
    with path.open("rb") as file:
        found = SnapshotFile(file, "me")
    return decoded(found.document["value"], found)


@pytest.mark.parametrize("value", VALUES, ids=lambda one: type(one).__name__)
def test_a_value_is_the_same_again(value: object, tmp_path: Path) -> None:
    found = again(value, tmp_path / "one")

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("most", "width"), [(255, 1), (256, 2), (65_535, 2), (65_536, 4), (2**32 - 1, 4)]
)
def test_counts_take_as_few_bytes_as_they_fit_in(most: int, width: int, tmp_path: Path) -> None:
    counts = np.array([0, most, 1], dtype=np.uint32)
    sums = np.array([-1, 2**62, 0])
    moving = Moving(counted=ANY, counts={None: counts, 5: counts[:0]}, sums={7: sums}, reach=0.5)
    found = again(moving, tmp_path / "one")

    assert isinstance(found, Moving)
    vector = found.counts[None]
    assert isinstance(vector, MappedVector)
    assert vector._stored.itemsize == width
    found.leave_the_file()
    assert {start: one.tolist() for start, one in found.counts.items()} == {
        None: [0, most, 1],
        5: [],
    }
    assert found.counts[None].dtype == np.uint32
    assert found.sums[7].tolist() == [-1, 2**62, 0]
    assert (found.counted, found.reach) == (ANY, 0.5)


@pytest.mark.parametrize(
    "value",
    [object(), np.int64(1), {1, 2}, b"bytes", [object()]],
    ids=["object", "number of numpy", "set", "bytes", "list"],
)
def test_what_has_no_form_is_not_stored(value: object, tmp_path: Path) -> None:
    with pytest.raises(NotStored):
        again(value, tmp_path / "one")


@pytest.mark.parametrize("told", [["object", "Popen"], ["eval", "1"], ["object", "Kept"]])
def test_nothing_is_made_but_what_is_named_here(told: object, tmp_path: Path) -> None:
    path = tmp_path / "one"
    with path.open("wb") as file:
        SnapshotWriter(file, "me").finish({"value": told})
    with path.open("rb") as file:
        found = SnapshotFile(file, "me")

    with pytest.raises(Unusable):
        decoded(found.document["value"], found)
