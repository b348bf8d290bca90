"""Looking at all segments and keeping what was found, so that a list of them costs no look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from pyroaring import BitMap

from catalogue.lint.covering import Laid, cover
from catalogue.lint.gathering import gather, segments_to_look_at
from catalogue.lint.known import Finding
from catalogue.lint.looking import look_at, score_of
from catalogue.membership.overlap import newest_members
from catalogue.models import Change, Coverage, Health, Measurement, Segment, Status
from catalogue.segments.subjects import subject_of
from catalogue.warehouse import photos

# Evidence expires and reviews fall due by the clock alone.
OLDEST = timedelta(days=1)


def is_due(*, now: datetime) -> bool:
    """Whether anything that a rule looks at may be another than at the last look."""
    looked_at = Coverage.objects.values_list("looked_at", flat=True).first()
    if looked_at is None or looked_at < now - OLDEST:
        return Segment.objects.exclude(status=Status.ARCHIVED).exists()
    newest = [
        # The log is long, and the newest entry is the last one.
        Change.objects.order_by("-pk").values_list("at", flat=True).first(),
        Segment.objects.aggregate(at=Max("refreshed_at"))["at"],
        Segment.objects.aggregate(at=Max("updated_at"))["at"],
        Measurement.objects.aggregate(at=Max("finished_at"))["at"],
    ]
    return any(at is not None and at > looked_at for at in newest)


def look_at_everything(*, now: datetime) -> Mapping[str, list[Finding]]:
    """Look at every segment that is not archived, keep what is found instead of what was found the
    last time, and return it by key."""
    segments = segments_to_look_at()
    sets = newest_members(segments)
    found = {known.key: look_at(known) for known in gather(segments, sets, now)}
    figures = cover(_laid(segments, sets), _everybody()).row()
    with transaction.atomic():
        _keep(segments, found, now)
        Coverage.objects.update_or_create(pk=1, defaults={"figures": figures, "looked_at": now})
    return found


def _keep(segments: list[Segment], found: Mapping[str, list[Finding]], now: datetime) -> None:
    Health.objects.exclude(segment__in=[one.pk for one in segments]).delete()
    rows = [
        Health(
            segment=one,
            score=score_of(found[one.key]),
            findings=[finding.row() for finding in found[one.key]],
            looked_at=now,
        )
        for one in segments
    ]
    Health.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["segment"],
        update_fields=["score", "findings", "looked_at"],
    )


def _laid(segments: list[Segment], sets: Mapping[int, BitMap]) -> list[Laid]:
    live = [one for one in segments if one.status == Status.LIVE and one.pk in sets]
    return [
        Laid(
            key=one.key,
            name=one.name,
            members=sets[one.pk],
            messages={said.function: said.text for said in one.messages.all()},
        )
        for one in live
        if subject_of(one.definition) == "customer"
    ]


def _everybody() -> BitMap:
    photo = photos.newest_photo()
    return BitMap() if photo is None else photos.open_photo(photo).customers
