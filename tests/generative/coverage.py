"""What a run of generated cases has asked, so that it can be asserted that it asked enough.

Counted once per condition: head × window form, head × type of the aggregated value, operator × type
of the values it met, operator × where it stood, and the window forms of dates in values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Node, Operator, Subject, Term
from catalogue.engine.given_segments import Answer
from catalogue.engine.reference import trait_value
from catalogue.engine.reference_dates import moment_of
from catalogue.engine.reference_values import is_list, value_at
from catalogue.warehouse.given import GivenCustomer, GivenEvent
from tests.generative.cases import Case
from tests.generative.moments import MICROSECOND
from tests.generative.values import TYPES, type_of

Cell = tuple[str, str]
AGGREGATES = ("sum", "avg", "min", "max", "count_distinct")
EVENT_HEADS = ("Did", "DidNot", "Count", "FirstDid", "LastDid", *AGGREGATES)
OTHER_HEADS = (
    "Trait",
    "AccountTrait",
    "InSegment",
    "Everyone",
    "All",
    "Any",
    "None_",
    "Not",
    "static",
)
SHARED_FORMS = ("InLast", "OlderThan", "AgoToAgo", "FromTo", "Since", "BetweenDates", "During")
EVENT_FORMS = ("no window", "SinceStartOfDay", *SHARED_FORMS)
VALUE_FORMS = ("InNext", *SHARED_FORMS)
PLACES = ("trait", "account", "where", "item")
HOW_MANY = ("any", "all", "none")


def wanted() -> set[Cell]:
    """Everything that has to be met often enough."""
    return {
        *((head, "") for head in OTHER_HEADS),
        *((head, how) for head in ("AccountMembers", "Customers") for how in HOW_MANY),
        *((head, form) for head in EVENT_HEADS for form in EVENT_FORMS),
        *((head, kind) for head in AGGREGATES for kind in TYPES),
        *((operator, kind) for operator in Operator for kind in TYPES),
        *((operator, place) for operator in Operator for place in PLACES),
        *((form, kind) for form in VALUE_FORMS for kind in ("text", "instant")),
    } - {(Operator.ITEM, "item")}  # lists of objects inside lists of objects have specs


class Coverage:
    """Counts over all cases so far."""

    def __init__(self) -> None:
        self.cells: Counter[Cell] = Counter()
        self.definitions = 0
        self.telling = 0
        self.customers = 0
        self.on_an_edge = 0

    def add(self, case: Case, answers: Mapping[str, Answer]) -> None:
        """Count what a case asks, and how many of its segments hold some but not all."""
        live = case.world.live()
        self.customers += len(live)
        self.on_an_edge += sum(stands_on_an_edge(customer, case) for customer in live)
        for key, segment in case.segments.items():
            self.definitions += 1
            members = answers[key]
            everyone = case.world.accounts if segment.subject == "account" else live
            self.telling += isinstance(members, frozenset) and 0 < len(members) < len(everyone)
            if segment.definition is None:
                self.cells["static", ""] += 1
                continue
            definition = segment.definition
            for node, about in nodes.walk_about(definition.where, definition.subject):
                self.cells.update(set(cells_of(node, about, case)))

    def missing(self, times: float) -> dict[Cell, int]:
        """What was met less often than that."""
        return {cell: self.cells[cell] for cell in wanted() if self.cells[cell] < times}


def stands_on_an_edge(customer: GivenCustomer, case: Case) -> bool:
    """Whether an event, a change or a date lies on now or now − N, or a microsecond beside."""
    zone = ZoneInfo(case.moment.zone)
    dates = (moment_of(change.value, zone) for change in customer.changes)
    instants = [
        *(event.at for event in customer.events),
        *(change.at for change in customer.changes if change.at is not None),
        *(date.instant for date in dates if date is not None),
    ]
    edges = case.moment.edges
    return any(abs(instant - edge) <= MICROSECOND for instant in instants for edge in edges)


def cells_of(node: Node, about: Subject, case: Case) -> Iterator[Cell]:
    """What one node asks."""
    if isinstance(node, nodes.Trait | nodes.AccountTrait):
        yield type(node).__name__, ""
        place = "account" if isinstance(node, nodes.AccountTrait) else about
        name = node.term.path[0]
        given = case.world.accounts if place == "account" else case.world.live()
        values = [{name: trait_value(one.changes, name, case.now)} for one in given]
        yield from term_cells(node.term, values, "trait" if place == "customer" else place)
    elif isinstance(node, nodes.AccountMembers | nodes.Customers):
        yield type(node).__name__, node.how
    elif nodes.children(node) or isinstance(node, nodes.Everyone | nodes.InSegment):
        yield type(node).__name__, ""
    else:
        yield from event_cells(node, case)


def event_cells(node: Node, case: Case) -> Iterator[Cell]:
    """What a condition on events asks."""
    head = node.function if isinstance(node, nodes.Aggregate) else type(node).__name__
    yield head, "no window" if node.window is None else type(node.window).__name__
    events = [event for customer in case.world.customers for event in customer.events]
    props = [event.props for event in events if is_named(event, node.events)]
    if isinstance(node, nodes.Aggregate):
        yield from ((head, type_of(value_at(each, node.prop))) for each in props)
    for term in node.events.where:
        yield from term_cells(term, props, "where")


def is_named(event: GivenEvent, selector: nodes.EventSelector) -> bool:
    """Whether a selector names an event."""
    return event.name in selector.names or event.name.startswith(selector.prefixes)


def term_cells(term: Term, values: Iterable[Mapping[str, object]], place: str) -> Iterator[Cell]:
    """What one operator asks of the values it meets."""
    found = [value_at(each, term.path) for each in values]
    yield term.operator, place
    yield from ((term.operator, type_of(value)) for value in found)
    if term.operator is Operator.WITHIN:
        yield from ((type(term.operand).__name__, type_of(value)) for value in found)
    if term.operator is Operator.ITEM:
        lists = (value for value in found if is_list(value))
        elements = [each for value in lists for each in value if isinstance(each, Mapping)]
        for inner in term.operand:
            yield from term_cells(inner, elements, "item")
