"""The newest row of each of many lists, from one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Max

from integrations.models import Audience, DriftReport, SyncRun

Row = TypeVar("Row", SyncRun, DriftReport)


def newest_of(model: type[Row], audiences: Sequence[Audience]) -> dict[int, Row]:
    """The newest row of each audience, by the audience's id."""
    rows = model._default_manager.filter(audience__in=audiences)
    newest = rows.values("audience").annotate(newest=Max("pk")).values("newest")
    return {row.audience_id: row for row in model._default_manager.filter(pk__in=newest)}
