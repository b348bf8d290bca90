"""What customers are ranked by: a figure for each who has one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyroaring import BitMap

from catalogue.definitions.nodes import EventMeasure, Measure
from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.conditions.aggregates import MICRO, Columns, Integers, Sums
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import EventFigure, event_figure
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.conditions.traits import TraitFigure

Figure = EventFigure | TraitFigure
# Whole numbers beyond 64 bits are Python's own.
Numbers = npt.NDArray[np.int64 | np.float64 | np.object_]
Rows = npt.NDArray[np.intp]
# More than the 38 that a sum can have.
DIGITS = 60
# What a figure came to; an average to 6 places.
Amount = Decimal | float | int


def figure_of(measure: Measure, frame: Frame) -> Figure:
    """The figure a measure asks for. Raises DefinitionError for a pattern RE2 does not take."""
    if isinstance(measure, EventMeasure):
        return event_figure(measure, frame)
    return TraitFigure(path=measure.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a scan found: the columns of a figure, one row per customer of whom anything is known;
    no columns when nothing is known of anybody."""

    ordinals: Ordinals
    columns: Columns


NOTHING = Figures(ordinals=np.array([], dtype=np.uint32), columns={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The figures of those who have one, sums in whole millionths. Of averages `numbers` are the
    sums ÷ `of`, rounded down, and `rests` what that leaves of each sum."""

    ordinals: Ordinals
    numbers: Numbers
    of: Integers | None = None
    rests: Numbers | None = None
    in_millionths: bool = False

    def parts(self, rows: Rows) -> list[tuple[int, int]] | None:
        """What an average of each of these rows has above its number, as (part, of); None when none
        has anything."""
        if self.of is None or self.rests is None or not self.rests[rows].any():
            return None
        return list(zip(self.rests[rows].tolist(), self.of[rows].tolist(), strict=True))

    def amount(self, row: int) -> Amount:
        """The figure of a row, for people."""
        number: Amount = self.numbers[row]
        if not self.in_millionths:
            return float(number) if isinstance(number, float) else int(number)
        with localcontext(prec=DIGITS):
            millionths = Decimal(int(number))
            if self.of is not None and self.rests is not None:
                millionths += Decimal(int(self.rests[row])) / int(self.of[row])
            return round(millionths / MICRO, 6)


def scores(figure: Figure, found: Figures, among: BitMap) -> Scores:
    """The figures of those members of `among` who have one. A count is one even when it is zero."""
    inside = _inside(found.ordinals, among)
    if isinstance(figure, EventFigure) and figure.measure.function == "count":
        return _counts(found, inside, among)
    if not found.columns:
        return Scores(ordinals=found.ordinals, numbers=np.array([], dtype=np.int64))
    if "sum" in found.columns:
        return _sums(found, inside)
    (column,) = found.columns.values()
    inside &= column.is_valid().to_numpy()
    numbers = column.fill_null(0).to_numpy()
    if "present" in found.columns:
        inside &= numbers > 0
    return Scores(ordinals=found.ordinals[inside], numbers=numbers[inside])


def _inside(ordinals: Ordinals, among: BitMap) -> Mask:
    """Whose ordinals are among them."""
    if not len(ordinals) or not among:
        return np.zeros(len(ordinals), dtype=bool)
    is_in = np.zeros(max(int(ordinals.max()), among.max()) + 1, dtype=bool)
    is_in[np.array(among.to_array())] = True
    return is_in[ordinals]


def _counts(found: Figures, inside: Mask, among: BitMap) -> Scores:
    seen = found.ordinals[inside]
    column = found.columns.get("count", pa.chunked_array([], pa.int64()))
    unseen = np.array((among - BitMap(seen)).to_array(), dtype=np.uint32)
    return Scores(
        ordinals=np.concatenate([seen, unseen]),
        numbers=np.concatenate([column.to_numpy()[inside], np.zeros(len(unseen), dtype=np.int64)]),
    )


def _sums(found: Figures, inside: Mask) -> Scores:
    sums, known = Sums.read(found.columns["sum"])
    totals: Numbers = sums.millionths
    if sums.large:
        totals = totals.astype(object)
        totals[list(sums.large)] = list(sums.large.values())
    inside &= known
    ordinals, totals = found.ordinals[inside], totals[inside]
    if "of" not in found.columns:
        return Scores(ordinals=ordinals, numbers=totals, in_millionths=True)
    of = found.columns["of"].to_numpy()[inside]
    whole = totals // of
    return Scores(
        ordinals=ordinals, numbers=whole, of=of, rests=totals - whole * of, in_millionths=True
    )
