"""What decided the conditions on an account, and on the customers of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Term
from catalogue.engine.circle import Circle
from catalogue.engine.evidence import Evidence, dated_of
from catalogue.engine.moving import moves, window_moves
from catalogue.warehouse import current

# Conditions of which it is known when they change by time alone.
FORESEEN = (
    *(nodes.All, nodes.Any, nodes.None_, nodes.Not, nodes.Everyone),
    *(nodes.Trait, nodes.AccountTrait, nodes.AccountMembers, nodes.Customers),
    *(nodes.Did, nodes.DidNot, nodes.Count, nodes.FirstDid, nodes.LastDid, nodes.Aggregate),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersReason:
    """For how many (`fits`) of the account's live customers it is true, `of` how many."""

    fits: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAccountReason:
    """The customer belongs to no account."""


def account_evidence(terms: Iterable[Term], circle: Circle, *, now: datetime) -> Evidence | None:
    """What these conditions on the traits of the account were decided by; None without one."""
    if circle.account is None:
        return None
    wanted = list(terms)
    said = {
        name: current.said(circle.alone, circle.account, name, now=now, subject="account")
        for name in sorted({term.path[0] for term in wanted})
    }
    moving = {term.path for term in wanted if moves(term)}
    dated = dated_of(moving, circle.alone, now, "account")
    return Evidence(said=said, dated=dated, times={}, figures={})


def stands_still(node: nodes.Node) -> bool:
    """Whether time alone never changes of whom a tree is true; false where that is not known."""
    return all(_stands_still(one) for one in nodes.walk(node))


def _stands_still(node: nodes.Node) -> bool:
    window = getattr(node, "window", None)
    return (
        isinstance(node, FORESEEN)
        and not any(map(moves, nodes.terms_of(node)))
        and (window is None or not window_moves(window))
    )
