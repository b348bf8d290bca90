"""A definition against what is known: unknown words are refused, odd ones are warned of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalogue.definitions import nodes, terms
from catalogue.definitions.documents import step
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.heads import head_of
from catalogue.definitions.measures import EventMeasure
from catalogue.definitions.nodes import Definition, EventSelector, InSegment, Node, Subject
from catalogue.definitions.paths import write_path
from catalogue.definitions.pieces import nearest
from catalogue.definitions.places import places_about
from catalogue.definitions.subjects import trait_subject, unknown_segment
from catalogue.definitions.terms import Operator, Path, Term
from catalogue.definitions.vocabulary import Vocabulary

# Types on which an operator can never hold, or hardly ever as it was meant. Text operators read
# numbers too; a list of one is as good as a value for has_*; of mixed values anything may be true.
STRUCTURED = frozenset({"list", "object"})
UNFIT: Mapping[Operator, frozenset[str]] = {
    **dict.fromkeys(
        (*terms.ORDERS, *terms.PAIRS), STRUCTURED | frozenset({"text", "boolean", "date"})
    ),
    **dict.fromkeys(
        (*terms.DATES, Operator.WITHIN, Operator.ANNIVERSARY_IN_NEXT),
        STRUCTURED | frozenset({"text", "boolean", "number"}),
    ),
    **dict.fromkeys(
        (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN, *terms.TEXTS), STRUCTURED
    ),
    Operator.ITEM: frozenset({"text", "number", "boolean", "date"}),
}


def validate(definition: Definition, vocabulary: Vocabulary, *, pointer: str = "") -> list[Fault]:
    """Warnings about a definition, which refuse nothing; their code is the one nearest in meaning.
    `pointer` is where its tree stands in a document. Raises DefinitionError with every unknown
    trait, unknown event and missing segment, each with the nearest known spelling."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for place, node, about in places_about(definition.where, definition.subject, pointer):
        faults += _unknown(node, about, place, vocabulary)
        warnings += _odd(node, about, place, vocabulary)
    if faults:
        raise DefinitionError(*faults)
    return warnings


