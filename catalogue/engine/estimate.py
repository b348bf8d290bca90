"""How many a definition holds, and how many each of its conditions: counted, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pyroaring import BitMap

from catalogue.definitions.describe import Labels, sentences
from catalogue.definitions.errors import Code, DefinitionError, Fault, refuse
from catalogue.definitions.nodes import (
    AccountMembers,
    AccountTrait,
    All,
    Any,
    Bottom,
    Customers,
    Definition,
    Held,
    Node,
    Subject,
    Top,
    Trait,
)
from catalogue.definitions.places import ROOT, places_about, places_below
from catalogue.definitions.subjects import trait_subject
from catalogue.engine.answers import Answers
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.conditions.values import IsSet
from catalogue.engine.evaluate import compose, find, members_by, plan_of
from catalogue.engine.findings import Findings
from catalogue.engine.inputs import Refused, SegmentInput, Stopped
from catalogue.engine.placed import placed
from catalogue.engine.plan import Formula, Leaf, asked_by
from catalogue.engine.population import Population
from catalogue.warehouse.tables import Tables

TOO_LONG = (
    "counting it took longer than {limit} an estimate may take; narrow its windows, or refresh the"
    " segment, which may take its time"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEstimate:
    """One node of the tree. `pointer`, `depth`, `text` and `folded` as in `describe.Sentence`;
    `about`: what is counted, customers or accounts, of whom `population` are live.

    `alone`: those for whom this node alone is true. `remaining`: those left after this node and
    all before it in its group; in `any` those reached so far, in `none` those not yet taken out; a
    root, what is asked of an account's customers and what a ranking is made among stand alone.
    `null_count` and `null_share`: how many, live, lack the trait (or their account does), and their
    share of all (0 to 1); None for what is no condition on a trait.
    """

    pointer: str
    depth: int
    text: str
    folded: bool
    alone: int
    remaining: int
    null_count: int | None = None
    null_share: float | None = None
    about: Subject = "customer"
    population: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """An exact size as of `now`. `members` are ordinals of what `subject` says, manual adds and
    removes included, and `population` is how many of these are live; `nodes` are of the definition
    alone, in the order of the document; a static list has none."""

    now: datetime
    subject: Subject
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
    answers: Answers | None = None,
    seconds: float | None = None,
) -> Counted:
    """Count the segment `key` of `segments`, which hold all that it refers to, as of one aware
    `now` on one photo, and every node of its tree. `answers`, of the same photo and `now`, has what
    need not be asked again.

    Raises DefinitionError, with pointers, when it cannot be judged, and `too_expensive` when
    `should_stop`, which is asked before each scan, said so: after `seconds`, if they are known."""
    planned = plan_of(segments, now)
    if key in planned.refused:
        raise planned.refused[key]
    definition, formula = segments[key].definition, planned.formulas[key]
    known = {} if definition is None else _known(definition)
    try:
        conditions = (*planned.conditions, *(leaf.condition for leaf in known.values()))
        if answers is None:
            findings = find(conditions, tables, now=now, should_stop=should_stop)
        else:
            findings = answers.find(conditions, tables, should_stop=should_stop)
    except Stopped as stopped:
        limit = "what" if seconds is None else f"the {seconds:g} seconds"
        raise refuse(Code.TOO_EXPENSIVE, TOO_LONG.format(limit=limit), ROOT) from stopped
    outcomes = compose(segments, planned, findings, tables)
    outcome = outcomes[key]
    if isinstance(outcome, Refused):
        raise _located(outcome.error, definition, formula, findings)
    population = Population.of_tables(tables, findings.accounts)
    judge = partial(members_by, findings=findings, outcomes=outcomes, population=population)
    nodes: tuple[NodeEstimate, ...] = ()
    if definition is not None and formula is not None:
        nodes = tuple(_nodes(definition, formula, known, population, judge, labels))
    subject = segments[key].subject
    return Counted(
        now=now,
        subject=subject,
        members=outcome.members,
        population=len(population.of(subject)),
        nodes=nodes,
    )


def _known(definition: Definition) -> dict[str, Leaf]:
    """By pointer, the condition that a trait is missing, asked by the same scan."""
    return {
        pointer: _is_missing(node, about)
        for pointer, node, about in places_about(definition.where, definition.subject)
        if isinstance(node, Trait | AccountTrait | Held)
    }


def _is_missing(node: Trait | AccountTrait | Held, about: Subject) -> Leaf:
    subject = trait_subject(node, about)
    condition = TraitCondition(path=node.term.path, test=IsSet(), subject=subject)
    return Leaf(condition=condition, negated=True, of_account=subject != about)


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
        for one in placed(definition.where, formula, definition.subject)
        if (condition := asked_by(one.formula)) in findings.errors and condition is not None
        for fault in findings.errors[condition].faults
    ]
    return DefinitionError(*faults) if faults else error


def _nodes(
    definition: Definition,
    formula: Formula,
    known: Mapping[str, Leaf],
    population: Population,
    judge: Callable[..., BitMap],
    labels: Labels | None,
) -> Iterator[NodeEstimate]:
    tree = list(placed(definition.where, formula, definition.subject))
    sets = {one.pointer: judge(one.formula, about=one.about) for one in tree}
    remaining = {ROOT: len(sets[ROOT])}
    for one in tree:
        remaining |= _remaining(one.node, one.pointer, sets, population.of(one.about))
    for said, one in zip(sentences(definition, labels=labels), tree, strict=True):
        people, leaf = len(population.of(one.about)), known.get(one.pointer)
        null_count = None if leaf is None else len(judge(leaf, about=one.about))
        yield NodeEstimate(
            pointer=one.pointer,
            depth=said.depth,
            text=said.text,
            folded=said.folded,
            about=one.about,
            population=people,
            alone=len(sets[one.pointer]),
            remaining=remaining[one.pointer],
            null_count=null_count,
            null_share=None if null_count is None or not people else null_count / people,
        )


def _remaining(
    node: Node, pointer: str, sets: Mapping[str, BitMap], people: BitMap
) -> dict[str, int]:
    """For each child of a group, the people left (of `any`: reached) once it has been asked."""
    if isinstance(node, AccountMembers | Customers):
        return {place: len(sets[place]) for place, _ in places_below(node, pointer)}
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
