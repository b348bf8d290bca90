"""A small workspace given as plain Python values: what tests and `segments test` judge.

No Ibis and no files. Values are what YAML and JSON give (text, int, float, bool, None, list, dict)
and `datetime`/`date` where a column of a loaded file had such a type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

ALWAYS = datetime.min.replace(tzinfo=UTC)


class GivenError(ValueError):
    """What is given cannot be a workspace; the message is a sentence a user may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenEvent:
    """One event. `at` is aware UTC; `received` says from which instant it is there (None: always);
    events without `id` are all kept."""

    name: str
    at: datetime
    id: str | None = None
    props: Mapping[str, object] = field(default_factory=dict)
    received: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenChange:
    """A trait has `value` from `at` on (None: since ever). Of two changes of one trait at one
    instant the later in the list is the newer. A `value` of None is a change to missing."""

    trait: str
    value: object
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAccount:
    """An account with its trait changes."""

    id: str
    changes: tuple[GivenChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCustomer:
    """A customer. `merged_into` is the id of the customer it was merged into; such a customer and
    a `deleted` one are outside the population."""

    id: str
    changes: tuple[GivenChange, ...] = ()
    events: tuple[GivenEvent, ...] = ()
    account: str | None = None
    deleted: bool = False
    merged_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole workspace. Customers and accounts that are only referred to (`merged_into`,
    `account`) exist too, bare; a merge that runs in a circle or an id given twice is refused
    with a `GivenError`."""

    customers: tuple[GivenCustomer, ...] = ()
    accounts: tuple[GivenAccount, ...] = ()

    def __post_init__(self) -> None:
        _refuse_doubles("customer", [customer.id for customer in self.customers])
        _refuse_doubles("account", [account.id for account in self.accounts])
        _add_bare(self)
        self.survivors()

    def at(self, received_until: datetime) -> World:
        """The workspace as it was known at an instant: without events received later, and of every
        event id only the first received. This is what engines are given."""
        known = (_without(customer, received_until) for customer in self.customers)
        return replace(self, customers=tuple(known)).deduplicated()

    def deduplicated(self) -> World:
        """Event ids are unique in the workspace and the first received stays (the first listed, if
        received together). This is the only place of that rule for given workspaces."""
        kept = _first_received(self)
        customers = (
            replace(
                customer, events=tuple(e for i, e in enumerate(customer.events) if (c, i) in kept)
            )
            for c, customer in enumerate(self.customers)
        )
        return replace(self, customers=tuple(customers))

    def live(self) -> tuple[GivenCustomer, ...]:
        """The population: neither deleted nor merged away."""
        return tuple(c for c in self.customers if not c.deleted and c.merged_into is None)

    def survivors(self) -> dict[str, str]:
        """Id of each merged-away customer → id at the end of its chain of merges."""
        into = {c.id: c.merged_into for c in self.customers if c.merged_into is not None}
        return {start: _end_of_chain(start, into) for start in into}


def _refuse_doubles(what: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for given in ids:
        if given in seen:
            raise GivenError(f"The {what} “{given}” is given twice; give each {what} once.")
        seen.add(given)


def _add_bare(world: World) -> None:
    listed = {customer.id for customer in world.customers}
    named = dict.fromkeys(c.merged_into for c in world.customers if c.merged_into is not None)
    bare = tuple(GivenCustomer(id=name) for name in named if name not in listed)
    object.__setattr__(world, "customers", tuple(world.customers) + bare)
    listed = {account.id for account in world.accounts}
    named = dict.fromkeys(c.account for c in world.customers if c.account is not None)
    extra = tuple(GivenAccount(id=name) for name in named if name not in listed)
    object.__setattr__(world, "accounts", tuple(world.accounts) + extra)


def _end_of_chain(start: str, into: Mapping[str, str]) -> str:
    path = [start]
    while path[-1] in into:
        path.append(into[path[-1]])
        if path[-1] in path[:-1]:
            chain = " → ".join(path)
            raise GivenError(f"The merges run in a circle ({chain}); one of them must survive.")
    return path[-1]


def _without(customer: GivenCustomer, received_until: datetime) -> GivenCustomer:
    events = (e for e in customer.events if e.received is None or e.received <= received_until)
    return replace(customer, events=tuple(events))


def _first_received(world: World) -> set[tuple[int, int]]:
    """Places (customer, event) of the events that stay."""
    events = [
        (event.received or ALWAYS, (c, i), event.id)
        for c, customer in enumerate(world.customers)
        for i, event in enumerate(customer.events)
    ]
    first: dict[str, tuple[int, int]] = {}
    for _, place, event_id in sorted(events, key=lambda entry: entry[:2]):
        if event_id is not None:
            first.setdefault(event_id, place)
    return {place for _, place, event_id in events if event_id is None or first[event_id] == place}
