"""A column of the company's, whatever its type, as the kinds of values there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

# Every whole number up to here is a float64.
EXACT = 2**53


def kinds_of(column: ir.Column) -> Mapping[str, ir.Value]:
    """The columns of each kind that the values of a column have; empty for a type that no trait can
    be of. Like the values of a file (docs/decisions, on numbers): digits that no float64 has stay
    text, not-a-number and infinite are missing, a day is text."""
    type_ = column.type()
    if type_.is_boolean():
        return {"boolean": column}
    if type_.is_floating():
        return {"number": _finite(column.cast("float64"))}
    if type_.is_integer() and type_.nbytes <= 4:
        return {"number": column.cast("float64")}
    if type_.is_integer() or type_.is_decimal():
        return _exact(column)
    if type_.is_timestamp():
        return {"instant": column.cast("timestamp(6)")}
    if type_.is_json() or type_.is_array():
        return {"json": _document(column)}
    if type_.is_string() or type_.is_date() or type_.is_time() or type_.is_uuid():
        return {"text": column.cast("string")}
    return {}


def _finite(number: ir.FloatingValue) -> ir.Value:
    odd = number.isnan() | number.isinf()
    return odd.ifelse(ibis.null("float64"), number + 0.0)


def _exact(column: ir.NumericValue) -> Mapping[str, ir.Value]:
    nearest = column.cast("float64")
    is_it = nearest.cast("string").cast(dt.Decimal()) == column.cast(dt.Decimal())
    return {
        "number": is_it.ifelse(_finite(nearest), ibis.null("float64")),
        "text": is_it.ifelse(ibis.null("string"), column.cast("string")),
    }


def _document(column: ir.Column) -> ir.Value:
    if not column.type().is_array():
        return column.cast("string")
    as_json = cast("Callable[..., Callable[..., ir.Value]]", ibis.udf.scalar.builtin)(
        lambda value: None, name="array_to_json", signature=((column.type(),), dt.json)
    )
    return as_json(column).cast("string")
