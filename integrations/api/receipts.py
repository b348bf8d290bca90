"""/segments/{key}/receipts/: what tools that pull hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.problems import Flaw, Problem
from catalogue.api.resource import Resource
from catalogue.models import Scope
from integrations.api.destinations import LISTS
from integrations.api.receipt_shapes import (
    NewReceiptShape,
    ReceiptPage,
    ReceiptShape,
    ReceiptsQuery,
)
from integrations.models import Receipt
from integrations.sync.receipts import Report, note_receipt

# Clocks of others may be ahead of ours by this much.
AHEAD = timedelta(minutes=5)


class Receipts(Resource):
    """What tools that pull said of one segment."""

    @operation(
        "segments_receipts_list",
        scope=Scope.DESTINATIONS_READ,
        query=ReceiptsQuery,
        answers={200: ReceiptPage, 304: None},
        problems=("not-found", *LISTS),
        has_etag=True,
        tag="receipts",
    )
    def get(self, request: Request, key: str) -> Response:
        """List receipts, the newest first; those of one tool by `tool`."""
        rows = Receipt.objects.filter(segment_key=self.segment(key).key).order_by("-pk")
        tool = self.asked.get("tool", "")
        return self.page("receipts", rows.filter(tool=tool) if tool else rows, _data)

    @operation(
        "segments_receipts_create",
        scope=Scope.RECEIPTS_WRITE,
        body=NewReceiptShape,
        answers={201: ReceiptShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "missing-scope",
            "forbidden",
            "not-found",
            "damaged-version",
            "idempotency-conflict",
            "request-in-progress",
        ),
        has_etag=True,
        is_idempotent=True,
        tag="receipts",
    )
    def post(self, request: Request, key: str) -> Response:
        """Report what a tool holds of the segment, and hear whether it is right. `count` and
        `checksum` are compared with the named version as it is served now, so somebody suppressed
        since you pulled makes a difference: follow the changes, then report. A key needs the scope
        `members:read` as well."""
        segment, body, now = self.segment(key), self.body(), timezone.now()
        _check_is_past(body["as_of"], now)
        report = Report(
            tool=body["tool"],
            version=body["membership_version"],
            count=body["count"],
            checksum=body["checksum"].lower(),
            as_of=body["as_of"],
        )

        def act() -> Response:
            row = note_receipt(segment=segment, report=report, now=now, by=self.actor)
            data = _data([row])[0]
            return self.answer(data, etag=etags.strong(etags.content_of(data)), status=201)

        return once(request, act)


def _check_is_past(as_of: datetime, now: datetime) -> None:
    if as_of > now + AHEAD:
        sentence = "A report cannot be of the future. Send when the tool held this, in UTC."
        flaw = Flaw(code="invalid", detail=sentence, pointer="/as_of")
        raise Problem("invalid-body", sentence, flaws=[flaw])


def _data(rows: Sequence[Receipt]) -> list[dict[str, Any]]:
    return [dict(ReceiptShape(_whole(row)).data) for row in rows]


def _whole(row: Receipt) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "receipt",
        "segment": row.segment_key,
        "tool": row.tool,
        "membership_version": row.membership_version,
        "count": row.count,
        "checksum": row.checksum,
        "as_of": row.as_of,
        "verdict": row.verdict,
        "expected_count": row.expected,
        "evidence": row.evidence,
        "reported_by": row.actor,
        "reported_at": row.at,
    }
