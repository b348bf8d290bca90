"""/segments/{key}/archive/ and unarchive/: instead of deleting."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import Nothing, operation
from catalogue.api.resource import Resource
from catalogue.api.segments import segment_answer
from catalogue.api.shapes.segments import ArchiveShape, SegmentShape
from catalogue.models import Scope, Via
from catalogue.segments.publishing import archive, unarchive

PROBLEMS = ("malformed-body", "invalid-body", "forbidden", "not-found", "refused")
KEPT = ("idempotency-conflict", "request-in-progress")


class Archive(Resource):
    """Taking a segment out of use."""

    @operation(
        "segments_archive",
        scope=Scope.SEGMENTS_PUBLISH,
        body=ArchiveShape,
        answers={200: SegmentShape},
        problems=(*PROBLEMS, "stale-version", "precondition-required", *KEPT),
        has_etag=True,
        needs_match=True,
        is_idempotent=True,
    )
    def post(self, request: Request, key: str) -> Response:
        """Archive a segment. It is not refreshed, listed or synced any more; its key, versions and
        history stay. `replacement` is the key of the segment to use instead."""
        segment = self.segment(key)
        body = self.body()

        def act() -> Response:
            token = etags.token_named(request, segment)
            archive(key=key, token=token, by=self.actor, via=Via.API, **body)
            return segment_answer(self, key)

        return once(request, act)


class Unarchive(Resource):
    """Bringing an archived segment back."""

    @operation(
        "segments_unarchive",
        scope=Scope.SEGMENTS_PUBLISH,
        body=Nothing,
        answers={200: SegmentShape},
        problems=(*PROBLEMS, *KEPT),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, key: str) -> Response:
        """Bring an archived segment back, as a draft. Nothing happens to any other."""
        self.segment(key)
        self.body()

        def act() -> Response:
            unarchive(key=key, by=self.actor, via=Via.API)
            return segment_answer(self, key)

        return once(request, act)
