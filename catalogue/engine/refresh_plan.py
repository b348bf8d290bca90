"""What a refresh would ask of the data: each scan with the conditions that it answers, and which of
these follow from the refresh before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.describe import Labels, sentences
from catalogue.definitions.nodes import Definition, Node, terms_of
from catalogue.engine.conditions.dates import InSpans
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.evaluate import plan_of
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.kept.memory import NOTHING_KEPT
from catalogue.engine.moving import moves
from catalogue.engine.placed import placed
from catalogue.engine.plan import Formula, asked_by, conditions_of
from catalogue.engine.scans import Condition
from catalogue.engine.shared_scans import Scan, Source, shared_scans
from catalogue.engine.simpler import Simpler, simpler
from catalogue.engine.vectors.scan import can_answer
from catalogue.warehouse.pieces import are_in_pieces
from catalogue.warehouse.tables import Tables, kinds_of

MOVES = "its values are compared with dates that move with the clock, inside a list or by the day"
ALL_ROWS = "it asks for more than counts, sums, first and last events"
FAR = "the warehouse does not say what is new in it"
EVERY_TIME: Mapping[str, str] = {
    "history": "how long something holds is asked of the whole history of the trait",
    "accounts": "whose customer is whose is read whole",
    "walk": "order and habit are asked of the events one after the other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One distinct condition. `text`: in English, as the first segment says it; `segments`: keys of
    all that ask it. `read_anew`: why all its rows are read at every refresh; empty where it
    follows from the refresh before and what is new."""

    text: str
    segments: tuple[str, ...]
    read_anew: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScan:
    """One scan. `size`: bytes of the files it may have to read; None where that is not known."""

    source: Source
    answers: tuple[Answered, ...]
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPlan:
    """`refused`: why, by key of a segment, nobody can be judged for it."""

    scans: tuple[PlannedScan, ...]
    refused: Mapping[str, str]


def refresh_plan(
    segments: Mapping[str, SegmentInput], tables: Tables, *, now: datetime, labels: Labels
) -> RefreshPlan:
    """The plan for these segments as of `now`. Reads no rows."""
    planned = plan_of(segments, now)
    asked = {key: planned.formulas[key] for key in planned.order}
    said = _said(segments, asked, labels)
    users = _users(asked)
    asked_for = simpler(planned.conditions, tables.event_names())
    scans = shared_scans(asked_for.conditions, tables, now, NOTHING_KEPT)
    askers = _askers(planned.conditions, asked_for)
    return RefreshPlan(
        scans=tuple(_planned(scan, askers, said, users, tables) for scan in scans),
        refused={key: str(error) for key, error in planned.refused.items()},
    )


# A condition's node, and what it says.
Said = Mapping[Condition, tuple[Node, str]]
Users = Mapping[Condition, Sequence[str]]


def _said(
    segments: Mapping[str, SegmentInput], asked: Mapping[str, Formula | None], labels: Labels
) -> Said:
    said: dict[Condition, tuple[Node, str]] = {}
    for key in sorted(asked):
        formula, definition = asked[key], segments[key].definition
        if formula is not None and definition is not None:
            for condition, found in _sentences(definition, formula, labels):
                said.setdefault(condition, found)
    return said


def _sentences(
    definition: Definition, formula: Formula, labels: Labels
) -> Iterator[tuple[Condition, tuple[Node, str]]]:
    texts = {one.pointer: one.text for one in sentences(definition, labels=labels)}
    for one in placed(definition.where, formula, definition.subject):
        condition = asked_by(one.formula)
        if condition is not None:
            yield condition, (one.node, texts[one.pointer])


def _users(asked: Mapping[str, Formula | None]) -> Users:
    users: dict[Condition, list[str]] = {}
    for key in sorted(asked):
        for condition in dict.fromkeys(conditions_of(asked[key])):
            users.setdefault(condition, []).append(key)
    return users


# Of what a scan is asked, the conditions of definitions that ask it.
Askers = Mapping[Condition, Sequence[Condition]]


def _askers(conditions: Iterable[Condition], asked_for: Simpler) -> Askers:
    found: dict[Condition, list[Condition]] = {}
    for condition in dict.fromkeys(conditions):
        for part in asked_for.asked_for(condition):
            found.setdefault(part, []).append(condition)
    return found


def _planned(scan: Scan, askers: Askers, said: Said, users: Users, tables: Tables) -> PlannedScan:
    answers = [
        _answered(scan.source, part, asker, said, users, tables)
        for part in scan.conditions
        for asker in askers[part]
    ]
    return PlannedScan(source=scan.source, answers=tuple(answers), size=scan.size)


def _answered(
    source: Source,
    part: Condition,
    condition: Condition,
    said: Said,
    users: Users,
    tables: Tables,
) -> Answered:
    node, text = said.get(condition, (None, "whose customer is whose"))
    return Answered(
        text=text,
        segments=tuple(users.get(condition, ())),
        read_anew=_why_anew(source, part, node, tables),
    )


def _why_anew(source: Source, condition: Condition, node: Node | None, tables: Tables) -> str:
    if source.kind == "sample":
        return ""
    if not are_in_pieces(tables):
        return FAR
    if source.kind in EVERY_TIME:
        return EVERY_TIME[source.kind]
    if node is not None and any(map(moves, terms_of(node))) and not _is_dated(condition):
        return MOVES
    if source.kind == "events":
        found = [tables.events(name) for name in source.names]
        kinds = [kinds_of(one) for one in found if one is not None]
        return "" if can_answer(condition, kinds) else ALL_ROWS
    return ""


def _is_dated(condition: Condition) -> bool:
    """Whether nothing decides but the dates that a trait says, which are known."""
    return isinstance(condition, TraitCondition) and isinstance(condition.test, InSpans)
