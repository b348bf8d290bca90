"""Figures as the rows that keep them."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.metrics.crowds import Figure
from catalogue.metrics.held_by import Held
from catalogue.models import DefinitionVersion, Measurement, Photo, Reading, Whose


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Readings of one measuring, all taken on one photo. Nothing is stored here."""

    measurement: Measurement
    photo: Photo

    def row(self, figure: Figure) -> Reading:
        """One of everyone."""
        return self._row(figure, Whose.EVERYONE)

    def row_of(self, held: Held, figure: Figure, *, whose: Whose = Whose.MEMBERS) -> Reading:
        """One of a segment's members, or of all others."""
        row = self._row(figure, whose)
        row.segment, row.membership = held.segment, held.version
        row.definition = held.version.definition
        return row

    def row_before(self, held: Held, definition: DefinitionVersion, figure: Figure) -> Reading:
        """One of those whom another definition would hold at the same instant: no version does."""
        row = self._row(figure, Whose.BEFORE)
        row.segment, row.definition = held.segment, definition
        return row

    def _row(self, figure: Figure, whose: Whose) -> Reading:
        found, between = figure.reading, figure.reading.interval
        return Reading(
            measurement=self.measurement,
            whose=whose,
            metric=figure.metric,
            value=found.value,
            n=found.n,
            low=None if between is None else between.low,
            high=None if between is None else between.high,
            unit=found.unit,
            method=found.method,
            reason=found.reason[:400],
            points=figure.points,
            as_of=self.measurement.now,
            photo=self.photo,
        )
