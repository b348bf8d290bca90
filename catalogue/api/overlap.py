"""/overlap/: what segments have in common."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.operations import operation
from catalogue.api.parsing import invalid_parameter
from catalogue.api.resource import Resource
from catalogue.api.shapes.overlap import OverlapQuery, OverlapShape
from catalogue.membership.overlap import overlap
from catalogue.models import Scope

MOST_SEGMENTS = 100


class Overlaps(Resource):
    """Who is in several segments at once: how many, never who."""

    @operation(
        "overlap_retrieve",
        scope=Scope.SEGMENTS_READ,
        query=OverlapQuery,
        answers={200: OverlapShape},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "refused", "not-ready"),
        limit="estimates",
        tag="segments",
    )
    def get(self, request: Request) -> Response:
        """Lay 2 to 100 segments over each other, each at its newest membership version: what every
        two have in common, and of up to five each region. Numbers only."""
        keys = list(dict.fromkeys(key.strip() for key in self.asked["segments"].split(",")))
        if not 2 <= len(keys) <= MOST_SEGMENTS:
            said = f"Name 2 to {MOST_SEGMENTS} segments by their keys, with commas between."
            raise invalid_parameter("segments", said)
        return Response(OverlapShape(overlap(keys, viewer=self.actor).as_data()).data)
