"""/segments/{key}/leaving/: who will leave by the clock alone."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.operations import operation
from catalogue.api.resource import Resource
from catalogue.api.shapes.leaving import LeavingQuery, LeavingShape
from catalogue.membership.leaving import leaving
from catalogue.models import Scope


class Leaves(Resource):
    """How many, and when; never who."""

    @operation(
        "segments_leaving",
        scope=Scope.SEGMENTS_READ,
        query=LeavingQuery,
        answers={200: LeavingShape},
        problems=(
            "not-found",
            "unknown-parameter",
            "invalid-parameter",
            "not-ready",
            "invalid-definition",
            "too-expensive",
        ),
        limit="estimates",
        tag="segments",
    )
    def get(self, request: Request, key: str) -> Response:
        """Foretell how many members of the newest membership version will leave by the clock alone,
        day by day: as if nothing more were said or done."""
        segment = self.segment(key)
        found = leaving(segment, now=timezone.now(), days=self.asked["days"])
        return Response(LeavingShape({**found.row(), "as_of": found.now}).data)
