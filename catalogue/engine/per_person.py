"""Measures and conditions of a whole workspace at once: one number, or yes and no, for each
ordinal. All those on the same data are answered by one scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import EventMeasure, Measure
from catalogue.engine.conditions.aggregates import MICRO
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.evaluate import compose, find, plan_of
from catalogue.engine.faults import told
from catalogue.engine.figures import Figure, Scores, figure_of, scores
from catalogue.engine.findings import Findings
from catalogue.engine.inputs import Judged, SegmentInput
from catalogue.engine.population import Population
from catalogue.engine.scans import scan_accounts
from catalogue.engine.vectors.money import Floats
from catalogue.warehouse.tables import Tables

# What counts as nothing, and not as unknown, where there are no events.
ZERO_WITHOUT_EVENTS = frozenset({"count", "sum"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A measure of everybody, by ordinal: `values`, 0 where there is none, and of whom there is one
    (`known`); shapes (size,)."""

    values: Floats
    known: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to work out, each thing under a key that no segment has. `segments`: the members of
    those that conditions may refer to."""

    measures: Mapping[str, Measure]
    conditions: Mapping[str, SegmentInput]
    segments: Mapping[str, SegmentInput]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came of it, by key: numbers of measures, members of conditions, and why there is no
    answer. `rows`: how many were read."""

    numbers: Mapping[str, Numbers]
    members: Mapping[str, BitMap]
    refused: Mapping[str, DefinitionError]
    rows: int = 0


def per_person(
    asked: Asked,
    tables: Tables,
    *,
    size: int,
    now: datetime,
    zone: ZoneInfo,
    should_stop: Callable[[], bool] | None = None,
) -> Answers:
    """Answer everything asked as of `now`; vectors have `size` places. What cannot be answered is
    refused alone. Raises Stopped and ScanFailed."""
    refused: dict[str, DefinitionError] = {}
    figures = _figures(asked.measures, Frame(now=now, zone=zone), refused)
    worlds = {**asked.segments, **asked.conditions}
    planned = plan_of(worlds, now)
    wanted = [*planned.conditions, *dict.fromkeys(figures.values())]
    findings = find(wanted, tables, now=now, should_stop=should_stop)
    outcomes = compose(worlds, planned, findings, tables)
    members: dict[str, BitMap] = {}
    for key in asked.conditions:
        outcome = outcomes[key]
        if isinstance(outcome, Judged):
            members[key] = outcome.members
        else:
            refused[key] = outcome.error
    numbers = {
        key: _numbers(asked.measures[key], figure, findings, tables, size)
        for key, figure in figures.items()
        if figure not in findings.errors
    }
    refused |= {
        key: findings.errors[figure] for key, figure in figures.items() if key not in numbers
    }
    return Answers(numbers=numbers, members=members, refused=refused, rows=findings.rows_read)


def _figures(
    measures: Mapping[str, Measure], frame: Frame, refused: dict[str, DefinitionError]
) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for key, measure in measures.items():
        try:
            found[key] = figure_of(measure, frame)
        except DefinitionError as error:
            refused[key] = error
    return found


def _numbers(
    measure: Measure, figure: Figure, findings: Findings, tables: Tables, size: int
) -> Numbers:
    found = scores(figure, findings.found[figure], tables.customers)
    values, known = np.zeros(size), np.zeros(size, dtype=bool)
    values[found.ordinals] = _amounts(found)
    known[found.ordinals] = True
    if isinstance(measure, EventMeasure) and measure.function in ZERO_WITHOUT_EVENTS:
        known[:] = True
    return Numbers(values=values, known=known)


def _amounts(found: Scores) -> Floats:
    """Figures as floats: what they are added up to has been exact until here."""
    numbers = np.asarray(found.numbers, dtype=np.float64)
    if found.of is not None and found.rests is not None:
        numbers = numbers + np.asarray(found.rests, dtype=np.float64) / found.of
    return numbers / MICRO if found.in_millionths else numbers


def customers_of(accounts: BitMap, tables: Tables, now: datetime) -> BitMap:
    """The customers of these accounts as of `now`. Raises Stopped and ScanFailed."""
    with told():
        said = scan_accounts(tables, now).accounts
    return Population.of_tables(tables, said).customers_of(accounts) & tables.customers
