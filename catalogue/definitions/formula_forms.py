"""Formulas of metrics as written: `{mean: measure}`, `{share: condition}`, `{ratio: [one, other]}`,
or a measure alone, which is its mean."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from catalogue.definitions.canonical import to_data
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.formulas import Formula, Mean, Ratio, ShareOf
from catalogue.definitions.measure_forms import NAMES, parse_measure, write_measure
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.pieces import Piece, every, nearest

HEADS = ("mean", "share", "ratio")
EXAMPLE = (
    "Write what is measured, as in {count: login, in_last: 30 days}, {mean: {trait: seats}},"
    " {share: {did: login, in_last: 7 days}} or {ratio: [{sum: amount, of: order_paid},"
    " {count: order_paid}]}."
)


def parse_formula(document: object, *, pointer: str = "", default_timezone: str = "UTC") -> Formula:
    """The formula in plain values. `pointer` is where it stands in a larger document. Raises
    DefinitionError with every fault found."""
    piece = Piece(value=document, pointer=pointer, zone=ZoneInfo(default_timezone))
    if not isinstance(document, dict) or not document:
        raise piece.fault(Code.EMPTY_DEFINITION, EXAMPLE)
    head = _head(piece.mapping("A metric"))
    if head is None:
        return Mean(measure=parse_measure(piece))
    piece.only((head,), "A metric")
    below = piece.at(head)
    if head == "mean":
        return Mean(measure=parse_measure(below))
    if head == "ratio":
        return _parse_ratio(below)
    condition = parse_definition(
        below.value, pointer=below.pointer, default_timezone=default_timezone
    )
    return below.checked(ShareOf, condition=condition)


def _head(piece: Piece) -> str | None:
    """mean, share or ratio; None of a measure alone."""
    heads = [key for key in piece.keys if key in HEADS]
    if heads or any(key in NAMES for key in piece.keys):
        return heads[0] if heads else None
    raise _unknown(piece)


def _unknown(piece: Piece) -> DefinitionError:
    first = piece.keys[0]
    return piece.at(first).fault(
        Code.UNKNOWN_CONDITION,
        f"There is no metric “{first}”. {EXAMPLE}",
        suggestion=nearest(first, (*HEADS, *NAMES)),
    )


def _parse_ratio(piece: Piece) -> Ratio:
    parts = piece.items("The two measures of a ratio")
    if len(parts) != 2:
        raise piece.bad(
            f"A ratio divides one measure by another one; here are {len(parts)}. Write two, as in"
            " [{sum: amount, of: order_paid}, {count: order_paid}]."
        )
    above, below = every(parts, parse_measure)
    return Ratio(above=above, below=below)


def write_formula(formula: Formula) -> dict[str, object]:
    """A formula in plain values, with its head; `parse_formula` makes the same of it."""
    match formula:
        case Mean(measure=measure):
            return {"mean": write_measure(measure)}
        case ShareOf(condition=condition):
            return {"share": to_data(condition)}
        case Ratio(above=above, below=below):
            return {"ratio": [write_measure(above), write_measure(below)]}
