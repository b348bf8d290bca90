"""Ids and ordinals: whose number is which. Ordinals are dense and never given twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.utils import timezone
from pyroaring import BitMap

from catalogue.models import Account, Customer, OrdinalCounter
from catalogue.warehouse.suppressed import suppress_new

T = TypeVar("T")
SUBJECTS: dict[str, type[Customer] | type[Account]] = {"customer": Customer, "account": Account}
CHUNK = 900  # parameters of one query; SQLite may allow no more than 999
LARGEST = 2**31 - 1  # the lake keeps ordinals as int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an id."""

    ordinal: int
    deleted_at: datetime | None


def ordinals_of(ids: Iterable[str], subject: str = "customer") -> tuple[BitMap, list[str]]:
    """Ordinals of the ids (deleted and merged-away ones too), and the ids nobody has, as given."""
    wanted = list(dict.fromkeys(ids))
    known = look_up(wanted, subject)
    found = BitMap([entry.ordinal for entry in known.values()])
    return found, [external_id for external_id in wanted if external_id not in known]


def ids_of(ordinals: BitMap, subject: str = "customer") -> Iterator[tuple[int, str]]:
    """(ordinal, external id) by rising ordinal; ordinals nobody has are left out."""
    rows = SUBJECTS[subject].objects.values_list("ordinal", "external_id").order_by("ordinal")
    if _are_most_of_a_stretch(ordinals):
        stretch = rows.filter(ordinal__gte=ordinals.min(), ordinal__lte=ordinals.max())
        yield from (row for row in stretch.iterator(chunk_size=10_000) if row[0] in ordinals)
        return
    for chunk in _chunks(list(ordinals)):
        yield from rows.filter(ordinal__gte=chunk[0], ordinal__lte=chunk[-1], ordinal__in=chunk)


def everybody(subject: str) -> pa.Table:
    """`of`, the external id, and `ordinal` (int32) of every customer or account there ever was."""
    objects = SUBJECTS[subject].objects
    rows = list(objects.values_list("external_id", "ordinal").iterator(10_000))
    columns = {
        "of": pa.array([of for of, _ in rows], pa.string()),
        "ordinal": pa.array([ordinal for _, ordinal in rows], pa.int32()),
    }
    return pa.table(columns)


def _are_most_of_a_stretch(ordinals: BitMap) -> bool:
    """Whether reading all from the first to the last is quicker than asking for some of them."""
    return len(ordinals) > CHUNK and ordinals.max() - ordinals.min() < 4 * len(ordinals)


def look_up(ids: Sequence[str], subject: str) -> dict[str, Known]:
    """What is known of each id; unknown ones are absent."""
    objects = SUBJECTS[subject].objects
    rows = objects.values_list("external_id", "ordinal", "deleted_at")
    if len(ids) * 4 > objects.count():
        wanted = set(ids)
        found = (row for row in rows.iterator(chunk_size=10_000) if row[0] in wanted)
    else:
        found = (row for chunk in _chunks(ids) for row in rows.filter(external_id__in=chunk))
    return {row[0]: Known(ordinal=row[1], deleted_at=row[2]) for row in found}


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIds:
    """What is known of the ids of a column: `ordinals` of those in `ids`, and since when those are
    deleted that are."""

    ids: pa.Array
    ordinals: np.ndarray
    deleted: Mapping[str, datetime]

    def among(self, ids: pa.Array) -> np.ndarray:
        """The ordinal of each of other ids; -1 where it is unknown."""
        places = pc.fill_null(pc.index_in(ids, value_set=self.ids), len(self.ids))
        return np.append(self.ordinals, -1)[places.to_numpy()]


def known_ids(ids: pa.Array, subject: str) -> KnownIds:
    """What is known of distinct ids, columns at a time: for the many ids of a load."""
    objects = SUBJECTS[subject].objects
    rows = objects.values_list("external_id", "ordinal")
    if len(ids) * 4 > objects.count():
        found = list(rows.iterator(chunk_size=10_000))
    else:
        chunks = _chunks(ids.to_pylist())
        found = [row for chunk in chunks for row in rows.filter(external_id__in=chunk)]
    names = pa.array([name for name, _ in found], pa.string())
    return KnownIds(
        ids=names,
        ordinals=np.array([ordinal for _, ordinal in found], dtype=np.int64),
        deleted=_deleted(ids, subject),
    )


def _deleted(ids: pa.Array, subject: str) -> dict[str, datetime]:
    """Since when those of the ids are deleted that are."""
    rows = SUBJECTS[subject].objects.values_list("external_id", "deleted_at")
    gone = {name: when for name, when in rows.filter(deleted_at__isnull=False) if when}
    names = pa.array(list(gone), pa.string())
    return {name: gone[name] for name in names.filter(pc.is_in(names, value_set=ids)).to_pylist()}


class Roll:
    """Ordinals of one subject while something is loaded: the known ones, and the next free ones for
    new ids. Nothing is written before `enter`, so only one writer at a time may hold a roll.

    Columns of ids are text, plain or dictionary-encoded."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        counter, _ = OrdinalCounter.objects.get_or_create(subject=subject)
        self.start = counter.next
        self.new: dict[str, int] = {}

    def known(self, ids: pa.Array) -> KnownIds:
        """What is known of the ids of a column."""
        return known_ids(encoded(ids).dictionary, self.subject)

    def ordinals(self, ids: pa.Array, known: KnownIds) -> np.ndarray:
        """The ordinal of each row's id (int32), a new one where it is unknown. No nulls."""
        column = encoded(ids)
        codes = column.indices.to_numpy()
        by_code = known.among(column.dictionary)
        is_there = np.zeros(len(by_code), dtype=bool)
        is_there[codes] = True
        fresh = np.flatnonzero(is_there & (by_code < 0))
        names = column.dictionary.take(pa.array(fresh)).to_pylist()
        by_code[fresh] = [self._new(name) for name in names]
        return by_code.astype(np.int32)[codes]

    def _new(self, external_id: str) -> int:
        return self.new.setdefault(external_id, self.start + len(self.new))

    def enter(self) -> None:
        """Write the new ids, in the transaction of the photo that makes them visible. Who is on the
        list of suppressions is suppressed at once."""
        if not self.new:
            return
        end = self.start + len(self.new)
        free = OrdinalCounter.objects.filter(subject=self.subject, next=self.start)
        if end > LARGEST or not free.update(next=end):
            raise RuntimeError(f"the ordinals from {self.start} on are not free")
        with connection.cursor() as cursor:
            cursor.executemany(_insert(SUBJECTS[self.subject]), self._rows())
        if self.subject == "customer":
            suppress_new(self.new)

    def _rows(self) -> list[tuple[int, str, str | None]]:
        entered = connection.ops.adapt_datetimefield_value(timezone.now())
        return [(number, name, entered) for name, number in self.new.items()]


def encoded(ids: pa.Array) -> pa.Array:
    """The column with each distinct id once."""
    return ids if pa.types.is_dictionary(ids.type) else ids.dictionary_encode()


def _insert(model: type[Customer] | type[Account]) -> str:
    # A million objects of the model would take most of the time that loading takes.
    quoted = connection.ops.quote_name
    columns = (quoted(name) for name in ("ordinal", "external_id", "created_at"))
    table = quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES (%s, %s, %s)"  # noqa: S608 (our names)
