"""What is remembered as a document of plain values beside arrays, and back. Nothing is made of a
document but objects of the classes named here: reading one runs no code that it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, cast

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from catalogue.definitions.nodes import Comparator
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.dates import Anniversary, InSpans
from catalogue.engine.conditions.lists import Criterion, Has, Item
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.sample import SampleCondition
from catalogue.engine.conditions.texts import Textual
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.conditions.values import Equal, HasContent, IsSet
from catalogue.engine.kept.dates import Dates, Stretched, Timestamps
from catalogue.engine.kept.events import KeptEvents
from catalogue.engine.kept.log import Log
from catalogue.engine.kept.mapped import MappedVector, Numbers, in_memory
from catalogue.engine.kept.moving import Moving
from catalogue.engine.kept.snapshot_file import Array, SnapshotFile, SnapshotWriter, Unusable
from catalogue.engine.kept.traits import KeptTrait, Newest
from catalogue.engine.local_times import Span
from catalogue.engine.vectors.asked import Asked
from catalogue.engine.vectors.judging import Counted
from catalogue.engine.vectors.rows import Rows
from catalogue.warehouse.delta_notes import Noted
from catalogue.warehouse.pieces import Piece

DATACLASSES = (
    *(KeptEvents, Moving, Asked, Counted, Rows, Dates, Stretched, SampleCondition),
    *(TraitCondition, Comparisons, Criterion, Equal, HasContent, IsSet, InRange, Textual, InSpans),
    *(Anniversary, Has, Item, Span, Piece, Noted),
)
FIELDS: dict[type, tuple[str, ...]] = {
    **{one: tuple(field.name for field in fields(one)) for one in DATACLASSES},
    Log: ("start", "runs"),
    KeptTrait: ("pieces", "now", "newest", "members", "wanted", "dates", "looked_at"),
    Newest: ("is_spread", "at", "sequence"),
    Timestamps: ("at", "ordinals", "_is_sorted", "_stretches"),
}
CLASSES = {one.__name__: one for one in FIELDS}
PLAIN = (bool, int, float, str)
# Its vectors are stored in as few bytes as they fit in, and stay in the file when they are read.
VECTORS: dict[type, tuple[str, ...]] = {Moving: ("counts", "sums")}


class NotStored(Exception):
    """There is something that no document holds; it is scanned instead."""


def encoded(value: object, writer: SnapshotWriter) -> object:
    """A value as what JSON holds; arrays and bitmaps are written beside. Raises NotStored."""
    if value is None or type(value) in PLAIN:
        return value
    if type(value) in FIELDS:
        return _object(value, writer)
    for kind, (tag, parts) in _CONTAINERS.items():
        if type(value) is kind:
            return [tag, *(encoded(part, writer) for part in parts(value))]
    match value:
        case Comparator():
            return ["comparator", value.value]
        case datetime():
            return ["instant", value.isoformat()]
        case date():
            return ["day", value.isoformat()]
        case BitMap():
            stored = np.frombuffer(value.serialize(), dtype=np.uint8)
            return ["bitmap", *writer.array(stored)]
        case np.ndarray():
            return ["array", *writer.array(value)]
        case pa.Schema():
            return ["schema", *writer.array(np.frombuffer(value.serialize(), dtype=np.uint8))]
    raise NotStored(f"a {type(value).__name__}")


def _parts_of_dict(value: dict[object, object]) -> Sequence[object]:
    if value and all(type(part) is int for pair in value.items() for part in pair):
        # Merges, of which there may be many.
        return [np.array(list(value.keys())), np.array(list(value.values()))]
    return [part for pair in value.items() for part in pair]


_CONTAINERS: dict[type, tuple[str, Callable[[Any], Sequence[object]]]] = {
    tuple: ("tuple", list),
    list: ("list", list),
    frozenset: ("set", list),
    dict: ("dict", _parts_of_dict),
}


def _object(value: object, writer: SnapshotWriter) -> object:
    kind = type(value)
    told: list[object] = []
    for name in FIELDS[kind]:
        part = getattr(value, name)
        if name in VECTORS.get(kind, ()):
            part = {start: _Narrow(in_memory(one)) for start, one in part.items()}
            told.append(["dict", *_vectors(part, writer)])
        else:
            told.append(encoded(part, writer))
    return ["object", kind.__name__, *told]


class _Narrow:
    """An array in as few bytes as its numbers fit in."""

    def __init__(self, array: Numbers) -> None:
        self.dtype = array.dtype.str
        most = int(array.max()) if len(array) and array.dtype.kind == "u" else None
        kinds = (np.uint8, np.uint16) if most is not None else ()
        fitting = (one for one in kinds if most is not None and most <= np.iinfo(one).max)
        self.array: Array = array.astype(next(fitting, array.dtype), copy=False)


def _vectors(vectors: dict[int | None, _Narrow], writer: SnapshotWriter) -> list[object]:
    pairs = (
        (start, ["vector", one.dtype, *writer.array(one.array)]) for start, one in vectors.items()
    )
    return [part for pair in pairs for part in pair]


def decoded(told: Any, file: SnapshotFile) -> Any:
    """The value again. Raises Unusable."""
    if not isinstance(told, list):
        return told
    tag, *parts = told
    make = _DECODERS.get(tag)
    if make is None:
        raise Unusable(f"it has a “{tag}”")
    return make(parts, file)


def _each(parts: list[Any], file: SnapshotFile) -> list[Any]:
    return [decoded(part, file) for part in parts]


def _dict(parts: list[Any], file: SnapshotFile) -> dict[Any, Any]:
    found = _each(parts, file)
    if found and isinstance(found[0], np.ndarray):
        keys, values = found
        return dict(zip(keys.tolist(), values.tolist(), strict=True))
    return dict(zip(found[::2], found[1::2], strict=True))


def _instant(parts: list[Any], _: SnapshotFile) -> datetime:
    at = datetime.fromisoformat(parts[0])
    return at if at.tzinfo is None else at.astimezone(UTC)


def _vector(parts: list[Any], file: SnapshotFile) -> MappedVector:
    dtype, *place = parts
    return MappedVector(file.array(place), np.dtype(dtype))  # type: ignore[arg-type]


def _restored(parts: list[Any], file: SnapshotFile) -> object:
    name, *told = parts
    kind = CLASSES.get(name)
    if kind is None:
        raise Unusable(f"it has a “{name}”")
    made: object = object.__new__(kind)
    for field, value in zip(FIELDS[kind], _each(told, file), strict=True):
        object.__setattr__(made, field, value)
    return made


_DECODERS: dict[str, Callable[[list[Any], SnapshotFile], Any]] = {
    "tuple": lambda parts, file: tuple(_each(parts, file)),
    "list": _each,
    "set": lambda parts, file: frozenset(_each(parts, file)),
    "dict": _dict,
    "comparator": lambda parts, _: Comparator(parts[0]),
    "instant": _instant,
    "day": lambda parts, _: date.fromisoformat(parts[0]),
    # Any buffer does, whatever its type says: what is mapped is copied once.
    "bitmap": lambda parts, file: BitMap.deserialize(cast("bytes", file.array(parts))),
    "array": lambda parts, file: file.array(parts),
    "schema": lambda parts, file: pa.ipc.read_schema(pa.py_buffer(file.array(parts).tobytes())),
    "vector": _vector,
    "object": _restored,
}
