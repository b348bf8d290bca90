"""Which traits, events and segments a definition uses, and in which order to judge segments."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.nodes import (
    Definition,
    InSegment,
    Node,
    Subject,
    selections_of,
    traits_of,
    walk,
    walk_about,
)
from catalogue.definitions.pieces import nearest
from catalogue.definitions.subjects import trait_subject


def references(node: Node) -> tuple[InSegment, ...]:
    """Every reference to another segment in a tree, as written, doubles included."""
    return tuple(found for found in walk(node) if isinstance(found, InSegment))


def subjects_named(definition: Definition) -> dict[str, Subject]:
    """The key of every segment a definition refers to, and whom it has to hold."""
    nodes = walk_about(definition.where, definition.subject)
    return {node.key: about for node, about in nodes if isinstance(node, InSegment)}


def traits_used(node: Node, about: Subject = "customer") -> frozenset[str]:
    """The names of the traits of customers that a tree about such subjects looks at."""
    return _traits_of(node, about, "customer")


def account_traits_used(node: Node, about: Subject = "customer") -> frozenset[str]:
    """The names of the traits of accounts that a tree about such subjects looks at."""
    return _traits_of(node, about, "account")


def _traits_of(node: Node, about: Subject, whose: Subject) -> frozenset[str]:
    return frozenset(
        path[0]
        for one, subject in walk_about(node, about)
        if trait_subject(one, subject) == whose
        for path in traits_of(one)
    )


def events_used(node: Node) -> frozenset[str]:
    """The names of the events a tree looks at; those meant by how they begin are not named."""
    selected = (events for one in walk(node) for events in selections_of(one))
    return frozenset(name for events in selected for name in events.names)


def event_prefixes_used(node: Node) -> frozenset[str]:
    """How the events begin that a tree means without naming them: `test_` for `test_*`."""
    selected = (events for one in walk(node) for events in selections_of(one))
    return frozenset(prefix for events in selected for prefix in events.prefixes)


def order(
    definitions: Mapping[str, Definition], *, static: frozenset[str] = frozenset()
) -> list[str]:
    """The keys, those built on before those that build on them. `static`: keys of lists, which may
    be referred to. The condition of a goal may be among the definitions under its `goal_key`: on
    that the parts of the segment are built. Raises DefinitionError: missing_reference or cycle,
    with every missing one."""
    graph = {
        key: {one for node in references(definition.where) for one in _asked_by(node, definitions)}
        for key, definition in definitions.items()
    }
    known = {*definitions, *static}
    faults = [
        missing(key, wanted, known)
        for key, built_on in graph.items()
        for wanted in sorted(built_on - known)
    ]
    if faults:
        raise DefinitionError(*faults)
    return _sorted(graph)


def goal_key(key: str) -> str:
    """Under what the condition of a segment's goal is judged; no segment key has a colon."""
    return f"goal:{key}"


def _asked_by(node: InSegment, definitions: Mapping[str, Definition]) -> set[str]:
    goal = goal_key(node.key)
    return {node.key, goal} if node.part is not None and goal in definitions else {node.key}


def missing(key: str, wanted: str, known: frozenset[str] | set[str]) -> Fault:
    """The fault of a segment `key` that refers to a segment nobody has."""
    return Fault(
        code=Code.MISSING_REFERENCE,
        message=f"“{key}” is built on the segment “{wanted}”, which does not exist.",
        suggestion=nearest(wanted, known),
    )


def _sorted(graph: Mapping[str, set[str]]) -> list[str]:
    try:
        ordered = TopologicalSorter(graph).static_order()
        return [key for key in ordered if key in graph]
    except CycleError as error:
        named = (key for key in reversed(error.args[1]) if ":" not in key)
        circle = " → ".join(f"“{key}”" for key in named)
        message = f"The segments are built on each other in a circle: {circle}. Break it somewhere."
        raise DefinitionError(Fault(code=Code.CYCLE, message=message)) from None
