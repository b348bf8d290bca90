"""What a run of generated cases has asked, so that it can be asserted that it asked enough.

Counted once per condition: head × window form, head × type of the aggregated value, operator × type
of the values it met, operator × where it stood, and the window forms of dates in values; of `held`
what it lasts and what history it met, of rankings what they rank by, how many and among whom.
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
from tests.generative.cases import WALKS, Case
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
HEADS_WITH_WINDOWS = ("Sequence", "DroppedOff", "ActiveDays", "Latest")
WALK_HEADS = (*HEADS_WITH_WINDOWS, "Stopped", "Resumed", "Regularly")
REACHES = ("minute", "day", "week", "month")
HELD = ("for_at_least", "for_less_than", "positive", "negative", "no history", "one", "several")
RANKED_BY = ("trait", "count", *AGGREGATES)
RANKED = (*RANKED_BY, "number", "share", "among everyone", "among some")
PLACES = ("trait", "account", "where", "item")
HOW_MANY = ("any", "all", "none")


def wanted() -> set[Cell]:
    """Everything that has to be met often enough."""
    return {
        *((head, "") for head in OTHER_HEADS),
        *((head, how) for head in ("AccountMembers", "Customers") for how in HOW_MANY),
        *((head, form) for head in EVENT_HEADS for form in EVENT_FORMS),
        *((head, kind) for head in AGGREGATES for kind in TYPES),
        *((head, "") for head in WALK_HEADS),
        *((head, form) for head in HEADS_WITH_WINDOWS for form in EVENT_FORMS),
        *((head, unit) for head in ("Sequence", "DroppedOff") for unit in REACHES),
        *(("ActiveDays", "periods"), ("Sequence", "no within")),
        *((operator, kind) for operator in Operator for kind in TYPES),
        *((operator, place) for operator in Operator for place in PLACES),
        *((form, kind) for form in VALUE_FORMS for kind in ("text", "instant")),
        *(("Held", what) for what in HELD),
        *((end, what) for end in ("Top", "Bottom") for what in RANKED),
        ("Sample", ""),
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
            members = answers[key]
            everyone = case.world.accounts if segment.subject == "account" else live
            # Those on order and habit come on top, and do not dilute what the others ask.
            if key not in WALKS:
                self.definitions += 1
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
    elif isinstance(node, nodes.Held):
        yield from held_cells(node, case)
    elif isinstance(node, nodes.Top | nodes.Bottom):
        yield from ((type(node).__name__, what) for what in rank_cells(node))
    elif nodes.children(node) or isinstance(node, nodes.Everyone | nodes.InSegment | nodes.Sample):
        yield type(node).__name__, ""
    elif isinstance(node, nodes.Walk):
        yield from walk_cells(node, case)
    else:
        yield from event_cells(node, case)


def held_cells(node: nodes.Held, case: Case) -> Iterator[Cell]:
    """What a condition on the history of a trait asks, and how long the histories are."""
    yield "Held", node.lasting
    negates = node.term.operator in nodes.POSITIVE_TWIN or node.term.operand is False
    yield "Held", "negative" if negates else "positive"
    for customer in case.world.live():
        known = [
            change
            for change in customer.changes
            if change.trait == node.term.path[0] and change.at and change.at <= case.now
        ]
        yield "Held", ("no history", "one", "several")[min(len(known), 2)]


def rank_cells(node: nodes.Rank) -> Iterator[str]:
    """What a ranking asks."""
    yield node.by.function if isinstance(node.by, nodes.EventMeasure) else "trait"
    yield "share" if isinstance(node.size, nodes.Share) else "number"
    yield "among everyone" if isinstance(node.among, nodes.Everyone) else "among some"


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


def walk_cells(node: nodes.Walk, case: Case) -> Iterator[Cell]:
    """What a condition on order or habit asks; its terms are those of other conditions."""
    head = type(node).__name__
    yield head, ""
    if head in HEADS_WITH_WINDOWS:
        window = "no window" if node.window is None else type(node.window).__name__
        yield head, "periods" if getattr(node, "periods", None) else window
    for step in getattr(node, "steps", ())[1:]:
        yield head, "no within" if step.within is None else step.within.unit
    if isinstance(node, nodes.DroppedOff):
        yield head, node.within.unit
    if isinstance(node, nodes.Latest):
        events = [event for customer in case.world.customers for event in customer.events]
        props = [event.props for event in events if is_named(event, node.events)]
        for term in node.has:
            yield from term_cells(term, props, "has")


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
