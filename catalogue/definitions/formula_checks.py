"""Formulas against what is known, and what they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from catalogue.definitions.dependencies import (
    event_prefixes_used,
    events_used,
    references,
    traits_used,
)
from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.formula_forms import HEADS
from catalogue.definitions.formulas import Formula, Mean, ShareOf, measures_of
from catalogue.definitions.measures import Measure
from catalogue.definitions.nodes import Definition, Everyone, Node, Top
from catalogue.definitions.parse import where_pointer
from catalogue.definitions.validate import validate
from catalogue.definitions.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """The names of events (and how those begin that are not named), traits of customers and
    segments that a formula looks at."""

    events: frozenset[str]
    event_prefixes: frozenset[str]
    traits: frozenset[str]
    segments: frozenset[str]


def uses_of(formula: Formula) -> Uses:
    """What it looks at."""
    nodes = _nodes(formula)
    return Uses(
        events=frozenset().union(*(events_used(node) for node in nodes)),
        event_prefixes=frozenset().union(*(event_prefixes_used(node) for node in nodes)),
        traits=frozenset().union(*(traits_used(node) for node in nodes)),
        segments=frozenset(one.key for node in nodes for one in references(node)),
    )


def validate_formula(
    formula: Formula, document: Mapping[str, object], vocabulary: Vocabulary, *, pointer: str = ""
) -> list[Fault]:
    """Warnings about a formula read from `document`, which stands at `pointer`; they refuse
    nothing. Raises DefinitionError with every unknown trait, event and segment."""
    if isinstance(formula, ShareOf):
        share = document["share"]
        place = where_pointer(share, f"{pointer}/share")
        return validate(formula.condition, vocabulary, pointer=place)
    warnings: list[Fault] = []
    faults: list[Fault] = []
    for place, measure in _places(formula, document, pointer):
        try:
            found = validate(_alone(measure), vocabulary, pointer="")
            warnings += (_placed(fault, place) for fault in found)
        except DefinitionError as error:
            faults += (_placed(fault, place) for fault in error.faults)
    if faults:
        raise DefinitionError(*faults)
    return warnings


def _places(
    formula: Formula, document: Mapping[str, object], pointer: str
) -> Iterator[tuple[str, Measure]]:
    """The measures, and where each stands."""
    if isinstance(formula, Mean):
        has_head = any(key in HEADS for key in document)
        yield f"{pointer}/mean" if has_head else pointer, formula.measure
        return
    for position, measure in enumerate(measures_of(formula)):
        yield f"{pointer}/ratio/{position}", measure


def _alone(measure: Measure) -> Definition:
    # What may be ranked by is what may be measured, so it is checked as a ranking.
    return Definition(where=Top(size=1, by=measure, among=Everyone()))


def _placed(fault: Fault, place: str) -> Fault:
    return replace(fault, pointer=place + fault.pointer.removeprefix("/by"))


def _nodes(formula: Formula) -> list[Node]:
    if isinstance(formula, ShareOf):
        return [formula.condition.where]
    return [_alone(measure).where for measure in measures_of(formula)]
