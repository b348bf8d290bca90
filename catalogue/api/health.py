"""/segments/{key}/health/ and /coverage/"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.problems import Problem
from catalogue.api.resource import Resource
from catalogue.api.shapes.health import CoverageShape, HealthShape
from catalogue.lint.covering import only
from catalogue.lint.looking import FORMULA
from catalogue.models import Coverage, Health, Scope, Segment


class SegmentHealth(Resource):
    """What a segment lacks."""

    @operation(
        "segments_health",
        scope=Scope.SEGMENTS_READ,
        answers={200: HealthShape, 304: None},
        problems=("not-found",),
        has_etag=True,
        tag="segments",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read which rules of segmentation the segment does not keep, each with what to do, as of
        the last look. The catalogue looks after each refresh and each change."""
        data = HealthShape(_health(request, self.segment(key))).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


class TheCoverage(Resource):
    """How segments cover everybody."""

    @operation(
        "coverage_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: CoverageShape, 304: None},
        problems=("not-ready",),
        has_etag=True,
        tag="segments",
    )
    def get(self, request: Request) -> Response:
        """Read how many customers are in no live segment, in many, or told different things by one
        function, and how the largest segments overlap. Numbers only."""
        found = Coverage.objects.first()
        if found is None:
            raise Problem("not-ready", "Nobody has looked yet. Ask again after the next refresh.")
        keys = set(Segment.objects.visible_to(self.actor).values_list("key", flat=True))
        whole = {**only(found.figures, keys), "object": "coverage", "as_of": found.looked_at}
        data = CoverageShape(whole).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


def _health(request: Request, segment: Segment) -> dict[str, Any]:
    found = Health.objects.filter(segment=segment).first()
    rules = request.build_absolute_uri(reverse("rules"))
    return {
        "object": "health",
        "segment": segment.key,
        "score": found.score if found else None,
        "formula": FORMULA,
        "findings": [
            {**one, "documentation": f"{rules}#{one['code']}"}
            for one in (found.findings if found else ())
        ],
        "as_of": found.looked_at if found else None,
    }
