"""How a value is read as a number, a text, a date: the readings that operators compare.

A scan derives the readings its operators need once per value column, below the operators, so that
a query parses each value once however many conditions look at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from catalogue.engine.conditions.functions import epoch_us, full_match, make_timestamp
from catalogue.engine.local_times import FIRST, LAST, microseconds
from catalogue.warehouse.tables import KINDS, ValueColumns

NUMBER = r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?"
YEAR = r"([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
OFFSET = r"(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])"
LOCAL_DATE = rf"{YEAR}-[0-9]{{2}}-[0-9]{{2}}([T ]{CLOCK})?"
ZONED_DATE = rf"{YEAR}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}{OFFSET}"
# The greatest value that a sum can take in: 10^12 of them still fit 38 digits with 6 places.
SUMMABLE = 1e20
MONEY = "decimal(38, 6)"
EARLIEST, LATEST = microseconds(FIRST), microseconds(LAST)


class Reading(StrEnum):
    """A value read as something else. Each is null where the value cannot be read so."""

    NUMBER = "as_number"  # float64: a number, or text that reads as one
    TEXT = "as_text"  # numbers and booleans as JSON writes them, instants as received
    LOCAL = "local"  # timestamp: a date without offset, in the definition's zone
    MOMENT = "moment"  # timestamp: a date with offset or a date/time column, in UTC
    MONEY = "money"  # decimal with 6 places, half away from zero
    SAME = "same"  # text that is alike for values that count as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """A value's columns and what was derived of them; None where there is nothing to read."""

    text: ir.StringValue | None = None
    number: ir.FloatingValue | None = None
    boolean: ir.BooleanValue | None = None
    instant: ir.TimestampValue | None = None
    json: ir.StringValue | None = None
    as_number: ir.FloatingValue | None = None
    as_text: ir.StringValue | None = None
    local: ir.TimestampValue | None = None
    moment: ir.TimestampValue | None = None
    money: ir.DecimalValue | None = None
    same: ir.StringValue | None = None


def no() -> ir.BooleanValue:
    """Never true."""
    return ibis.literal(False)


def sure(condition: ir.BooleanValue) -> ir.BooleanValue:
    """The condition, false where it is unknown: logic is two-valued."""
    return condition.fill_null(False)


