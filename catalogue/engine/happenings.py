"""Who did which events when, for those who ask for times and not for a condition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from catalogue.definitions.nodes import EventSelector
from catalogue.definitions.windows import Interval, events_until
from catalogue.engine.conditions.events import Pick, selection_of, where_of
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.walks.rows import Rows, read_rows
from catalogue.warehouse.tables import Tables


def happenings(
    wanted: Sequence[EventSelector], tables: Tables, frame: Frame, since: datetime
) -> tuple[Rows, list[Pick]]:
    """All events from `since` up to and with now that are one of the wanted ones, in one query, and
    for each of these its pick. Raises DefinitionError `too_expensive` when they are too many."""
    picks = [Pick(selection=selection_of(one), where=where_of(one, frame)) for one in wanted]
    known = tables.event_names()
    names = frozenset[str]().union(*(pick.selection.among(known) for pick in picks))
    found = {name: tables.events(name) for name in sorted(names)}
    sources = {name: table for name, table in found.items() if table is not None}
    covered = events_until(Interval(start=since), frame.now)
    if not sources:
        return _nothing(picks), picks
    return read_rows(sources, picks, covered, tables), picks


def _nothing(picks: Sequence[Pick]) -> Rows:
    return Rows(
        people=np.zeros(0, dtype=np.uint32),
        person=np.zeros(0, dtype=np.int64),
        at=np.zeros(0, dtype=np.int64),
        fits={pick: np.zeros(0, dtype=bool) for pick in picks},
    )
