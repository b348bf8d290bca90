"""Ids and ordinals: whose number is which. Ordinals are dense and never given twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.models import Account, Customer, OrdinalCounter

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


class Roll:
    """Ordinals of one subject while something is loaded: the known ones, and the next free ones for
    new ids. Nothing is written before `enter`, so only one writer at a time may hold a roll."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        counter, _ = OrdinalCounter.objects.get_or_create(subject=subject)
        self.start = counter.next
        self.new: dict[str, int] = {}

    def known(self, ids: pa.Array) -> dict[str, Known]:
        """What is known of the distinct ids of a column."""
        return look_up(pc.drop_null(pc.unique(ids)).to_pylist(), self.subject)

    def ordinals(self, ids: pa.Array, known: dict[str, Known]) -> np.ndarray:
        """The ordinal of each row's id (int32), a new one where it is unknown. No nulls."""
        distinct = pc.unique(ids)
        numbers = [self._ordinal(external_id, known) for external_id in distinct.to_pylist()]
        places = pc.index_in(ids, value_set=distinct).to_numpy(zero_copy_only=False)
        return np.array(numbers, dtype=np.int32)[places]

    def _ordinal(self, external_id: str, known: dict[str, Known]) -> int:
        if external_id in known:
            return known[external_id].ordinal
        return self.new.setdefault(external_id, self.start + len(self.new))

    def enter(self) -> None:
        """Write the new ids, in the transaction of the photo that makes them visible."""
        if not self.new:
            return
        end = self.start + len(self.new)
        free = OrdinalCounter.objects.filter(subject=self.subject, next=self.start)
        if end > LARGEST or not free.update(next=end):
            raise RuntimeError(f"the ordinals from {self.start} on are not free")
        model = SUBJECTS[self.subject]
        rows = (model(ordinal=number, external_id=name) for name, number in self.new.items())
        model.objects.bulk_create(rows, batch_size=2_000)  # type: ignore[arg-type]
