"""A definition against what is known: unknown words are refused, odd ones are warned of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from catalogue.definitions import nodes, terms
from catalogue.definitions.documents import step
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.heads import head_of
from catalogue.definitions.nodes import (
    AccountTrait,
    Definition,
    EventSelector,
    InSegment,
    Node,
    Subject,
    Trait,
)
from catalogue.definitions.paths import write_path
from catalogue.definitions.pieces import nearest
from catalogue.definitions.places import places_about
from catalogue.definitions.subjects import trait_subject, unknown_segment
from catalogue.definitions.terms import Operator, Term
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
    if isinstance(node, Trait | AccountTrait):
        yield from _unknown_trait(node, about, place, vocabulary)
    if isinstance(node, InSegment):
        yield from unknown_segment(node, about, step(place, "in_segment"), vocabulary)
    events = nodes.events_of(node)
    if events is not None:
        yield from _unknown_events(events, _event_place(node, place), vocabulary)


def _unknown_trait(
    node: Trait | AccountTrait, about: Subject, place: str, vocabulary: Vocabulary
) -> Iterator[Fault]:
    name, whose = node.term.path[0], trait_subject(node, about)
    known = vocabulary.traits_of(whose)
    if name not in known:
        yield Fault(
            code=Code.UNKNOWN_TRAIT,
            message=f"No {whose} ever had a trait “{name}”.",
            pointer=step(place, head_of(node).name),
            suggestion=nearest(name, known),
        )


def _event_place(node: Node, place: str) -> str:
    return step(place, "of" if isinstance(node, nodes.Aggregate) else head_of(node).name)


def _unknown_events(events: EventSelector, place: str, vocabulary: Vocabulary) -> Iterator[Fault]:
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
    if isinstance(node, Trait | AccountTrait):
        traits = vocabulary.traits_of(trait_subject(node, about))
        yield from _unfit(node.term, traits.get(node.term.path[0]), place)
    events = nodes.events_of(node)
    if events is None:
        return
    known = _properties(events, vocabulary)
    if isinstance(node, nodes.Aggregate):
        inside = step(place, node.function)
        yield from _unknown_property(node.prop[0], known, inside)
    for position, term in enumerate(events.where):
        inside = step(step(place, "where"), position)
        yield from _unknown_property(term.path[0], known, step(inside, "prop"))
        for type_ in sorted(known.get(term.path[0], ())):
            yield from _unfit(term, type_, inside)


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
