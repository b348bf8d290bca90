"""How many a definition holds, and how many each of its conditions: counted, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.describe import Labels, sentences
from catalogue.definitions.errors import Code, DefinitionError, Fault, refuse
from catalogue.definitions.nodes import All, Any, Bottom, Definition, Held, Node, Top, Trait
from catalogue.definitions.places import ROOT, places, places_below
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.conditions.values import IsSet
from catalogue.engine.evaluate import Findings, compose, find, members_by, plan_of
from catalogue.engine.inputs import Outcome, Refused, SegmentInput, Stopped
from catalogue.engine.placed import placed
from catalogue.engine.plan import Formula, asked_by
from catalogue.warehouse.tables import Tables

TOO_LONG = (
    "counting it took longer than an estimate may; narrow its windows, or refresh the segment,"
    " which may take its time"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEstimate:
    """One node of the tree. `pointer`, `depth`, `text` and `folded` as in `describe.Sentence`.

    `alone`: people for whom this node alone is true. `remaining`: people left after this node and
    all before it in its group; in `any` those reached so far, in `none` those not yet taken out; a
    root stands alone, and so do those whom a ranking is made among. `null_count` and `null_share`:
    live customers for whom the trait is missing, and their share of all (0 to 1); None for what is
    no condition on a trait.
    """

    pointer: str
    depth: int
    text: str
    folded: bool
    alone: int
    remaining: int
    null_count: int | None = None
    null_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """An exact size as of `now`. `members` are ordinals, manual adds and removes included; `nodes`
    are of the definition alone, in the order of the document; a static list has none."""

    now: datetime
    members: BitMap
    population: int
    nodes: tuple[NodeEstimate, ...]


def estimate(
    segments: Mapping[str, SegmentInput],
    key: str,
    tables: Tables,
    *,
    now: datetime,
    labels: Labels | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Counted:
    """Count the segment `key` of `segments`, which hold all that it refers to, as of one aware
    `now` on one photo, and every node of its tree.

    Raises DefinitionError, with pointers, when it cannot be judged, and `too_expensive` when
    `should_stop`, which is asked before each scan, said so."""
    planned = plan_of(segments, now)
    if key in planned.refused:
        raise planned.refused[key]
    definition, formula = segments[key].definition, planned.formulas[key]
    known = {} if definition is None else _known(definition)
    try:
        conditions = (*planned.conditions, *known.values())
        findings = find(conditions, tables, now=now, should_stop=should_stop)
    except Stopped as stopped:
        raise refuse(Code.TOO_EXPENSIVE, TOO_LONG, ROOT) from stopped
    outcomes = compose(segments, planned, findings, tables)
    outcome = outcomes[key]
    if isinstance(outcome, Refused):
        raise _located(outcome.error, definition, formula, findings)
    people = tables.customers
    nodes: tuple[NodeEstimate, ...] = ()
    if definition is not None and formula is not None:
        sets = _sets(definition, formula, findings, outcomes, people)
        missing = {place: len(people - findings.members[one]) for place, one in known.items()}
        nodes = tuple(_nodes(definition, sets, missing, people, labels))
    return Counted(now=now, members=outcome.members, population=len(people), nodes=nodes)


def _known(definition: Definition) -> dict[str, TraitCondition]:
    """By pointer, the condition that a trait is not missing, asked by the same scan."""
    return {
        pointer: TraitCondition(path=node.term.path, test=IsSet())
        for pointer, node in places(definition.where)
        if isinstance(node, Trait | Held)
    }


def _located(
    error: DefinitionError,
    definition: Definition | None,
    formula: Formula | None,
    findings: Findings,
) -> DefinitionError:
    """The error with a fault for every condition that could not be judged, where it stands."""
    if definition is None or formula is None:
        return error
    faults = [
        Fault(code=fault.code, message=fault.message, pointer=one.pointer)
        for one in placed(definition.where, formula)
        if (condition := asked_by(one.formula)) in findings.errors and condition is not None
        for fault in findings.errors[condition].faults
    ]
    return DefinitionError(*faults) if faults else error


def _sets(
    definition: Definition,
    formula: Formula,
    findings: Findings,
    outcomes: Mapping[str, Outcome],
    people: BitMap,
) -> dict[str, BitMap]:
    """By pointer, those for whom the node alone is true."""
    return {
        one.pointer: members_by(one.formula, findings, outcomes, people)
        for one in placed(definition.where, formula)
    }


def _nodes(
    definition: Definition,
    sets: Mapping[str, BitMap],
    missing: Mapping[str, int],
    people: BitMap,
    labels: Labels | None,
) -> Iterator[NodeEstimate]:
    remaining = {ROOT: len(sets[ROOT])}
    for pointer, node in places(definition.where):
        remaining |= _remaining(node, pointer, sets, people)
    for one in sentences(definition, labels=labels):
        null_count = missing.get(one.pointer)
        yield NodeEstimate(
            pointer=one.pointer,
            depth=one.depth,
            text=one.text,
            folded=one.folded,
            alone=len(sets[one.pointer]),
            remaining=remaining[one.pointer],
            null_count=null_count,
            null_share=None if null_count is None or not people else null_count / len(people),
        )


def _remaining(
    node: Node, pointer: str, sets: Mapping[str, BitMap], people: BitMap
) -> dict[str, int]:
    """For each child of a group, the people left (of `any`: reached) once it has been asked; of a
    ranking, those it is made among."""
    left = BitMap() if isinstance(node, Any) else people
    counts = {}
    for place, _ in places_below(node, pointer):
        match node:
            case All() | Top() | Bottom():
                left = left & sets[place]
            case Any():
                left = left | sets[place]
            case _:
                left = left - sets[place]
        counts[place] = len(left)
    return counts