def _unknown(node: Node, about: Subject, place: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    yield from _unknown_trait(node, about, place, vocabulary)
    if isinstance(node, InSegment):
        yield from unknown_segment(node, about, step(place, "in_segment"), vocabulary)
    for one in _selections(node, place):
        yield from unknown_events(one.events, one.named_at, vocabulary)


def _unknown_trait(
    node: Node, about: Subject, place: str, vocabulary: Vocabulary
) -> Iterator[Fault]:
    whose = trait_subject(node, about)
    known = vocabulary.traits_of(whose)
    for path in nodes.traits_of(node):
        if path[0] not in known:
            key = "trait" if isinstance(node, nodes.Top | nodes.Bottom) else head_of(node).name
            yield Fault(
                code=Code.UNKNOWN_TRAIT,
                message=f"No {whose} ever had a trait “{path[0]}”.",
                pointer=step(_asked_at(node, place), key),
                suggestion=nearest(path[0], known),
            )


def _asked_at(node: Node, place: str) -> str:
    """Where the words of a condition stand: of a ranking, in its measure."""
    return step(place, "by") if isinstance(node, nodes.Top | nodes.Bottom) else place


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """Events that a node looks at; where they are named, and where their `where` stands."""

    events: EventSelector
    named_at: str
    place: str


def _selections(node: Node, place: str) -> list[_Selection]:
    match node:
        case nodes.Sequence(steps=steps):
            steps_at = step(place, "sequence")
            return [_mapping(one.events, step(steps_at, i)) for i, one in enumerate(steps)]
        case nodes.DroppedOff(start=start, goal=goal):
            ends = step(place, "dropped_off")
            return [_end(start, step(ends, "from")), _end(goal, step(ends, "to"))]
    events = nodes.events_of(node)
    if events is None:
        return []
    asked_at = _asked_at(node, place)
    return [_Selection(events=events, named_at=step(asked_at, _key_of(node)), place=asked_at)]


def _key_of(node: Node) -> str:
    """The key under which a condition names its events."""
    return "of" if _aggregated(node) else "count" if _measure(node) else head_of(node).name


def _measure(node: Node) -> EventMeasure | None:
    by = node.by if isinstance(node, nodes.Top | nodes.Bottom) else None
    return by if isinstance(by, EventMeasure) else None


def _aggregated(node: Node) -> tuple[str, Path] | None:
    """The function and the property of an aggregate, compared or ranked by."""
    found = node if isinstance(node, nodes.Aggregate) else _measure(node)
    return None if found is None or not found.prop else (found.function, found.prop)


def _mapping(events: EventSelector, place: str) -> _Selection:
    return _Selection(events=events, named_at=step(place, "did"), place=place)


def _end(events: EventSelector, place: str) -> _Selection:
    # Without `where` an end may be written as its name alone.
    if events.where:
        return _mapping(events, place)
    return _Selection(events=events, named_at=place, place=place)


def unknown_events(events: EventSelector, place: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    """The faults of events that nobody ever did, named at `place`."""
    for name in events.names:
        if name not in vocabulary.events:
            yield Fault(
                code=Code.UNKNOWN_EVENT,
                message=f"No event “{name}” was ever received.",
                pointer=place,
                suggestion=nearest(name, vocabulary.events),
            )
    for prefix in events.prefixes:
        if prefix and not any(name.startswith(prefix) for name in vocabulary.events):
            yield Fault(
                code=Code.UNKNOWN_EVENT,
                message=f"No event whose name begins with “{prefix}” was ever received.",
                pointer=place,
                suggestion=nearest(prefix, vocabulary.events),
            )


def _odd(node: Node, about: Subject, place: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    known_traits = vocabulary.traits_of(trait_subject(node, about))
    yield from _odd_traits(node, _asked_at(node, place), known_traits)
    for one in _selections(node, place):
        known = _properties(one.events, vocabulary)
        if (aggregated := _aggregated(node)) is not None:
            function, prop = aggregated
            yield from _unknown_property(prop[0], known, step(one.place, function))
        yield from _odd_terms(one.events.where, known, step(one.place, "where"))
        if isinstance(node, nodes.Latest):
            yield from _odd_terms(node.has, known, step(place, "has"))


def _odd_terms(found: Iterable[Term], known: Mapping[str, set[str]], place: str) -> Iterator[Fault]:
    for position, term in enumerate(found):
        inside = step(place, position)
        yield from _unknown_property(term.path[0], known, step(inside, "prop"))
        for type_ in sorted(known.get(term.path[0], ())):
            yield from _unfit(term, type_, inside)


def _odd_traits(node: Node, place: str, types: Mapping[str, str | None]) -> Iterator[Fault]:
    for path in nodes.traits_of(node):
        type_ = types.get(path[0])
        # A ranking asks for numbers, as “more than” does.
        of_node = nodes.terms_of(node) or (Term(path=path, operator=Operator.GT, operand=0),)
        yield from _unfit(of_node[0], type_, place)


def _properties(events: EventSelector, vocabulary: Vocabulary) -> dict[str, set[str]]:
    """The properties of the selected events, each with the types it has in them."""
    found: dict[str, set[str]] = {}
    for name in _selected(events, vocabulary.events):
        for prop, type_ in vocabulary.events[name].items():
            found.setdefault(prop, set()).add(type_)
    return found


def _selected(events: EventSelector, known: Iterable[str]) -> list[str]:
    return [name for name in known if name in events.names or name.startswith(events.prefixes)]


def _unknown_property(name: str, known: Mapping[str, set[str]], place: str) -> Iterator[Fault]:
    if name not in known:
        yield Fault(
            code=Code.BAD_VALUE,
            message=f"No such event ever had a property “{name}”.",
            pointer=place,
            suggestion=nearest(name, known),
        )


def _unfit(term: Term, type_: str | None, place: str) -> Iterator[Fault]:
    # Of what lies inside an object the dictionary says nothing.
    if len(term.path) == 1 and type_ in UNFIT.get(term.operator, ()):
        yield Fault(
            code=Code.BAD_VALUE,
            message=f"“{write_path(term.path)}” is {_as_words(type_)} in the dictionary; this"
            " operator does not fit it.",
            pointer=place,
        )


def _as_words(type_: str | None) -> str:
    return {
        "text": "text",
        "number": "a number",
        "boolean": "true or false",
        "date": "a date",
        "list": "a list",
    }.get(type_ or "", "an object")
