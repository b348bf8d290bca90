"""Which segments a definition is built on, and in which order to judge them."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.nodes import Definition, InSegment, Node, walk
from catalogue.definitions.pieces import nearest


def references(node: Node) -> tuple[InSegment, ...]:
    """Every reference to another segment in a tree, as written, doubles included."""
    return tuple(found for found in walk(node) if isinstance(found, InSegment))


def order(
    definitions: Mapping[str, Definition], *, static: frozenset[str] = frozenset()
) -> list[str]:
    """The keys, those built on before those that build on them. `static`: keys of lists, which may
    be referred to. Raises DefinitionError: missing_reference or cycle, with every missing one."""
    graph = {
        key: {node.key for node in references(definition.where)}
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
        circle = " → ".join(f"“{key}”" for key in reversed(error.args[1]))
        message = f"The segments are built on each other in a circle: {circle}. Break it somewhere."
        raise DefinitionError(Fault(code=Code.CYCLE, message=message)) from None
