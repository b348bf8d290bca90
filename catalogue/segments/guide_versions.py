"""Every change of what a function says is a version: numbered, kept, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from catalogue.models import PARTS, GuideVersion, MessageGuide, Segment


def keep_versions(segment: Segment, wanted: Mapping[str, Any], *, author: str) -> bool:
    """Make the guides of a segment what a file says, each change a further version; whether
    anything changed. The caller holds the transaction and has checked everything."""
    stored = {one.function: one for one in segment.messages.all()}
    changed = [name for name, said in wanted.items() if _differs(stored.get(name), said)]
    gone = [name for name in stored if name not in wanted]
    for function in [*changed, *gone]:
        _next_version(segment, function, wanted.get(function), author)
    segment.messages.filter(function__in=gone).delete()
    return bool(changed or gone)


def _differs(guide: MessageGuide | None, said: Any) -> bool:
    return guide is None or guide.as_written() != said


def _next_version(segment: Segment, function: str, said: Any, author: str) -> None:
    rows = GuideVersion.objects.filter(segment=segment, function=function)
    number = (rows.aggregate(newest=Max("number"))["newest"] or 0) + 1
    GuideVersion.objects.create(
        segment=segment, function=function, number=number, said=said, author=author
    )
    if said is None:
        return
    parts = said if isinstance(said, dict) else {"message": said}
    fields = {"text": parts["message"], **{name: parts.get(name, "") for name in PARTS}}
    unapproved = {"number": number, "approver": None, "approved_at": None}
    MessageGuide.objects.update_or_create(
        segment=segment, function=function, defaults={**fields, **unapproved}
    )
