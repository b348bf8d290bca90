"""What one value means to one operator (clauses 4 to 9), slowly and obviously."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeGuard, cast

import re2

from catalogue.definitions.nodes import POSITIVE_TWIN, Operator, Path, Term
from catalogue.engine.reference_dates import AsOf, date_holds

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


def value_at(properties: Mapping[str, object], path: Path) -> object:
    """The value a path reaches; None (missing) where an object on the way is not one."""
    value: object = properties
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def is_missing(value: object) -> bool:
    """Null, NaN or infinite (absent values arrive as None)."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """A list of values; text is none."""
    return isinstance(value, list | tuple)


def number_of(value: object) -> float | None:
    """The number a value is or reads as. All numbers are 64-bit floats, as in JSON."""
    if isinstance(value, bool) or is_missing(value):
        return None
    if isinstance(value, int | float | Decimal):
        return _finite(value)
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return _finite(value)
    return None


def _finite(value: int | float | Decimal | str) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def number_text(number: float) -> str:
    """A number as JSON writes it: shortest digits, an exponent only outside 1e-6 to 1e21."""
    if number == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    return "-" * sign + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{mantissa}e{point - 1:+d}"


def text_of(value: object) -> str | None:
    """What text operators read; None for missing values, lists and objects."""
    value = _plain(value)
    if is_missing(value) or is_list(value) or isinstance(value, Mapping):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str):
        return value
    number = number_of(value)
    return None if number is None else number_text(number)


def equal(value: object, other: object) -> bool:
    """Equality of clause 6; missing values, lists, objects and instants equal nothing."""
    value, other = _plain(value), _plain(other)
    if isinstance(value, bool) or isinstance(other, bool):
        return _boolean(value) is not None and _boolean(value) == _boolean(other)
    if isinstance(value, str) and isinstance(other, str):
        return value == other
    number, wanted = number_of(value), number_of(other)
    return number is not None and number == wanted


def _plain(value: object) -> object:
    """Dates of columns and whole numbers that no 64-bit float is are kept as their text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and not _is_float(value):
        return str(value)
    return value


def _is_float(value: int) -> bool:
    number = _finite(value)
    return number is not None and value in (int(number), Decimal(repr(number)))


def _boolean(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def lower(text: str) -> str:
    """Simple lower case: every character on its own, always one for one."""
    return "".join("i" if character == "\u0130" else character.lower() for character in text)


def holds(term: Term, value: object, as_of: AsOf) -> bool:
    """Whether one operator holds on one value."""
    twin = POSITIVE_TWIN.get(term.operator)
    if twin is not None:
        return not _positive(twin, value, term.operand, as_of)
    return _positive(term.operator, value, term.operand, as_of)


def all_hold(terms: Sequence[Term], properties: Mapping[str, object], as_of: AsOf) -> bool:
    """Whether all terms hold on the same properties."""
    return all(holds(term, value_at(properties, term.path), as_of) for term in terms)


def _positive(operator: Operator, value: object, operand: object, as_of: AsOf) -> bool:
    if operator is Operator.IS_SET:
        return (not is_missing(value)) is operand
    if operator is Operator.IS_EMPTY:
        return _is_empty(value) is operand
    if is_missing(value):
        return False
    if operator in SCALAR:
        return SCALAR[operator](value, operand)
    if operator is Operator.ITEM:
        return _item(value, operand, as_of)
    return date_holds(operator, value, operand, as_of)


def _is_empty(value: object) -> bool:
    return is_missing(value) or value == "" or (is_list(value) and len(value) == 0)


def _item(value: object, terms: object, as_of: AsOf) -> bool:
    wanted = cast("tuple[Term, ...]", terms)
    objects = [each for each in _elements(value) if isinstance(each, Mapping)]
    return is_list(value) and any(all_hold(wanted, each, as_of) for each in objects)


def _in(value: object, listed: object) -> bool:
    return any(equal(value, each) for each in _many(listed))


def _has_any(value: object, listed: object) -> bool:
    return any(_in(element, listed) for element in _elements(value))


def _has_all(value: object, listed: object) -> bool:
    return all(any(equal(element, each) for element in _elements(value)) for each in _many(listed))


def _elements(value: object) -> Sequence[object]:
    return value if is_list(value) else [value]


def _many(listed: object) -> Sequence[object]:
    return cast("Sequence[object]", listed)


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    def operator(value: object, bound: object) -> bool:
        number, limit = number_of(value), number_of(bound)
        return number is not None and limit is not None and compare(number, limit)

    return operator


def _between(value: object, bounds: object) -> bool:
    low, high = (number_of(bound) for bound in _many(bounds))
    number = number_of(value)
    return number is not None and low is not None and high is not None and low <= number <= high


def _textual(test: Callable[[str, str], bool]) -> Callable[[object, object], bool]:
    def operator(value: object, wanted: object) -> bool:
        text, part = text_of(value), text_of(wanted)
        return text is not None and part is not None and test(text, part)

    return operator


SCALAR: dict[Operator, Callable[[object, object], bool]] = {
    Operator.IS: equal,
    Operator.IN: _in,
    Operator.HAS_ANY: _has_any,
    Operator.HAS_ALL: _has_all,
    Operator.GT: _ordered(lambda number, bound: number > bound),
    Operator.GTE: _ordered(lambda number, bound: number >= bound),
    Operator.LT: _ordered(lambda number, bound: number < bound),
    Operator.LTE: _ordered(lambda number, bound: number <= bound),
    Operator.BETWEEN: _between,
    Operator.CONTAINS: _textual(lambda text, part: lower(part) in lower(text)),
    Operator.STARTS_WITH: _textual(lambda text, part: text.startswith(part)),
    Operator.ENDS_WITH: _textual(lambda text, part: text.endswith(part)),
    Operator.MATCHES: _textual(lambda text, pattern: re2.search(pattern, text) is not None),
}
