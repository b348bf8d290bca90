"""Figures as the rows that keep them."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.metrics.crowds import Figure
from catalogue.metrics.held_by import Held
from catalogue.models import DefinitionVersion, Measurement, Photo, Whose

# A reading by its attributes, as it is inserted.
Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Readings of one measuring, all taken on one photo. Nothing is stored here."""

    measurement: Measurement
    photo: Photo

    def row(self, figure: Figure) -> Row:
        """One of everyone."""
        return self._row(figure, Whose.EVERYONE)

    def row_of(self, held: Held, figure: Figure, *, whose: Whose = Whose.MEMBERS) -> Row:
        """One of a segment's members, or of all others."""
        about = {"segment_id": held.segment.pk, "membership_id": held.version.pk}
        definition = {"definition_id": held.version.definition_id}
        return self._row(figure, whose) | about | definition

    def row_before(self, held: Held, definition: DefinitionVersion, figure: Figure) -> Row:
        """One of those whom another definition would hold at the same instant: no version does."""
        about = {"segment_id": held.segment.pk, "definition_id": definition.pk}
        return self._row(figure, Whose.BEFORE) | about

    def _row(self, figure: Figure, whose: Whose) -> Row:
        found, between = figure.reading, figure.reading.interval
        return {
            "measurement_id": self.measurement.pk,
            "segment_id": None,
            "membership_id": None,
            "definition_id": None,
            "whose": whose.value,
            "metric": figure.metric,
            "value": found.value,
            "n": found.n,
            "low": None if between is None else between.low,
            "high": None if between is None else between.high,
            "unit": found.unit,
            "method": found.method,
            "reason": found.reason[:400],
            "points": figure.points,
            "as_of": self.measurement.now,
            "photo_id": self.photo.pk,
        }
