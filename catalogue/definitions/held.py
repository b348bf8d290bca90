"""How long a trait has been what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalogue.definitions.spans import Duration
from catalogue.definitions.terms import Term

Lasting = Literal["for_at_least", "for_less_than"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The term holds now and has done so, without a break, since a change whose time is known: for
    at least so long, or for less."""

    term: Term
    lasting: Lasting
    duration: Duration
