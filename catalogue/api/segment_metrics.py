"""/segments/{key}/metrics/: what was measured of a segment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.parsing import invalid_parameter
from catalogue.api.resource import Resource
from catalogue.api.shapes.metrics import ReadingsQuery, SegmentMetricsShape
from catalogue.definitions.pieces import nearest
from catalogue.metrics.comparing import (
    NOTHING,
    PERIOD,
    Snapshot,
    Value,
    difference,
    everyone_at,
    history,
    newest_of,
    others_at,
)
from catalogue.metrics.registry import own_rows
from catalogue.metrics.standard import STANDARD
from catalogue.models import Scope, Segment

STRETCH = timedelta(days=28)


class SegmentMetrics(Resource):
    """Readings of a segment."""

    @operation(
        "segments_metrics",
        scope=Scope.METRICS_READ,
        query=ReadingsQuery,
        answers={200: SegmentMetricsShape, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter"),
        has_etag=True,
        tag="segments",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read what was measured of a segment's members, the oldest first, each value with its
        interval, the number of people and the versions that it measured; and the newest of them
        beside those of somebody else. Numbers on too few people are hidden, with the reason."""
        segment = self.segment(key)
        keys = self._keys()
        they = newest_of(segment, until=self.asked.get("to"))
        since = self.asked.get("from") or (they.as_of and they.as_of - STRETCH)
        found = history(
            segment,
            since=since,
            until=self.asked.get("to"),
            grain=self.asked.get("grain", ""),
            metrics=keys,
        )
        values = sorted((one for some in found.values() for one in some), key=_place)
        data = SegmentMetricsShape(
            {
                "object": "segment_metrics",
                "segment": segment.key,
                "as_of": they.as_of,
                "readings": [reading_data(one) for one in values],
                "compared_to": self.asked.get("compare_to"),
                "compared": self._compared(segment, they, keys),
            }
        ).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))

    def _keys(self) -> list[str]:
        keys = [key.strip() for key in self.asked.get("metric__in", "").split(",") if key.strip()]
        known = {*STANDARD, *own_rows().values_list("key", flat=True)}
        for key in keys:
            if key not in known:
                said = f"There is no metric “{key}”."
                raise invalid_parameter("metric__in", said, nearest(key, known))
        return keys

    def _compared(
        self, segment: Segment, they: Snapshot, keys: Collection[str]
    ) -> list[dict[str, Any]]:
        other = self._other(segment, they)
        return [
            _side_by_side(one, other.values[metric])
            for metric, one in they.values.items()
            if metric in other.values and (not keys or metric in keys)
        ]

    def _other(self, segment: Segment, they: Snapshot) -> Snapshot:
        asked = self.asked.get("compare_to")
        if asked is None or they.as_of is None:
            return NOTHING
        match asked:
            case "others":
                return others_at(segment, they)
            case "everyone":
                return everyone_at(they)
            case "previous":
                return newest_of(segment, until=they.as_of - PERIOD)
        found = Segment.objects.visible_to(self.actor).filter(key=asked.replace("\x00", "")).first()
        if found is None:
            said = f"There is no segment “{asked}”. Write others, everyone, previous or a key."
            raise invalid_parameter("compare_to", said)
        return newest_of(found, until=they.as_of)


def reading_data(one: Value) -> dict[str, Any]:
    """A reading as the API says it."""
    return {
        "metric": one.metric,
        "as_of": one.as_of,
        "value": one.value,
        "n": one.n,
        "low": one.low,
        "high": one.high,
        "unit": one.unit,
        "method": one.method,
        "reason": one.reason,
        "whose": one.whose,
        "definition_version": one.definition,
        "membership_version": one.membership,
        "points": list(one.points),
    }


def _side_by_side(one: Value, other: Value) -> dict[str, Any]:
    found = difference(one, other)
    return {
        "metric": one.metric,
        "other": reading_data(other),
        "difference": found and found.by,
        "is_clear": found and found.is_clear,
    }


def _place(one: Value) -> tuple[Any, ...]:
    return one.as_of, one.metric, one.whose != "before"
