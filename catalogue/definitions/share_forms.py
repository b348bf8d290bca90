"""Shares as written: `20%`, `12.5%`."""

from __future__ import annotations

import re
from decimal import Decimal

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.pieces import Piece
from catalogue.definitions.shares import Share

NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,20})?)"
PERCENTAGE = re.compile(rf"{NUMBER} ?%")
# What somebody may write for one.
ALIKE = re.compile(rf"{NUMBER} *(?:%|percent|per cent|pct)?")


def parse_share(piece: Piece) -> Share:
    """`12.5%`."""
    match = PERCENTAGE.fullmatch(piece.value) if isinstance(piece.value, str) else None
    if match is None:
        raise piece.bad(
            f"“{piece.value}” is no percentage. Write 0% to 100%, as in 20% or 12.5%.",
            suggestion=meant(piece.value),
        )
    return piece.checked(Share, percent=Decimal(match[1]))


def meant(value: object) -> str | None:
    """The percentage that somebody means by 20, by 0.2 or by `20 percent`; None when unclear."""
    found = ALIKE.fullmatch(value if isinstance(value, str) else repr(value))
    if found is None:
        return None
    is_part = isinstance(value, float) and value <= 1
    try:
        return write_share(Share(percent=Decimal(found[1]) * (100 if is_part else 1)))
    except DefinitionError:
        return None


def write_share(share: Share) -> str:
    """`12.5%`, the canonical spelling."""
    return f"{share.digits}%"
