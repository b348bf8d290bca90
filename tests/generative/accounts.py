"""Accounts of generated workspaces, and conditions that look at them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Node, Subject
from catalogue.warehouse.given import GivenAccount, GivenChange
from tests.generative.operands import Ground, term

ACCOUNTS = tuple(f"a{place}" for place in range(6))
# Of these and of no account customers are; the last account has none.
OF_CUSTOMERS = (None, *ACCOUNTS[:3], *ACCOUNTS[:3], *ACCOUNTS[3:5])
# Segments that hold accounts, among those that hold customers.
ACCOUNT_SEGMENTS = frozenset({3, 7, 11})
HEADS = ("account_trait", "account_trait", "account_members")
ABOUT_ACCOUNTS = (*["trait"] * 4, *["customers"] * 4, "in_segment")


def subject_of(place: int) -> Subject:
    """What the segment at a place holds."""
    return "account" if place in ACCOUNT_SEGMENTS else "customer"


def accounts(
    rng: Random, ground: Ground, changes: Callable[[Random, Ground], list[GivenChange]]
) -> tuple[GivenAccount, ...]:
    """All but the first, which is only referred to."""
    return tuple(
        GivenAccount(id=name, changes=tuple(changes(rng, ground))) for name in ACCOUNTS[1:]
    )


def account_condition(
    rng: Random, ground: Ground, head: str, traits: tuple[str, ...], inside: Callable[[], Node]
) -> Node:
    """A condition that looks from customers to their account, or back."""
    how = rng.choice(["any", "all", "none"])
    match head:
        case "account_trait":
            return nodes.AccountTrait(term=term(rng, ground, traits))
        case "customers":
            return nodes.Customers(how=how, where=inside())
    return nodes.AccountMembers(how=how, where=inside())
