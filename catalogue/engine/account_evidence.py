"""What decided the conditions on an account, and on the customers of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.nodes import Term
from catalogue.engine.circle import Circle
from catalogue.engine.evidence import Evidence, dated_of
from catalogue.engine.moving import moves
from catalogue.warehouse import current


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
