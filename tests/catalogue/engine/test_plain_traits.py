"""Changes of a trait that are read and judged here say what the back end says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.engine import plain_traits, trait_rows
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.readings import Reading
from catalogue.engine.conditions.traits import TraitCondition, TraitDate, TraitFigure
from catalogue.engine.conditions.values import IsSet, equal_to
from catalogue.engine.plain_traits import OnTrait
from catalogue.warehouse.connection import open_connection
from catalogue.warehouse.parquet import open_files
from catalogue.warehouse.tables import Tables, TraitChanges, ValueColumns

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC).replace(tzinfo=None)
TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us"),
    "json": pa.string(),
}
VALUES: dict[str, list[object]] = {
    "text": ["pro", "free", "", "1", "true", "Pro", "prö", None],
    "number": [0.0, -0.0, 1.0, 1.5, -7.0, 1e300, None],
    "boolean": [True, False, None],
    "instant": [NOON.replace(tzinfo=None), LONG_AGO, None],
    "json": ['["pro"]', '{"a":1}', None],
}
SCHEMA = {"ordinal": pa.int32(), "at": pa.timestamp("us"), "sequence": pa.int64()}


class Near:
    """Of Tables what is looked at."""

    has_near_rows = True

    def __init__(self, folder: Path) -> None:
        self.folder, self.connection = folder, open_connection(lake=folder)

    def changes(self, *files: pa.Table) -> TraitChanges:
        places = []
        for rows in files:
            places.append(str(self.folder / f"{len(list(self.folder.iterdir()))}.parquet"))
            pq.write_table(rows, places[-1])
        known = pa.schema({**SCHEMA, **TYPES})
        table = open_files(self.connection, places, known)
        kinds = {kind: table[kind] for kind in TYPES if kind in table.columns}
        return TraitChanges(table=table, value=ValueColumns(**kinds))


def here(
    near: Near, changes: TraitChanges, asked: Sequence[OnTrait], *, with_changes: bool = False
) -> plain_traits.PlainRows | None:
    return plain_traits.plain_rows(
        changes, asked, cast("Tables", near), NOON, with_changes=with_changes
    )


def condition(test: object) -> TraitCondition:
    return TraitCondition(path=("plan",), test=test)  # type: ignore[arg-type]


EQUAL = [["pro"], ["pro", ""], ["1"], ["true"], [True], [False, True], ["none of them"]]
NUMBERS = [[0], [1, 1.5], [1e300], [-7, "x"]]
RANGES = [InRange(low=0.0), InRange(low=0.0, high=1.5, open=True), InRange(high=-1.0), InRange()]
DATES = [TraitDate(path=("plan",), reading=one) for one in (Reading.MOMENT, Reading.LOCAL)]
ASKED: dict[str, list[OnTrait]] = {
    "text": [*(condition(equal_to(one)) for one in EQUAL), condition(IsSet())],
    "number": [
        *(condition(equal_to(one)) for one in [*EQUAL, *NUMBERS]),
        *map(condition, RANGES),
        condition(IsSet()),
    ],
    "boolean": [*(condition(equal_to(one)) for one in [*EQUAL, *NUMBERS]), condition(IsSet())],
    "instant": [condition(IsSet()), *DATES],
}


def written(rng: Random, kind: str, count: int, *, ordinals: int) -> pa.Table:
    hours = [rng.choice([-48, -3, -3, -1, 0, 1]) for _ in range(count)]
    return pa.table(
        {
            "ordinal": [rng.randrange(ordinals) for _ in range(count)],
            "at": [(NOON + timedelta(hours=h)).replace(tzinfo=None) for h in hours],
            "sequence": rng.sample(range(1000), count),
            kind: [rng.choice(VALUES[kind]) for _ in range(count)],
        },
        schema=pa.schema({**SCHEMA, kind: TYPES[kind]}),
    )


def found(
    near: Near, changes: TraitChanges, asked: Sequence[OnTrait], *, with_changes: bool
) -> dict[int, list[object]]:
    """By ordinal whether each condition holds, or what the date is; and the newest change."""
    rows = trait_rows.trait_rows(
        changes, asked, cast("Tables", near), NOON, with_changes=with_changes
    )
    answers = [
        rows.column(one).to_pylist() if isinstance(one, TraitDate) else rows.holds(one).tolist()
        for one in asked
    ]
    if with_changes:
        answers += [rows.at.tolist(), rows.sequence.tolist()]
    assert len(rows.ordinals) == len(set(rows.ordinals.tolist()))
    return dict(zip(rows.ordinals.tolist(), map(list, zip(*answers, strict=True)), strict=True))


@pytest.mark.parametrize("with_changes", [False, True])
@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_here_is_what_the_back_end_finds(
    kind: str, seed: int, with_changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, near = Random(seed), Near(tmp_path)
    sizes = [rng.choice([0, 1, 30, 200]) for _ in range(rng.choice([1, 2, 3]))]
    changes = near.changes(*(written(rng, kind, size, ordinals=40) for size in sizes))
    asked = ASKED[kind]

    assert here(near, changes, asked, with_changes=with_changes) is not None  # type: ignore[arg-type]
    ours = found(near, changes, asked, with_changes=with_changes)
    monkeypatch.setattr(trait_rows, "plain_rows", lambda *_, **__: None)
    assert ours == found(near, changes, asked, with_changes=with_changes)


def one_each(kind: str, values: Sequence[object], hours: int = -1) -> pa.Table:
    at = (NOON + timedelta(hours=hours)).replace(tzinfo=None)
    columns = {
        "ordinal": range(len(values)),
        "at": [at] * len(values),
        "sequence": range(len(values)),
        kind: values,
    }
    return pa.table(columns, schema=pa.schema({**SCHEMA, kind: TYPES[kind]}))


def test_of_one_change_of_everybody_it_is_not_read_when_they_were(tmp_path: Path) -> None:
    near, asked = Near(tmp_path), [condition(equal_to(["pro"]))]
    over, to_come = one_each("text", ["pro", "free"]), one_each("text", ["pro", "free"], hours=1)

    rows = here(near, near.changes(over), asked)
    assert rows is not None
    assert rows.rows.column_names == ["ordinal", "text"]
    rows = here(near, near.changes(to_come), asked)
    assert rows is not None
    assert len(rows.rows) == 0


TO_THE_BACK_END = {
    "a number among texts": ("text", condition(equal_to([1]))),
    "a range of texts": ("text", condition(InRange(low=1.0))),
    "a date among texts": ("text", DATES[0]),
    "inside an object": ("json", TraitCondition(path=("plan", "a"), test=equal_to([1]))),
    "whatever is in a list": ("json", condition(equal_to(["pro"]))),
    "a figure": ("number", TraitFigure(path=("plan",))),
}


@pytest.mark.parametrize("case", TO_THE_BACK_END)
def test_what_has_to_be_worked_out_is_left_to_the_back_end(case: str, tmp_path: Path) -> None:
    kind, asked = TO_THE_BACK_END[case]
    near = Near(tmp_path)
    changes = near.changes(one_each(kind, VALUES[kind]))
    assert here(near, changes, [asked]) is None  # type: ignore[arg-type]


def test_values_of_two_kinds_are_left_to_the_back_end(tmp_path: Path) -> None:
    near, asked = Near(tmp_path), [condition(equal_to(["1"]))]
    changes = near.changes(one_each("text", ["1"]), one_each("number", [1.0]))
    assert here(near, changes, asked) is None  # type: ignore[arg-type]
    rows = trait_rows.trait_rows(changes, asked, cast("Tables", near), NOON)
    assert rows.holds(asked[0]).tolist() == [True]


def test_texts_that_are_all_different_and_many_rows_are_left_to_the_back_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, asked = Near(tmp_path), [condition(equal_to(["pro"]))]
    different = near.changes(one_each("text", [f"customer {i}" for i in range(5_000)]))
    assert here(near, different, asked) is None  # type: ignore[arg-type]
    few = near.changes(one_each("text", ["pro", "free"]))
    assert here(near, few, asked) is not None  # type: ignore[arg-type]
    monkeypatch.setattr(plain_traits, "MOST_ROWS", 1)
    assert here(near, few, asked) is None  # type: ignore[arg-type]


def test_a_damaged_file_is_left_to_the_back_end(tmp_path: Path) -> None:
    near, asked = Near(tmp_path), [condition(equal_to(["pro"]))]
    changes = near.changes(one_each("text", ["pro"]))
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"PAR1 no more PAR1")
    assert here(near, changes, asked) is None  # type: ignore[arg-type]


def test_a_missing_text_is_not_the_last_of_the_list(tmp_path: Path) -> None:
    near, asked = Near(tmp_path), [condition(equal_to(["free"]))]
    changes = near.changes(one_each("text", ["pro", None, "free"]))
    rows = here(near, changes, asked)
    assert rows is not None
    assert np.asarray(rows.answers[asked[0]]).tolist() == [False, False, True]
