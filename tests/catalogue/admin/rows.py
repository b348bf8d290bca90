"""More rows, to see that lists of any length take the same number of queries."""

from __future__ import annotations

from catalogue.models import Change, RefreshRun, Segment
from integrations.models import Destination
from tests.catalogue.admin.ground import add_list
from tests.catalogue.web.workspace import add_membership
from tests.catalogue.workspace import define


def add_rows(count: int) -> None:
    """As many segments as said, each with a version, a size, a change, a run and a tool."""
    tool = Destination.objects.get(key="drop")
    for number in range(count):
        key = f"more-{number}"
        segment: Segment = define(key, {"trait": "plan", "is": "pro"}, name=key, status="live")
        segment.membership = add_membership(segment, number=1, size=number, now=segment.created_at)
        segment.save()
        RefreshRun.objects.create(keys=[key])
        Change.objects.create(
            kind="segment.edited",
            object_type="segment",
            object_key=key,
            segment=segment,
            actor="Mia",
            via="web",
        )
        add_list(segment, tool)
