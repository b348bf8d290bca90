"""/segments/{key}/feedback/"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.resource import Resource
from catalogue.api.shapes.feedback import FeedbackShape, NewFeedbackShape, PrecisionShape
from catalogue.metrics.measured import Reading
from catalogue.metrics.precision import precision_of
from catalogue.models import Scope
from catalogue.published.feedback import give_feedback


class SegmentFeedback(Resource):
    """Whether its members fit."""

    @operation(
        "segments_feedback_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: PrecisionShape, 304: None},
        problems=("not-found",),
        has_etag=True,
        tag="feedback",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read how many of the judged members fit, by month, and the most frequent reasons why
        others do not. Nobody is named."""
        found = precision_of(self.segment(key))
        whole = {
            "segment": key,
            "precision": _share(found.whole),
            "months": [
                {"month": one.month, "precision": _share(one.precision)} for one in found.months
            ],
            "reasons": [
                {"reason": one.code, "label": one.label, "count": one.count}
                for one in found.reasons
            ],
            "as_of": found.as_of,
        }
        data = PrecisionShape(whole).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))

    @operation(
        "segments_feedback_create",
        scope=Scope.MEMBERS_READ,
        body=NewFeedbackShape,
        answers={201: FeedbackShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "damaged-version",
            "idempotency-conflict",
            "request-in-progress",
        ),
        personal=True,
        has_etag=True,
        is_idempotent=True,
        tag="feedback",
    )
    def post(self, request: Request, key: str) -> Response:
        """Say of a member that they fit, or for which reason they do not. The newest judgement of
        each member counts."""
        self.segment(key)
        body = self.body()

        def act() -> Response:
            given = give_feedback(
                key=key,
                member=body["id"],
                fits=body["fits"],
                reason=body.get("reason", ""),
                note=body["note"],
                now=timezone.now(),
                by=self.actor,
            )
            whole = {
                "segment": key,
                "id": body["id"],
                "fits": given.fits,
                "reason": given.reason or None,
                "membership_version": given.membership.number,
                "by": given.who,
                "at": given.at,
            }
            data = FeedbackShape(whole).data
            return self.answer(data, etag=etags.strong(etags.content_of(data)), status=201)

        return once(request, act)


def _share(reading: Reading) -> dict[str, Any]:
    interval = reading.interval
    return {
        "value": reading.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "n": reading.n,
        "method": reading.method,
        "why": reading.reason or None,
    }
