"""/reviews/ and /segments/{key}/reviews/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.reviews import (
    DueQuery,
    DueReviewsShape,
    NewReviewShape,
    ReviewPage,
    ReviewShape,
)
from catalogue.metrics.reviewing import complete_review
from catalogue.models import Review, Scope, Via
from catalogue.segments.queries.reviews import DueReview, done_reviews, due_reviews


class DueReviews(Resource):
    """What is to be looked over."""

    @operation(
        "reviews_list",
        scope=Scope.SEGMENTS_READ,
        query=DueQuery,
        answers={200: DueReviewsShape, 304: None},
        problems=("unknown-parameter", "invalid-parameter"),
        has_etag=True,
        tag="reviews",
    )
    def get(self, request: Request) -> Response:
        """List the next review of every live segment, the most overdue first. `due` is said 14 days
        before."""
        now, wanted = timezone.now(), self.asked.get("state")
        found = [one for one in due_reviews(self.actor, now=now) if wanted in (None, one.state)]
        whole = {"results": [_due(request, one) for one in found], "as_of": now}
        data = DueReviewsShape(whole).data
        return self.answer(data, etag=etags.weak(data))


class SegmentReviews(Resource):
    """The reviews of a segment."""

    @operation(
        "segments_reviews_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: ReviewPage, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
        tag="reviews",
    )
    def get(self, request: Request, key: str) -> Response:
        """List the reviews that were done, the newest first, with what was known at the time."""
        segment = self.segment(key)
        rows = done_reviews(self.actor).filter(segment=segment)
        return self.page("reviews", rows, lambda some: reviews_data(request, some))

    @operation(
        "segments_reviews_create",
        scope=Scope.SEGMENTS_WRITE,
        body=NewReviewShape,
        answers={201: ReviewShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "idempotency-conflict",
            "request-in-progress",
        ),
        has_etag=True,
        is_idempotent=True,
        tag="reviews",
    )
    def post(self, request: Request, key: str) -> Response:
        """Review a live segment: answer the five questions. What is known is kept with the answers,
        and the next review is due one cadence later. The segment itself is not changed."""
        self.segment(key)
        answers = self.body()

        def act() -> Response:
            review = complete_review(
                key=key, **answers, now=timezone.now(), by=self.actor, via=Via.API
            )
            data = reviews_data(request, [review])[0]
            return self.answer(data, etag=etags.strong(etags.content_of(data)), status=201)

        return once(request, act)


def reviews_data(request: Request, rows: Sequence[Review]) -> list[dict[str, Any]]:
    """Reviews that were done, as the API shows them."""
    whole = [
        {
            "id": row.pk,
            "object": "review",
            "segment": row.segment.key,
            "html_url": link(request, "review", row.pk),
            "definition_version": row.definition.number if row.definition else None,
            "due_on": row.due_on,
            "still_true": row.still_true,
            "still_used": row.still_used,
            "goal_holds": row.goal_holds,
            "message_right": row.message_right,
            "outcome": row.outcome,
            "note": row.note,
            "facts": row.facts,
            "reviewer": row.reviewer,
            "done_at": row.done_at,
        }
        for row in rows
    ]
    return list(ReviewShape(whole, many=True).data)


def _due(request: Request, one: DueReview) -> dict[str, Any]:
    return {
        "segment": one.key,
        "name": one.name,
        "html_url": link(request, "segment-review", one.key),
        "state": one.state,
        "due_at": one.due_at,
        "every": one.every,
        "reviewer": one.reviewer,
        "reviewed_at": one.reviewed_at,
    }
