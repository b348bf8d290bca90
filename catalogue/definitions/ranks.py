"""The first and the last of a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogue.definitions import rules
from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.measures import Measure
from catalogue.definitions.shares import Share

if TYPE_CHECKING:
    from catalogue.definitions.nodes import Node

# How many are taken: that many, or the share of those who are ranked, rounded up.
Size = int | Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """Those members of `among` with the greatest measure, ties with the last one in included."""

    size: Size
    by: Measure
    among: Node

    def __post_init__(self) -> None:
        _check_size(self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottom:
    """Those members of `among` with the least measure, ties with the last one in included."""

    size: Size
    by: Measure
    among: Node

    def __post_init__(self) -> None:
        _check_size(self.size)


Rank = Top | Bottom


def _check_size(size: Size) -> None:
    if isinstance(size, Share):
        if not size.percent:
            raise refuse(Code.BAD_VALUE, "0% would never be anybody. Write a share above 0%.")
    elif isinstance(size, bool) or not 1 <= size <= rules.EXACT_TO:
        raise refuse(Code.BAD_VALUE, "Write how many, a whole number from 1 up, or a share: 10%.")
