"""/drift/: how true each copy is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.operations import operation
from catalogue.models import Scope
from integrations.api.destinations import LISTS, DestinationResource
from integrations.api.shapes import DriftQuery, TruthPage, TruthShape
from integrations.models import Audience
from integrations.sync.truth import truths


class Drift(DestinationResource):
    """Every list in every tool."""

    @operation(
        "drift_list",
        scope=Scope.DESTINATIONS_READ,
        query=DriftQuery,
        answers={200: TruthPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List the copies of segments in tools, each on three axes with what they rest on: does the
        tool hold our current definition, our current people, and is the connection working?"""
        wanted = {
            "destination__key": self.asked.get("destination"),
            "segment_key": self.asked.get("segment"),
        }
        rows = Audience.objects.filter(
            **{name: value for name, value in wanted.items() if value},
            segment_key__in=self.visible,
        ).select_related("destination")
        ordered = rows.defer("acknowledged", "uncertain", "sent").order_by(
            "destination__key", "segment_key", "id"
        )
        return self.page("drift", ordered, _show)


def _show(rows: Sequence[Audience]) -> list[dict[str, Any]]:
    return list(TruthShape(truths(rows), many=True).data)
