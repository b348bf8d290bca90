"""From definitions to distinct conditions: what has to be asked of the data, each thing once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import Definition, InSegment, Node, Subject
from catalogue.definitions.subjects import other_subject, trait_subject
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.events import EventNode, event_condition
from catalogue.engine.conditions.held import held_condition
from catalogue.engine.conditions.newest import NewestNode, newest_condition
from catalogue.engine.conditions.sample import sample_condition
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.figures import figure_of
from catalogue.engine.ranking import Ranked
from catalogue.engine.scans import Condition
from catalogue.engine.walks.conditions import WalkNode, walk_condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One condition, or its complement. `of_account`: it is one on the customers' accounts, and is
    false for a customer without an account."""

    condition: Condition
    negated: bool = False
    of_account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The final members of another segment."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Everyone:
    """The population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Set algebra over parts; `none` and `not` are complements within the population."""

    how: Literal["all", "any", "none"]
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Any, all or none of an account's customers are in `part`. `about`: what is true of the
    account, or of each customer of such an account."""

    how: nodes.HowMany
    part: Formula
    about: Subject


Formula = Leaf | Members | Everyone | Group | Among | Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`now`: as of which instant. `order`: segments to judge, children before parents. `formulas`:
    theirs, None for static lists and parts; equal conditions in them are one and the same.
    `asked`: the distinct conditions of each of the formulas. `below`: the keys that each is built
    on, in order. `conditions`: every distinct condition, once. `refused`: who cannot be judged, and
    why."""

    now: datetime
    order: tuple[str, ...]
    formulas: Mapping[str, Formula | None]
    asked: Mapping[str, Sequence[Condition]]
    below: Mapping[str, Sequence[str]]
    conditions: tuple[Condition, ...]
    refused: Mapping[str, DefinitionError]


