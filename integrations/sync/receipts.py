"""Receipts: a tool that pulls reports what it holds, and hears whether that is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from catalogue import published
from catalogue.models import Segment
from catalogue.permissions import Actor, label_of
from integrations.models import Receipt, ReceiptVerdict
from integrations.sync.rights import check_can_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `tool` held at `as_of`: `count` people with the order-free `checksum` that pages of
    members give, of the membership version `version`."""

    tool: str
    version: int
    count: int
    checksum: str
    as_of: datetime


@transaction.atomic
def note_receipt(*, segment: Segment, report: Report, now: datetime, by: Actor) -> Receipt:
    """Compare a report with its version as that is served now, and keep both. The receipt is its
    own record: it changes nothing, so the log of changes has no entry of it. Raises
    PermissionDenied and DamagedVersion."""
    check_can_report(by, segment)
    version = published.version(segment.key, report.version)
    expected = published.tally(version) if version is not None else None
    return Receipt.objects.create(
        segment_key=segment.key,
        tool=report.tool,
        membership_version=report.version,
        count=report.count,
        checksum=report.checksum,
        as_of=report.as_of,
        expected=expected.count if expected is not None else None,
        verdict=_verdict(report, expected),
        actor=label_of(by),
        at=now,
    )


def newest_receipts(segment: Segment) -> Sequence[Receipt]:
    """The last word of each tool that pulls the segment, by tool."""
    rows = Receipt.objects.filter(segment_key=segment.key)
    newest = rows.values("tool").annotate(newest=Max("pk")).values("newest")
    return list(Receipt.objects.filter(pk__in=newest).order_by("tool"))


def _verdict(report: Report, expected: published.Tally | None) -> ReceiptVerdict:
    if expected is None:
        return ReceiptVerdict.UNKNOWN_VERSION
    if report.count != expected.count:
        return ReceiptVerdict.DIFFERENT_COUNT
    if report.checksum != expected.checksum:
        return ReceiptVerdict.DIFFERENT_CHECKSUM
    return ReceiptVerdict.EQUAL
