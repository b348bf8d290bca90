"""The oracle: the language judged slowly and obviously in plain Python, for tests and nothing else.

It shares no code with `engine.conditions`; where both disagree, docs/language.md decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import EventSelector, Node, Term, Window
from catalogue.engine.given_segments import Answer, GivenSegment
from catalogue.engine.reference_dates import FIRST, AsOf, in_window
from catalogue.engine.reference_held import held
from catalogue.engine.reference_numbers import aggregate_holds, number_holds
from catalogue.engine.reference_ranks import figure_of, first_by, is_drawn
from catalogue.engine.reference_values import all_hold, holds, number_of, value_at
from catalogue.engine.reference_walks import walk_holds
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A live customer with the events of everyone merged into it, up to now, oldest first."""

    id: str
    changes: tuple[GivenChange, ...]
    events: tuple[GivenEvent, ...]
    account: Company | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """An account."""

    id: str
    changes: tuple[GivenChange, ...]


def reference_members(
    segments: Mapping[str, GivenSegment], world: World, now: datetime
) -> dict[str, Answer]:
    """Ids of the members of every segment, or why it is refused; `world` as `World.at` gives it."""
    run = Run(segments, world, now)
    return {key: run.answer(key) for key in segments}


Among = nodes.AccountMembers | nodes.Customers


class Run:
    """One run: remembers each segment once it is judged."""

    def __init__(self, segments: Mapping[str, GivenSegment], world: World, now: datetime) -> None:
        self.segments = segments
        self.now = now
        self.into = {c.id: c.merged_into for c in world.customers if c.merged_into is not None}
        self.accounts = {one.id: Company(id=one.id, changes=one.changes) for one in world.accounts}
        self.people = [self._person(customer, world) for customer in world.live()]
        self.answers: dict[str, Answer] = {}
        self.under_way: list[str] = []
        self.rankings: dict[tuple[nodes.Rank, AsOf], frozenset[str]] = {}
        self.among: dict[tuple[Among, str, AsOf], bool] = {}

    def answer(self, key: str) -> Answer:
        """The members of a segment or its refusal."""
        if key not in self.answers:
            self.under_way.append(key)
            try:
                self.answers[key] = self._members(self.segments[key])
            except DefinitionError as error:
                self.answers[key] = error
            self.under_way.pop()
        return self.answers[key]

    def survivor(self, customer_id: str) -> str:
        """Who a customer is after all merges."""
        while customer_id in self.into:
            customer_id = self.into[customer_id]
        return customer_id

    def _person(self, survivor: GivenCustomer, world: World) -> Person:
        events = [
            event
            for customer in world.customers
            if self.survivor(customer.id) == survivor.id
            for event in customer.events
            if event.at <= self.now
        ]
        events.sort(key=lambda event: event.at)
        return Person(
            id=survivor.id,
            changes=survivor.changes,
            events=tuple(events),
            account=None if survivor.account is None else self.accounts[survivor.account],
        )

    def population(self, segment: GivenSegment) -> Sequence[Person | Company]:
        """The live customers, or the accounts."""
        return list(self.accounts.values()) if segment.subject == "account" else self.people

    def _members(self, segment: GivenSegment) -> frozenset[str]:
        everyone = frozenset(one.id for one in self.population(segment))
        members = self._own_members(segment)
        added = set(self._survivors(segment, set(segment.adds) - set(segment.removes)))
        return frozenset(((members | added) & everyone) - set(segment.removes))

    def _survivors(self, segment: GivenSegment, ids: Iterable[str]) -> list[str]:
        return [each if segment.subject == "account" else self.survivor(each) for each in ids]

    def _own_members(self, segment: GivenSegment) -> frozenset[str]:
        if segment.definition is None:
            return frozenset(self._survivors(segment, segment.static or ()))
        definition = segment.definition
        as_of = AsOf(now=self.now, zone=ZoneInfo(definition.timezone))
        self._check_references(definition)
        everyone = self.population(segment)
        return frozenset(p.id for p in everyone if self.is_true(definition.where, p, as_of))

    def _check_references(self, definition: nodes.Definition) -> None:
        for node, about in nodes.walk_about(definition.where, definition.subject):
            if isinstance(node, nodes.InSegment):
                self._check_reference(node, about)

    def _check_reference(self, node: nodes.InSegment, about: str) -> None:
        if node.target not in self.segments:
            raise refuse(Code.MISSING_REFERENCE, f"There is no segment “{node.target}”.")
        if self.segments[node.target].subject != about:
            raise refuse(Code.BAD_VALUE, f"“{node.target}” holds something else than {about}s.")
        if node.target in self.under_way:
            circle = " → ".join([*self.under_way, node.target])
            raise refuse(Code.CYCLE, f"The segments are built on each other: {circle}.")
        answer = self.answer(node.target)
        if isinstance(answer, DefinitionError):
            raise answer

    def is_true(self, node: Node, person: Person | Company, as_of: AsOf) -> bool:
        """Whether a condition is true for a customer or an account."""
        match node:
            case nodes.AccountMembers():
                account = person.account if isinstance(person, Person) else None
                return account is not None and self._holds_among(node, account, as_of)
            case nodes.Customers():
                return isinstance(person, Company) and self._holds_among(node, person, as_of)
            case nodes.Everyone():
                return True
            case nodes.All():
                return all(self.is_true(child, person, as_of) for child in node.children)
            case nodes.Any():
                return any(self.is_true(child, person, as_of) for child in node.children)
            case nodes.None_():
                return not any(self.is_true(child, person, as_of) for child in node.children)
            case nodes.Not():
                return not self.is_true(node.child, person, as_of)
            case nodes.InSegment():
                members = self.answer(node.target)
                return isinstance(members, frozenset) and person.id in members
            case nodes.Top() | nodes.Bottom():
                return person.id in self._ranking(node, as_of)
        return condition_holds(node, person, as_of)

    def _ranking(self, node: nodes.Rank, as_of: AsOf) -> frozenset[str]:
        if (node, as_of) not in self.rankings:
            among = [person for person in self.people if self.is_true(node.among, person, as_of)]
            figures = {person.id: measured(node.by, person, as_of) for person in among}
            known = {id_: figure for id_, figure in figures.items() if figure is not None}
            self.rankings[node, as_of] = first_by(known, node)
        return self.rankings[node, as_of]

    def _holds_among(self, node: Among, account: Company, as_of: AsOf) -> bool:
        # Once for each account: nested twenty deep, two colleagues would be asked a million times.
        asked = (node, account.id, as_of)
        if asked not in self.among:
            customers = [one for one in self.people if one.account is account]
            answers = [self.is_true(node.where, one, as_of) for one in customers]
            holds = {"any": any(answers), "all": all(answers), "none": not any(answers)}
            self.among[asked] = holds[node.how]
        return self.among[asked]


