"""The long part of a measuring: everybody is looked at once, then each segment is a mask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.conf import settings
from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.engine.inputs import SegmentInput, Stopped
from catalogue.engine.per_person import Answers, customers_of, per_person
from catalogue.membership.gathering import gather
from catalogue.metrics.company import asked_by, own_metrics, worked
from catalogue.metrics.crowds import (
    Figure,
    Known,
    Totals,
    buying,
    crowd_figures,
    known,
    moved,
    totals,
)
from catalogue.metrics.entries import Entries, entries_of
from catalogue.metrics.everybody import Everybody, Pass, read_everybody
from catalogue.metrics.held_by import Held, as_inputs, held
from catalogue.metrics.meanings import meanings_of
from catalogue.metrics.staying import stays
from catalogue.metrics.taking import Row, Taking
from catalogue.models import (
    Measurement,
    Metric,
    Photo,
    Whose,
    Workspace,
)
from catalogue.warehouse.tables import Tables

BEFORE = "before:{}"
OF_ACCOUNTS = ", of the customers of its accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is about to be written, why what is not there is not there, and how many rows were
    read."""

    readings: list[Row]
    faults: dict[str, str]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all segments of one measuring stand on."""

    taking: Taking
    tables: Tables
    known: Known
    entries: dict[int, Entries]
    all_of_them: Totals
    answers: Answers


def look(
    measurement: Measurement,
    photo: Photo,
    tables: Tables,
    *,
    on_progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Looked:
    """The readings of everyone and of every segment asked for, its members and all others; of one
    whose definition changed since it was last measured also those whom the one before would hold
    now. Raises Stopped and ScanFailed."""
    faults: dict[str, str] = {}
    segments = list(held(measurement.keys, measurement.now, faults))
    everybody = _everybody(measurement, tables, len(segments), on_progress, should_stop)
    ground = _ground(measurement, photo, tables, segments, everybody, should_stop)
    readings = [*_of_everyone(ground)]
    for place, one in enumerate(segments):
        if should_stop():
            raise Stopped("the measuring was asked to stop")
        on_progress(place, len(segments))
        readings += _of_segment(one, ground)
    faults |= _said_once(everybody, ground.known)
    return Looked(readings=readings, faults=faults, rows=everybody.rows + ground.answers.rows)


def _everybody(
    measurement: Measurement,
    tables: Tables,
    segments: int,
    on_progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Everybody:
    return read_everybody(
        meanings_of(Workspace.current()),
        Pass(
            tables=tables,
            now=measurement.now,
            should_stop=should_stop,
            on_event=lambda done, total: on_progress(done, total + segments),
        ),
    )


def _ground(
    measurement: Measurement,
    photo: Photo,
    tables: Tables,
    segments: Sequence[Held],
    everybody: Everybody,
    should_stop: Callable[[], bool],
) -> _Ground:
    workspace, now = Workspace.current(), measurement.now
    owned = own_metrics(
        list(Metric.objects.filter(archived_at=None).order_by("key")),
        settings.WORKSPACE_TIME_ZONE,
    )
    asked = asked_by(owned, as_inputs(segments), _before(segments))
    with ThreadPoolExecutor(1) as beside:
        # Arithmetic on what was read, while the engine reads on.
        waiting = beside.submit(buying, everybody, _zone())
        answers = per_person(
            asked, tables, size=everybody.size, now=now, zone=_zone(), should_stop=should_stop
        )
        stayed, bought = stays(everybody.days), waiting.result()
    ids = [one.segment.pk for one in segments]
    found = known(
        everybody,
        bought,
        stayed,
        worked(owned, answers, everybody.size),
        currency=(workspace.revenue or {}).get("currency", ""),
        fewest=workspace.fewest_people,
    )
    return _Ground(
        taking=Taking(measurement=measurement, photo=photo),
        tables=tables,
        known=found,
        entries={} if "converted" in everybody.faults else dict(entries_of(ids, now)),
        all_of_them=totals(found, _places(tables.customers)),
        answers=answers,
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.WORKSPACE_TIME_ZONE)


def _before(segments: Iterable[Held]) -> dict[str, SegmentInput]:
    """The definitions that were measured last, where there is another one by now."""
    found: dict[str, SegmentInput] = {}
    for one in segments:
        canonical = one.before.canonical if one.before is not None else None
        if canonical and one.version.subject == "customer":
            stored = gather([one.segment.key]).inputs.get(one.segment.key)
            lists = stored or SegmentInput(static=BitMap())
            found[BEFORE.format(one.segment.key)] = SegmentInput(
                definition=from_canonical(canonical), adds=lists.adds, removes=lists.removes
            )
    return found


def _of_everyone(ground: _Ground) -> Iterator[Row]:
    for figure in crowd_figures(ground.known, ground.all_of_them, enters=False):
        yield ground.taking.row(figure)


def _of_segment(one: Held, ground: _Ground) -> Iterator[Row]:
    members, suffix = one.members, ""
    if one.version.subject == "account":
        members = customers_of(members, ground.tables, ground.taking.measurement.now)
        suffix = OF_ACCOUNTS
    inside, outside = _both(members & ground.tables.customers, ground)
    entries = ground.entries.get(one.segment.pk)
    for figure in moved(one.version.entered_count, one.version.left_count, len(one.members)):
        yield ground.taking.row_of(one, figure)
    for figure in crowd_figures(ground.known, inside, entries=entries, enters=not suffix):
        yield ground.taking.row_of(one, _of(figure, suffix))
    for figure in crowd_figures(ground.known, outside, enters=False):
        yield ground.taking.row_of(one, _of(figure, suffix), whose=Whose.OTHERS)
    before = ground.answers.members.get(BEFORE.format(one.segment.key))
    if before is not None and one.before is not None:
        found = totals(ground.known, _places(before & ground.tables.customers))
        for figure in crowd_figures(ground.known, found, enters=False):
            yield ground.taking.row_before(one, one.before, figure)


def _both(members: BitMap, ground: _Ground) -> tuple[Totals, Totals]:
    """The totals of some customers and of all others: those of the fewer are added up, and the rest
    is what these leave."""
    everyone = ground.tables.customers
    if 2 * len(members) <= len(everyone):
        few = totals(ground.known, _places(members))
        return few, ground.all_of_them - few
    few = totals(ground.known, _places(everyone - members))
    return ground.all_of_them - few, few


def _places(members: BitMap) -> npt.NDArray[np.intp]:
    return np.asarray(members.to_array(), dtype=np.intp)


def _of(figure: Figure, suffix: str) -> Figure:
    method = f"{figure.reading.method}{suffix}"[:200]
    return replace(figure, reading=replace(figure.reading, method=method))


def _said_once(everybody: Everybody, known: Known) -> dict[str, str]:
    """Why figures have no numbers for anybody, by group or metric."""
    own = {one.own.key: one.reason for one in known.own if one.reason}
    return {**everybody.faults, **own}