def plan(
    definitions: Mapping[str, Definition | None],
    *,
    now: datetime,
    lists: Mapping[str, Subject] | None = None,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
    """Resolve all definitions against one `now`. A definition that cannot be judged, and whatever
    is built on it, is refused; nothing else is touched. None stands for a static list, or for a
    part; of what, is said by `lists` (customers). `parts`: what each part reads."""
    formulas: dict[str, Formula | None] = {}
    refused: dict[str, DefinitionError] = {}
    known = {
        key: (lists or {}).get(key, "customer") if definition is None else definition.subject
        for key, definition in definitions.items()
    }
    parts = parts or {}
    met: Met = {}
    for key, definition in definitions.items():
        try:
            formulas[key] = None if definition is None else _formula_of(definition, now, known, met)
            _check_read(parts.get(key, ()), known)
        except DefinitionError as error:
            refused[key] = error
    below = {
        key: parts.get(key) or tuple(references_of(formula))
        for key, formula in formulas.items()
        if key not in refused
    }
    order = _ordered(below, refused)
    asked = {key: tuple(dict.fromkeys(conditions_of(formulas[key]))) for key in order}
    needed = {condition: None for key in order for condition in asked[key]}
    return Plan(
        now=now,
        order=order,
        formulas=formulas,
        asked=asked,
        below=below,
        conditions=tuple(needed),
        refused=refused,
    )


Known = Mapping[str, Subject]
# Each condition, as it was met first: to find one that is the same costs less than one that is
# equal.
Met = dict[Condition, Condition]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What definitions are read by; `known`: of what each segment holds some."""

    frame: Frame
    known: Known
    met: Met


def _formula_of(definition: Definition, now: datetime, known: Known, met: Met) -> Formula:
    by = _Reading(frame=Frame(now=now, zone=_zone(definition.timezone)), known=known, met=met)
    return _formula(definition.where, by, "/where", definition.subject)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise refuse(
            Code.BAD_VALUE,
            f"there is no time zone “{name}”; write it as Europe/Berlin",
            "/timezone",
        ) from error


def _formula(node: Node, by: _Reading, pointer: str, about: Subject) -> Formula:
    match node:
        case (
            nodes.All(children=children)
            | nodes.Any(children=children)
            | nodes.None_(children=children)
        ):
            how = GROUPS[type(node)]
            parts = (
                _formula(child, by, f"{pointer}/{how}/{i}", about)
                for i, child in enumerate(children)
            )
            return Group(how=how, parts=tuple(parts))
        case nodes.Not(child=child):
            part = _formula(child, by, f"{pointer}/not", about)
            return Group(how="none", parts=(part,))
        case (
            nodes.AccountMembers(how=how_many, where=where)
            | nodes.Customers(how=how_many, where=where)
        ):
            part = _formula(where, by, f"{pointer}/where", "customer")
            return Among(how=how_many, part=part, about=about)
        case nodes.Everyone():
            return Everyone()
        case InSegment():
            return _members(node, by.known, pointer, about)
        case nodes.Top() | nodes.Bottom():
            return _ranked(node, by, pointer, about)
        case _:
            leaf = _leaf(node, by.frame, pointer, about)
            met = by.met.setdefault(leaf.condition, leaf.condition)
            return Leaf(condition=met, negated=leaf.negated, of_account=leaf.of_account)


GROUPS: Mapping[type, Literal["all", "any", "none"]] = {
    nodes.All: "all",
    nodes.Any: "any",
    nodes.None_: "none",
}


def _members(node: InSegment, known: Known, pointer: str, about: Subject) -> Members:
    place = f"{pointer}/in_segment"
    if node.target not in known:
        raise _missing(node, known, place)
    if known[node.target] != about:
        raise DefinitionError(other_subject(node.target, about, place, known))
    return Members(key=node.target)


def _missing(node: InSegment, known: Known, place: str) -> DefinitionError:
    """The refusal of a reference to a segment, or to the part of one, that there is not."""
    has_whole = node.key in known
    near = difflib.get_close_matches(node.target if has_whole else node.key, known, n=1)
    message = f"there is no segment “{node.key}”; write the key of one that there is"
    if has_whole:
        message = (
            f"the segment “{node.key}” has no part “{node.part}”; name one that it has, or the"
            " segment alone"
        )
    return refuse(Code.MISSING_REFERENCE, message, place, near[0] if near else None)


def _check_read(read: Sequence[str], known: Known) -> None:
    """Refuse a part of something that is not there."""
    for key in read:
        if key not in known:
            raise refuse(Code.MISSING_REFERENCE, f"there is no segment “{key}” any more", "/where")


def _ranked(node: nodes.Rank, by: _Reading, pointer: str, about: Subject) -> Ranked:
    size = node.size
    try:
        figure = figure_of(node.by, by.frame)
    except DefinitionError as error:
        raise _placed(error, f"{pointer}/by") from error
    return Ranked(
        end="top" if isinstance(node, nodes.Top) else "bottom",
        size=size.fraction if isinstance(size, nodes.Share) else size,
        figure=figure,
        among=_formula(node.among, by, f"{pointer}/among", about),
    )


OwnNode = (
    nodes.Trait | nodes.AccountTrait | nodes.Held | nodes.Sample | EventNode | NewestNode | WalkNode
)


def _leaf(node: OwnNode, frame: Frame, pointer: str, about: Subject) -> Leaf:
    try:
        return _leaf_of(node, frame, about)
    except DefinitionError as error:
        raise _placed(error, pointer) from error


def _leaf_of(node: OwnNode, frame: Frame, about: Subject) -> Leaf:
    match node:
        case nodes.Trait() | nodes.AccountTrait():
            return _trait_leaf(node, frame, about)
        case nodes.Held():
            return Leaf(condition=held_condition(node, frame))
        case nodes.Sample():
            return Leaf(condition=sample_condition(node))
    if isinstance(node, NewestNode):
        return Leaf(condition=newest_condition(node, frame))
    if isinstance(node, WalkNode):
        return Leaf(condition=walk_condition(node, frame))
    negated = isinstance(node, nodes.DidNot)
    return Leaf(condition=event_condition(node, frame), negated=negated)


def _placed(error: DefinitionError, pointer: str) -> DefinitionError:
    """What is refused inside a node, with its place."""
    fault = error.faults[0]
    return refuse(fault.code, fault.message, pointer, fault.suggestion)


def _trait_leaf(node: nodes.Trait | nodes.AccountTrait, frame: Frame, about: Subject) -> Leaf:
    resolved, subject = criterion(node.term, frame), trait_subject(node, about)
    condition = TraitCondition(path=resolved.path, test=resolved.test, subject=subject)
    return Leaf(condition=condition, negated=resolved.negated, of_account=subject != about)


def asked_by(formula: Formula | None) -> Condition | None:
    """What a formula itself asks of the data, whatever is inside it."""
    if isinstance(formula, Ranked):
        return formula.figure
    return formula.condition if isinstance(formula, Leaf) else None


def conditions_of(formula: Formula | None) -> Iterator[Condition]:
    """The conditions a formula asks for, in order, as often as it asks."""
    condition = asked_by(formula)
    if condition is not None:
        yield condition
    if isinstance(formula, Among) or (isinstance(formula, Leaf) and formula.of_account):
        yield Belonging()
    for part in parts_of(formula):
        yield from conditions_of(part)


def references_of(formula: Formula | None) -> Iterator[str]:
    """The segments a formula is built on, in order."""
    if isinstance(formula, Members):
        yield formula.key
    for part in parts_of(formula):
        yield from references_of(part)


def parts_of(formula: Formula | None) -> tuple[Formula, ...]:
    """The formulas inside a formula, in order; none in a condition."""
    match formula:
        case Group(parts=parts):
            return parts
        case Among(part=part):
            return (part,)
        case Ranked(among=among):
            return (among,)
    return ()


Below = Mapping[str, Sequence[str]]


def _ordered(below: Below, refused: dict[str, DefinitionError]) -> tuple[str, ...]:
    """Children before parents; whoever stands on a refused segment or in a circle is refused."""
    waiting = {key: set(children) for key, children in below.items()}
    parents: dict[str, list[str]] = {}
    for key, children in waiting.items():
        for child in children:
            parents.setdefault(child, []).append(key)
    _refuse_upwards(list(refused), parents, refused)
    ready = [key for key, children in waiting.items() if not children and key not in refused]
    order = []
    while ready:
        order.append(key := ready.pop())
        for parent in parents.get(key, ()):
            waiting[parent].discard(key)
            if not waiting[parent] and parent not in refused:
                ready.append(parent)
    stuck = [key for key in below if key not in refused and waiting[key]]
    _refuse_circles(stuck, below, refused)
    _refuse_upwards([key for key in stuck if key in refused], parents, refused)
    return tuple(order)


def _refuse_upwards(
    keys: list[str], parents: Mapping[str, list[str]], refused: dict[str, DefinitionError]
) -> None:
    """Refuse, with the same code, everything that is built on the keys."""
    while keys:
        key = keys.pop()
        for parent in parents.get(key, ()):
            if parent not in refused:
                refused[parent] = built_on(key, refused[key])
                keys.append(parent)


def built_on(key: str, error: DefinitionError) -> DefinitionError:
    """The refusal of a segment that is built on a refused one."""
    fault = error.faults[0]
    return refuse(
        fault.code,
        f"it is built on the segment “{key}”, which is refused: {fault.message}",
        "/where",
    )


def _refuse_circles(stuck: list[str], below: Below, refused: dict[str, DefinitionError]) -> None:
    """Refuse every segment that stands in a circle, naming the circle."""
    for key in stuck:
        circle = _circle(key, below, set(stuck))
        if circle:
            # What parts ask besides has no name that anybody knows.
            chain = " → ".join(f"“{member}”" for member in circle if ":" not in member)
            refused[key] = refuse(
                Code.CYCLE,
                f"the segment is built on itself ({chain}); take one of these out",
                "/where",
            )


def _circle(start: str, below: Below, stuck: set[str]) -> list[str] | None:
    """The shortest way from a segment back to itself; None when there is none."""
    came_from: dict[str, str] = {}
    ahead = [start]
    for key in ahead:
        for child in below[key]:
            if child == start:
                way = [start, key]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if child in stuck and child not in came_from:
                came_from[child] = key
                ahead.append(child)
    return None