def measured(measure: nodes.Measure, person: Person, as_of: AsOf) -> Fraction | None:
    """What a customer is ranked by; None without a value."""
    if isinstance(measure, nodes.TraitMeasure):
        known = trait_value(person.changes, measure.path[0], as_of.now)
        number = number_of(value_at({measure.path[0]: known}, measure.path))
        return None if number is None else Fraction(number)
    found = chosen(person, measure.events, measure.window, as_of)
    if measure.function == "count":
        return Fraction(len(found))
    return figure_of(measure.function, [value_at(event.props, measure.prop) for event in found])


def condition_holds(node: nodes.Condition, person: Person | Company, as_of: AsOf) -> bool:
    """Whether a condition on traits or events is true for a customer or an account."""
    if isinstance(node, nodes.Trait):
        return term_holds(node.term, person.changes, as_of)
    if isinstance(person, Company):
        raise AssertionError(f"accounts have traits and customers, and do nothing: {node!r}")
    return _holds_for_customer(node, person, as_of)


def _holds_for_customer(node: nodes.Condition, person: Person, as_of: AsOf) -> bool:
    match node:
        case nodes.AccountTrait(term=term):
            account = person.account
            return term_holds(term, () if account is None else account.changes, as_of)
        case nodes.Held():
            return held(node, person.changes, as_of)
        case nodes.Sample():
            return is_drawn(node, person.id)
        case nodes.Did():
            return _did(node, person, as_of)
        case nodes.DidNot():
            return not chosen(person, node.events, node.window, as_of)
        case nodes.Count():
            found = chosen(person, node.events, node.window, as_of)
            return number_holds(len(found), node.comparison)
        case nodes.FirstDid() | nodes.LastDid():
            return _end_did(node, person, as_of)
        case nodes.Aggregate():
            found = chosen(person, node.events, node.window, as_of)
            return aggregate_holds(node, [value_at(event.props, node.prop) for event in found])
    if isinstance(node, nodes.Walk):
        return walk_holds(node, partial(_chosen_of, person, as_of), as_of)
    raise AssertionError(f"no condition: {node!r}")


def term_holds(term: Term, changes: Sequence[GivenChange], as_of: AsOf) -> bool:
    """Whether the value that a trait has at now fits; one that was never said is missing."""
    known = trait_value(changes, term.path[0], as_of.now)
    return holds(term, value_at({term.path[0]: known}, term.path), as_of)


def _did(node: nodes.Did, person: Person, as_of: AsOf) -> bool:
    count = len(chosen(person, node.events, node.window, as_of))
    return count >= 1 and all(number_holds(count, comparison) for comparison in node.times)


def _end_did(node: nodes.FirstDid | nodes.LastDid, person: Person, as_of: AsOf) -> bool:
    found = chosen(person, node.events, None, as_of)
    if not found:
        return False
    event = found[0] if isinstance(node, nodes.FirstDid) else found[-1]
    return in_window(event.at, node.window, as_of)


def chosen(
    person: Person, selector: EventSelector, window: Window | None, as_of: AsOf
) -> list[GivenEvent]:
    """The events up to now that fit name and `where` and lie in the window, oldest first."""
    return [
        event
        for event in person.events
        if _is_named(event.name, selector)
        and in_window(event.at, window, as_of)
        and all_hold(selector.where, event.props, as_of)
    ]


def _chosen_of(
    person: Person, as_of: AsOf, selector: EventSelector, window: Window | None
) -> list[GivenEvent]:
    return chosen(person, selector, window, as_of)


def _is_named(name: str, selector: EventSelector) -> bool:
    return name in selector.names or any(name.startswith(prefix) for prefix in selector.prefixes)


def trait_value(changes: Sequence[GivenChange], trait: str, now: datetime) -> object:
    """The value of the newest change at or before now; None before the first."""
    newest: GivenChange | None = None
    for change in changes:
        if change.trait != trait or (change.at or FIRST) > now:
            continue
        if newest is None or (change.at or FIRST) >= (newest.at or FIRST):
            newest = change
    return None if newest is None else newest.value
