"""What a node may hold. The tree calls these when it is built; they know values, not nodes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from catalogue.definitions.errors import Code, refuse

MAX_DEPTH = 20
MAX_NODES = 500
MAX_LISTED_VALUES = 10_000
MAX_KEY_LENGTH = 80

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PART = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
# Beyond this whole numbers are no longer one number each in JSON (RFC 8785, IEEE 754).
EXACT_TO = 2**53
# More units than this lie outside the calendar, whatever the unit.
MAX_UNITS = 10**12

MONTHS = {"month": 1, "quarter": 3, "year": 12}
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
# A run of n months is never further than this from n average months.
MONTH_SECONDS, MONTH_SLACK = 30.436875 * 86_400, 4 * 86_400


def check_group(children: Sequence[object]) -> None:
    """A group holds at least one condition."""
    if not children:
        raise refuse(Code.EMPTY_DEFINITION, "The group is empty. Give it at least one condition.")


def check_subjects(fits: Iterable[bool]) -> None:
    """No condition on customers stands where accounts are judged, and none on accounts where
    customers are."""
    if not all(fits):
        raise refuse(
            Code.BAD_VALUE,
            "Conditions on customers and on accounts are mixed. Customers of an account are asked"
            " about with “customers”, the account of a customer with “account_trait” and"
            " “account_members”.",
        )


def check_duration(count: object, unit: str) -> None:
    """A whole number ≥ 1 of a known unit."""
    if unit not in MONTHS and unit not in SECONDS:
        raise refuse(Code.BAD_VALUE, f"“{unit}” is not a unit of time.")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise refuse(Code.BAD_VALUE, "A duration is a whole number of units, at least 1.")
    if count > MAX_UNITS:
        raise refuse(Code.BAD_VALUE, "The duration is longer than the calendar.")


def check_ages(start: tuple[int, str], end: tuple[int, str]) -> None:
    """`from` must not be nearer to now than `to`; calendar and exact units are compared only as far
    as the lengths of months allow."""
    if _shortest(end) > _longest(start) or (_comparable(start, end) and _size(end) > _size(start)):
        raise refuse(
            Code.BAD_WINDOW,
            "The window ends before it starts. Put the longer age first, as in"
            " “from: 30 days ago, to: 10 days ago”.",
        )


def can_exceed(one: tuple[int, str], other: tuple[int, str]) -> bool:
    """Whether a duration is, or in some months can be, longer than another."""
    if _comparable(one, other):
        return _size(one) > _size(other)
    return _longest(one) > _shortest(other)


def _comparable(one: tuple[int, str], other: tuple[int, str]) -> bool:
    return (one[1] in MONTHS) == (other[1] in MONTHS)


def _size(age: tuple[int, str]) -> int:
    count, unit = age
    return count * (MONTHS.get(unit) or SECONDS[unit])


def _longest(age: tuple[int, str]) -> float:
    return _size(age) * MONTH_SECONDS + MONTH_SLACK if age[1] in MONTHS else _size(age)


def _shortest(age: tuple[int, str]) -> float:
    return _size(age) * MONTH_SECONDS - MONTH_SLACK if age[1] in MONTHS else _size(age)


def check_order(start: date | datetime, end: date | datetime) -> None:
    """A window does not end before it starts."""
    if end < start:
        raise refuse(
            Code.BAD_WINDOW, "The window ends before it starts. Write the earlier date first."
        )


def check_number(value: object) -> None:
    """A finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(Code.BAD_VALUE, "This must be a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise refuse(Code.BAD_VALUE, "NaN and infinity cannot be used. Write a finite number.")
    if isinstance(value, int) and abs(value) > EXACT_TO and not _is_one_number(value):
        raise refuse(
            Code.BAD_VALUE,
            f"The number {value} has too many digits to be kept exactly. Write it as text, in"
            " quotes.",
        )


def _is_one_number(value: int) -> bool:
    """Whether a JSON reader gives back this very number: it is a double, or one as written."""
    try:
        nearest = float(value)
    except OverflowError:
        return False
    return int(nearest) == value or _as_written(nearest) == value


def _as_written(value: float) -> int:
    digits, _, exponent = repr(value).partition("e")
    if not exponent:
        return int(value)
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    power: int = 10 ** (int(exponent) - len(fraction))
    return int(whole + fraction) * power


def check_scalar(value: object) -> None:
    """Text, a finite number, true or false."""
    if value is None:
        raise refuse(
            Code.BAD_VALUE,
            "Nothing (null) cannot be compared. To ask for a missing value write “is_set: false”.",
        )
    if isinstance(value, str):
        return check_text(value)
    if not isinstance(value, bool):
        if not isinstance(value, int | float):
            raise refuse(Code.BAD_VALUE, "This must be one text, number, true or false.")
        check_number(value)
    return None


def check_text(value: object) -> None:
    """Text that can be stored as UTF-8."""
    if not isinstance(value, str):
        raise refuse(Code.BAD_VALUE, "This must be text. Put it in quotes.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise refuse(Code.BAD_VALUE, "The text holds half a character and cannot be stored.")


def check_pair(operand: object) -> None:
    """Two numbers, the lower first."""
    if not isinstance(operand, tuple) or len(operand) != 2:
        raise refuse(Code.BAD_VALUE, "Write two numbers, as in “between: [5, 20]”.")
    for value in operand:
        check_number(value)
    check_range(*operand)


def check_range(low: float, high: float) -> None:
    """The lower bound comes first."""
    if low > high:
        raise refuse(Code.BAD_VALUE, f"{low} is above {high}. Write the lower number first.")


def check_listed(operand: object) -> None:
    """A list of at least one text, number, true or false."""
    if not isinstance(operand, tuple) or not operand:
        raise refuse(Code.BAD_VALUE, "The list is empty. Write at least one value.")
    for value in operand:
        check_scalar(value)


def check_path(path: Sequence[str]) -> None:
    """Names one inside the other, none of them empty."""
    if not path or not all(path):
        raise refuse(Code.BAD_VALUE, "The name is empty.")
    for name in path:
        check_text(name)


def check_key(key: str) -> None:
    """The key of a segment."""
    if KEY.fullmatch(key) is None:
        raise refuse(
            Code.BAD_VALUE,
            f"“{key}” is no key of a segment: small letters a–z, digits and single hyphens, as in"
            " “power-users”.",
        )
    if len(key) > MAX_KEY_LENGTH:
        raise refuse(
            Code.BAD_VALUE, f"The key is {len(key)} long; at most {MAX_KEY_LENGTH} is allowed."
        )


def check_part(part: str) -> None:
    """The name behind the # of a reference."""
    if PART.fullmatch(part) is None:
        raise refuse(Code.BAD_VALUE, f"“{part}” is no part of a segment, as “reached” would be.")


def check_times(comparisons: Sequence[tuple[str, float, float | None]]) -> None:
    """(comparator, bound, high): each comparator once, and some positive whole number fits all."""
    names = [name for name, _, _ in comparisons]
    if len(set(names)) < len(names):
        raise refuse(Code.BAD_VALUE, "The same comparison is given twice. Keep one of them.")
    if comparisons and not _fits_any(comparisons):
        raise refuse(
            Code.BAD_VALUE,
            "No number of times from 1 up fits this. To say that something never happened, write"
            " “did_not”.",
        )


def _fits_any(comparisons: Sequence[tuple[str, float, float | None]]) -> bool:
    # The answer can only change at a bound, so the whole numbers around the bounds are enough.
    bounds = [bound for _, *pair in comparisons for bound in pair if bound is not None]
    around = {math.floor(bound) + step for bound in bounds for step in (-1, 0, 1, 2)}
    candidates = {1, *(count for count in around if count >= 1)}
    candidates |= {max(candidates) + step for step in range(1, len(comparisons) + 1)}
    return any(all(holds(one, count) for one in comparisons) for count in candidates)


def holds(comparison: tuple[str, float, float | None], count: float) -> bool:
    """Whether a number satisfies (comparator, bound, high)."""
    name, bound, high = comparison
    if name == "between":
        return bound <= count <= (bound if high is None else high)
    return {
        "eq": count == bound,
        "neq": count != bound,
        "gt": count > bound,
        "gte": count >= bound,
        "lt": count < bound,
        "lte": count <= bound,
    }[name]


def check_size(*, depth: int, count: int, listed: int) -> None:
    """How deep and how long a definition may be, and how many values it may list."""
    for size, limit, what in (
        (depth, MAX_DEPTH, "nested {size} deep"),
        (count, MAX_NODES, "{size} conditions and groups long"),
        (listed, MAX_LISTED_VALUES, "{size} listed values long"),
    ):
        if size > limit:
            raise refuse(
                Code.TOO_LARGE,
                f"The definition is {what.format(size=size)}; at most {limit} are allowed. Move a"
                " part into a segment of its own, or a long list into a static segment.",
            )
