"""Writing down what was done: one row per act, in the transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.models import Change, Segment, Team, User, Via
from catalogue.permissions import Actor, label_of
from catalogue.segments.documents import HEAD, SegmentDocument

# Said as d7 → d8, not as two trees.
NOT_LISTED = (*HEAD, "definition", "tests")


def record(
    kind: str,
    *,
    by: Actor,
    via: str,
    segment: Segment | None = None,
    team: Team | None = None,
    object_type: str = "segment",
    object_key: str = "",
    message: str = "",
    details: Mapping[str, Any] | None = None,
) -> Change:
    """Add an act to the log: `kind` is object.verb, `via` one of Via. Never names a customer."""
    return Change.objects.create(
        kind=kind,
        object_type=object_type,
        object_key=object_key or (segment.key if segment else ""),
        segment=segment,
        team=team or (segment.team if segment else None),
        user=by if isinstance(by, User) else None,
        actor=label_of(by),
        via=Via(via),
        message=message,
        details=dict(details or {}),
    )


def changed_fields(before: SegmentDocument, after: SegmentDocument) -> dict[str, list[Any]]:
    """What differs between two documents: {field: [before, after]}; the definition apart."""
    keys = [key for key in {**before, **after} if key not in NOT_LISTED]
    return {
        key: [before.get(key), after.get(key)] for key in keys if before.get(key) != after.get(key)
    }