def any_of(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    """At least one is true; false without any. Balanced, so that many do not nest deeply."""
    left = [sure(condition) for condition in conditions]
    while len(left) > 1:
        left = [reduce(or_, left[i : i + 2]) for i in range(0, len(left), 2)]
    return left[0] if left else no()


def raw(value: ValueColumns) -> Readings:
    """The columns of a value without any derived reading."""
    return Readings(**{kind: getattr(value, kind) for kind in KINDS})


def derive(value: Readings, needs: Iterable[Reading]) -> Mapping[Reading, ir.Value]:
    """The expressions of the readings asked for; without those that nothing can be read as."""
    derived = {need: DERIVATIONS[need](value) for need in needs}
    return {need: expression for need, expression in derived.items() if expression is not None}


def with_derived(value: Readings, derived: Mapping[Reading, ir.Value]) -> Readings:
    """The same value with its derived readings in place."""
    return replace(value, **{str(need): column for need, column in derived.items()})


def _first(*columns: ir.Value | None) -> ir.Value | None:
    present = [column for column in columns if column is not None]
    if len(present) < 2:
        return present[0] if present else None
    return ibis.coalesce(*present)


def as_number(value: Readings) -> ir.Value | None:
    """A number, or text that is exactly a number as JSON writes them; nothing infinite."""
    return _first(value.number, None if value.text is None else _number_of(value.text))


def _number_of(text: ir.StringValue) -> ir.Value:
    number = _matching(text, NUMBER).try_cast("float64")
    return number.isinf().ifelse(ibis.null("float64"), number)


def as_text(value: Readings) -> ir.Value | None:
    """The text that text operators read: numbers and booleans as JSON writes them, date/time
    columns as `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`. Lists and objects have none."""
    return _first(
        value.text,
        None if value.number is None else number_text(value.number),
        None if value.boolean is None else boolean_text(value.boolean),
        None if value.instant is None else _instant_text(value.instant),
    )


def boolean_text(boolean: ir.BooleanValue) -> ir.Value:
    """As JSON writes it."""
    return ibis.cases((boolean, "true"), (~boolean, "false"))


def number_text(number: ir.FloatingValue) -> ir.Value:
    """The number as JSON's canonical form (RFC 8785) writes it: shortest digits, plain up to 21
    digits and down to six zeros. Back ends write the shortest digits too, but plain for fewer."""
    size = (number + 0.0).abs().cast("string")
    short = size.re_replace(r"\.0$", "")
    power = size.re_extract(r"e(.+)$", 1).try_cast("int64")
    digits = size.re_replace(r"e.*$", "").replace(".", "")
    sign = (number < 0).ifelse("-", "")
    scientific = size.re_replace(r"e-0*([0-9]+)$", r"e-\1")
    written = ibis.cases(
        (power.isnull(), short),
        ((power >= 0) & (power < 21), digits.rpad(ibis.greatest(power + 1, digits.length()), "0")),
        ((power < 0) & (power > -7), ibis.literal("0.") + _zeros(-power - 1) + digits),
        else_=scientific,
    )
    return sign + written


def _zeros(count: ir.IntegerValue) -> ir.Value:
    return ibis.literal("0").repeat(ibis.greatest(count, 0))


def _instant_text(instant: ir.TimestampValue) -> ir.Value:
    exact = instant.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return exact.re_replace(r"\.000000$", "") + "Z"


def local(value: Readings) -> ir.Value | None:
    """A date without offset as the local timestamp it says; a plain date is its midnight."""
    return None if value.text is None else _matching(value.text, LOCAL_DATE).try_cast("timestamp")


def moment(value: Readings) -> ir.Value | None:
    """A date with offset, or of a date/time column, as naive UTC."""
    return _first(value.instant, None if value.text is None else _moment_of(value.text))


def _moment_of(text: ir.StringValue) -> ir.Value:
    # By way of its microseconds: a cast between the two timestamp types would go through the
    # session's zone.
    zoned = _matching(text, ZONED_DATE).try_cast("timestamp('UTC')")
    at = epoch_us(zoned)
    # An offset may lead a little out of the calendar; there its nearest end is meant.
    inside = ibis.cases((at < EARLIEST, EARLIEST), (at > LATEST, LATEST), else_=at)
    return make_timestamp(inside)


def _matching(text: ir.StringValue, pattern: str) -> ir.Value:
    return full_match(text, pattern).ifelse(text, ibis.null(str))


def money(value: Readings) -> ir.Value | None:
    """The number as a decimal with 6 places, by its shortest digits or its digits as written.

    Numbers of 10^20 and more in size are left out, like what does not read as a number: a sum
    must never fail on data.
    """
    number = as_number(value)
    if number is None:
        return None
    digits = _first(None if value.number is None else value.number.cast("string"), value.text)
    fits = number.abs() < SUMMABLE
    return fits.ifelse(digits, ibis.null(str)).try_cast(MONEY)


def same(value: Readings) -> ir.Value | None:
    """Alike for values that are counted as one: a text, the number it writes and the boolean it
    writes; lists and objects by canonical JSON. Two texts are never alike unless identical."""
    return _first(
        None if value.text is None else ibis.literal("t") + value.text,
        None if value.number is None else same_number(value.number),
        None if value.boolean is None else ibis.literal("t") + boolean_text(value.boolean),
        None if value.instant is None else ibis.literal("i") + value.instant.cast("string"),
        None if value.json is None else ibis.literal("j") + value.json,
    )


def same_number(number: ir.FloatingValue) -> ir.Value:
    """What a number is counted as."""
    return ibis.literal("n") + (number + 0.0).cast("string")


DERIVATIONS = {
    Reading.NUMBER: as_number,
    Reading.TEXT: as_text,
    Reading.LOCAL: local,
    Reading.MOMENT: moment,
    Reading.MONEY: money,
    Reading.SAME: same,
}
