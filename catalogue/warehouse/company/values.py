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
    if type_.is_json():
        return {"json": column.cast("string")}
    if type_.is_string() or type_.is_date() or type_.is_time() or type_.is_uuid():
        return {"text": column.cast("string")}
    return {}


def _finite(number: ir.FloatingValue) -> ir.Value:
    odd = number.isnan() | number.isinf()
    return odd.ifelse(ibis.null("float64"), number + 0.0)


def _exact(column: ir.NumericValue) -> Mapping[str, ir.Value]:
    """A number as such where a float64 has it, else its digits."""
    digits = _digits(column.type())
    nearest = column.cast("float64")
    if digits.precision is not None:
        # Beyond these the cast back would not fit.
        fits = nearest.abs() < 10.0 ** (digits.precision - digits.scale)
        nearest = fits.ifelse(nearest, ibis.null("float64"))
    is_it = nearest.cast("string").cast(digits) == column.cast(digits)
    if column.type() == dt.int64:
        # One that a float64 has, though it is written with other digits.
        is_it |= (nearest.abs() < 2.0**63).ifelse(nearest, 0.0).cast("int64") == column
    is_it = is_it.fill_null(False)
    return {
        "number": is_it.ifelse(_finite(nearest), ibis.null("float64")),
        "text": is_it.ifelse(ibis.null("string"), column.cast("string")),
    }


def _digits(type_: dt.DataType) -> dt.Decimal:
    """A decimal that holds all digits of a number's type."""
    if type_.is_integer():
        return dt.Decimal(38, 0)
    if type_.precision is None:
        return dt.Decimal()
    return dt.Decimal(max(type_.precision, 38), type_.scale)


def with_documents(table: ir.Table, function: str) -> ir.Table:
    """The table with lists and objects as JSON, by a function of the engine's."""
    nested = [name for name in table.columns if table[name].type().is_nested()]
    read = {name: _document(table[name], function) for name in nested}
    return table.mutate(**read) if read else table


def _document(column: ir.Column, function: str) -> ir.Value:
    as_json = cast("Callable[..., Callable[..., ir.Value]]", ibis.udf.scalar.builtin)(
        lambda value: None, name=function, signature=((column.type(),), dt.json)
    )
    return as_json(column)
