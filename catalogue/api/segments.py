"""/segments/ and /segments/{key}/"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.filtering import check_filter, parameters_of
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.parsing import check_names
from catalogue.api.problems import Flaw, Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.segment_data import segments_data, with_all
from catalogue.api.shapes.segments import EditShape, NewSegmentShape, SegmentPage, SegmentShape
from catalogue.definitions.segment_file import API_VERSION, KIND
from catalogue.filtersets import SegmentFilter
from catalogue.models import Scope, Segment, Status, Via
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import create_segment, edit_segment
from catalogue.segments.refusals import SegmentRefused, StaleEdit

PRIVATE = "private"


class Segments(Resource):
    """All segments that exist for who asks."""

    also_asked = tuple(SegmentFilter.base_filters)

    @staticmethod
    def filter_parameters() -> list[OpenApiParameter]:
        """The filters, for the OpenAPI document."""
        return parameters_of(SegmentFilter)

    @operation(
        "segments_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: SegmentPage, 304: None},
        problems=("unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List segments. The filters are those of the page /segments/: several values of one are
        alternatives, several filters narrow. Archived segments are found only by `status`; without
        `ordering` the list is by name."""
        now = timezone.now()
        found = SegmentFilter(request.query_params, viewer=self.actor)
        check_filter(found, request.query_params)
        return self.page(
            "segments",
            with_all(found.qs),
            lambda rows: segments_data(request, rows, now=now),
            now=now,
        )

    @operation(
        "segments_create",
        scope=Scope.SEGMENTS_WRITE,
        body=NewSegmentShape,
        answers={201: SegmentShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "refused",
            "invalid-definition",
            "idempotency-conflict",
            "request-in-progress",
        ),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Make a segment. It is a draft until it is published; the body is what its file would say,
        and pointers in errors point into it."""
        check_names(self.sent, NewSegmentShape().fields)
        return once(request, self._create)

    def _create(self) -> Response:
        document = self.sent
        if document.pop("status", Status.DRAFT) != Status.DRAFT:
            raise _bad("/status", "A new segment is a draft. Publish it when it is ready.")
        is_private = _private(document)
        segment = create_segment(
            document={"apiVersion": API_VERSION, "kind": KIND, **document},
            is_private=bool(is_private),
            by=self.actor,
            via=Via.API,
        )
        return segment_answer(self, segment.key, status=201)


class OneSegment(Resource):
    """One segment."""

    @operation(
        "segments_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: SegmentShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, key: str) -> Response:
        """Read a segment. Its ETag is what an edit sends as `If-Match`."""
        return segment_answer(self, self.segment(key).key)

    @operation(
        "segments_update",
        scope=Scope.SEGMENTS_WRITE,
        body=EditShape,
        answers={200: SegmentShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "stale-version",
            "invalid-definition",
            "precondition-required",
        ),
        has_etag=True,
        needs_match=True,
    )
    def patch(self, request: Request, key: str) -> Response:
        """Change fields of a segment at once. Those left out stay as they are, null takes one away.
        The definition of a live segment is not changed like this but drafted and published:
        POST it to `versions/`."""
        segment = self.segment(key)
        check_names(self.sent, EditShape().fields)
        token = etags.token_named(request, segment)
        changes = self.sent
        is_private = _private(changes)
        try:
            with transaction.atomic():
                edit_segment(
                    key=key,
                    document={**document_of(segment), **changes},
                    token=token,
                    is_private=is_private,
                    by=self.actor,
                    via=Via.API,
                )
                return segment_answer(self, key)
        except SegmentRefused as error:
            raise _refused(request, error, segment, changes) from error


def segment_answer(view: Resource, key: str, *, status: int = 200) -> Response:
    """The segment as it is now."""
    segment = with_all(Segment.objects.filter(key=key)).get()
    data = segments_data(view.request, [segment], now=timezone.now())[0]
    etag = etags.strong(etags.content_of(data), state=token_of(segment))
    headers = {"Location": data["url"]} if status == 201 else {}
    return view.answer(data, etag=etag, status=status, headers=headers)


def _private(document: dict[str, Any]) -> bool | None:
    """Take `private` out of the body; None when it says nothing of it."""
    found = document.pop(PRIVATE, None)
    if found is None or isinstance(found, bool):
        return found
    raise _bad(f"/{PRIVATE}", "This must be true or false.")


def _bad(pointer: str, sentence: str) -> Problem:
    flaw = Flaw(code="invalid", detail=sentence, pointer=pointer)
    return Problem("invalid-body", sentence, flaws=[flaw])


def _refused(
    request: Request, error: SegmentRefused, segment: Segment, changes: dict[str, Any]
) -> Exception:
    is_definition = segment.status == Status.LIVE and "definition" in changes
    if isinstance(error, StaleEdit) or not is_definition:
        return error
    where = link(request, "api:versions", segment.key)
    return Problem(
        "refused",
        f"“{segment.name}” is live, so a new definition is drafted and published: POST it to"
        f" {where}, then publish with a message.",
    )
