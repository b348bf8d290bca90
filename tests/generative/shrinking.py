"""A case on which the engines differ, cut down to what a person can read, written as a spec."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from catalogue.definitions import nodes
from catalogue.definitions.canonical import to_data
from catalogue.engine.given_segments import GivenSegment
from catalogue.warehouse.given import GivenAccount, GivenChange, GivenCustomer, GivenEvent
from tests.generative.agreement import differences
from tests.generative.cases import Case


def report(case: Case) -> str:
    """The smallest case found that still differs, as a spec, and who says what."""
    small = smallest(case)
    said = "\n".join(
        f"{key}: the engine says {engine}, the oracle {oracle}"
        for key, (engine, oracle) in differences(small).items()
    )
    return f"{said}\n{as_spec(small)}"


def smallest(case: Case) -> Case:
    """Cut as long as anything can be cut and the engines still differ."""
    for smaller in cuts(case):
        if differences(smaller):
            return smallest(smaller)
    return case


def cuts(case: Case) -> Iterator[Case]:
    """Cases that are a little smaller, the boldest cuts first."""
    for key in case.segments:
        kept = {k: v for k, v in case.segments.items() if k != key}
        yield replace(case, segments=kept)
    for key, segment in case.segments.items():
        for simpler in simpler_segments(segment):
            yield replace(case, segments={**case.segments, key: simpler})
    for place in range(len(case.world.customers)):
        for customers in simpler_customers(case.world.customers, place):
            yield replace(case, world=replace(case.world, customers=customers))
    for place in range(len(case.world.accounts)):
        for accounts in simpler_accounts(case.world.accounts, place):
            yield replace(case, world=replace(case.world, accounts=accounts))


def simpler_segments(segment: GivenSegment) -> Iterator[GivenSegment]:
    """Without its manual changes, or a part of its tree alone."""
    if segment.adds or segment.removes:
        yield replace(segment, adds=(), removes=())
    if segment.definition is not None:
        for child in simpler_nodes(segment.definition.where):
            yield replace(segment, definition=replace(segment.definition, where=child))


def simpler_nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    """Children, groups with one child less, conditions with one term less or without window."""
    below = nodes.children(node)
    if isinstance(node, nodes.AccountMembers | nodes.Customers):
        yield from (replace(node, where=simpler) for simpler in simpler_nodes(node.where))
    if not isinstance(node, nodes.Customers):  # what is below is about customers, not accounts
        yield from below
    if isinstance(node, nodes.All | nodes.Any | nodes.None_) and len(below) > 1:
        for place in range(len(below)):
            yield replace(node, children=below[:place] + below[place + 1 :])
    if isinstance(node, nodes.Top | nodes.Bottom) and not isinstance(node.among, nodes.Everyone):
        yield replace(node, among=nodes.Everyone())
    if hasattr(node, "events"):
        terms = node.events.where
        for place in range(len(terms)):
            fewer = replace(node.events, where=terms[:place] + terms[place + 1 :])
            yield replace(node, events=fewer)
    if isinstance(node, nodes.Sequence):
        for place in range(1, len(node.steps) if len(node.steps) > 2 else 0):
            yield replace(node, steps=node.steps[:place] + node.steps[place + 1 :])
    if getattr(node, "window", None) is not None:
        yield replace(node, window=None)


def simpler_customers(
    customers: tuple[GivenCustomer, ...], place: int
) -> Iterator[tuple[GivenCustomer, ...]]:
    """Without one customer, or with one event or change less of it."""
    customer = customers[place]
    before, after = customers[:place], customers[place + 1 :]
    if all(other.merged_into != customer.id for other in customers):
        yield before + after
    for name in ("events", "changes"):
        listed: tuple[GivenEvent | GivenChange, ...] = getattr(customer, name)
        for i in range(len(listed)):
            fewer = replace(customer, **{name: listed[:i] + listed[i + 1 :]})
            yield (*before, fewer, *after)


def simpler_accounts(
    accounts: tuple[GivenAccount, ...], place: int
) -> Iterator[tuple[GivenAccount, ...]]:
    """With one change of one account less."""
    account = accounts[place]
    for i in range(len(account.changes)):
        fewer = replace(account, changes=account.changes[:i] + account.changes[i + 1 :])
        yield (*accounts[:place], fewer, *accounts[place + 1 :])


def as_spec(case: Case) -> str:
    """The case in the words of a segment file; instants of columns show as text."""
    lines = [f"now: {case.now.isoformat()}"]
    lines += [f"given: - {_json(_customer(customer))}" for customer in case.world.customers]
    lines += [f"accounts: - {_json(_account(account))}" for account in case.world.accounts]
    lines += [f"{key}: {_json(_segment(segment))}" for key, segment in case.segments.items()]
    return "\n".join(lines)


def _json(data: object) -> str:
    return json.dumps(data, default=repr, ensure_ascii=False)


def _customer(customer: GivenCustomer) -> dict[str, object]:
    changes = [(change.trait, change.value, change.at) for change in customer.changes]
    events = [(event.name, event.at, event.id, event.props) for event in customer.events]
    fate = {
        "account": customer.account,
        "deleted": customer.deleted,
        "merged_into": customer.merged_into,
    }
    return {"id": customer.id, "changes": changes, "events": events, **fate}


def _account(account: GivenAccount) -> dict[str, object]:
    changes = [(change.trait, change.value, change.at) for change in account.changes]
    return {"id": account.id, "changes": changes}


def _segment(segment: GivenSegment) -> dict[str, object]:
    written = None if segment.definition is None else to_data(segment.definition)
    manual = {"add": segment.adds, "remove": segment.removes, "list_of": segment.list_of}
    return {"definition": written, "static": segment.static, **manual}
