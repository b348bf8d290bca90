"""Conditions that look at somebody's account, or at the customers of an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catalogue.definitions.terms import Term

if TYPE_CHECKING:
    from catalogue.definitions.nodes import Node

HowMany = Literal["any", "all", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTrait:
    """One operator on the value that a trait of the customer's account has at `now`; missing
    without an account."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMembers:
    """`where`, which is about customers, is true for any, all or none of the live customers of the
    customer's account, this one included; false without an account."""

    how: HowMany
    where: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """In a segment of accounts: `where`, which is about customers, is true for any, all or none of
    the account's live customers; without any, `all` and `none` are true."""

    how: HowMany
    where: Node
