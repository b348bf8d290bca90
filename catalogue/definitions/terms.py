"""One operator on one value, comparisons of a count, and which events are meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from catalogue.definitions import rules
from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.spans import DateLiteral, Duration, SinceStartOfDay, Window

# A value as written in a definition: text, a number, true/false. Numbers are int or finite float.
Scalar = str | int | float | bool
# `trait`, `prop`: ("company", "size", "seats") reaches into objects.
Path = tuple[str, ...]


class Operator(StrEnum):
    """Every operator a trait, property or list element may carry."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    NOT_BETWEEN = "not_between"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    NOT_STARTS_WITH = "not_starts_with"
    ENDS_WITH = "ends_with"
    NOT_ENDS_WITH = "not_ends_with"
    MATCHES = "matches"
    NOT_MATCHES = "not_matches"
    IS_SET = "is_set"
    IS_EMPTY = "is_empty"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    ITEM = "item"
    BEFORE = "before"
    AFTER = "after"
    ON = "on"
    # Dates in a window: the operand is the Window (in_last, in_next, older_than, since,
    # between_dates, during).
    WITHIN = "within"
    ANNIVERSARY_ON = "anniversary_on"
    ANNIVERSARY_IN_NEXT = "anniversary_in_next"


# Negative operators are the exact complement of their twin, so true on missing (clause 4).
POSITIVE_TWIN: dict[Operator, Operator] = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_BETWEEN: Operator.BETWEEN,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.NOT_STARTS_WITH: Operator.STARTS_WITH,
    Operator.NOT_ENDS_WITH: Operator.ENDS_WITH,
    Operator.NOT_MATCHES: Operator.MATCHES,
    Operator.HAS_NONE: Operator.HAS_ANY,
}

# What an operand is: a scalar (is, contains, gt …), a tuple of scalars (in, has_*; between: low,
# high), a bool (is_set, is_empty), a DateLiteral (before, after, on, anniversary_on), a Window
# (within), a Duration (anniversary_in_next) or a tuple of Terms (item).
Operand = Scalar | tuple[Scalar, ...] | DateLiteral | Window | Duration | tuple["Term", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`{trait|prop: path, <operator>: operand}`."""

    path: Path
    operator: Operator
    operand: Operand
    # True equals 1 in Python; terms that differ in this are different terms.
    booleans: tuple[bool, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rules.check_path(self.path)
        _check_operand(self.operator, self.operand)
        values = self.operand if isinstance(self.operand, tuple) else (self.operand,)
        object.__setattr__(self, "booleans", tuple(isinstance(value, bool) for value in values))


class Comparator(StrEnum):
    """How a count or aggregate is compared."""

    EQ = "eq"
    NEQ = "neq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`gte: 3`; `high` only for between, which includes both ends. The bound of min and max is
    a number too; bounds are finite."""

    comparator: Comparator
    bound: int | float
    high: int | float | None = None

    def __post_init__(self) -> None:
        rules.check_number(self.bound)
        if (self.high is not None) != (self.comparator is Comparator.BETWEEN):
            raise refuse(Code.BAD_VALUE, "Two bounds belong to “between”, and only to it.")
        if self.high is not None:
            rules.check_pair((self.bound, self.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSelector:
    """Which events: exact `names` and `prefixes` (`test_*` is the prefix `test_`), counted
    together; all terms of `where` hold on the same event."""

    names: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    where: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        if not self.names and not self.prefixes:
            raise refuse(Code.BAD_VALUE, "Name at least one event.")
        for name in self.names:
            rules.check_path((name,))


ORDERS = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
LISTED = frozenset(
    {Operator.IN, Operator.NOT_IN, Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE}
)
PAIRS = frozenset({Operator.BETWEEN, Operator.NOT_BETWEEN})
FLAGS = frozenset({Operator.IS_SET, Operator.IS_EMPTY})
TEXTS = frozenset(
    {
        Operator.CONTAINS,
        Operator.NOT_CONTAINS,
        Operator.STARTS_WITH,
        Operator.NOT_STARTS_WITH,
        Operator.ENDS_WITH,
        Operator.NOT_ENDS_WITH,
        Operator.MATCHES,
        Operator.NOT_MATCHES,
    }
)
DATES = frozenset({Operator.BEFORE, Operator.AFTER, Operator.ON, Operator.ANNIVERSARY_ON})


def _check_operand(operator: Operator, operand: Operand) -> None:
    """Refuse what this operator cannot use. A wrong Python type is a fault of the caller's code."""
    if operator in (Operator.IS, Operator.IS_NOT):
        rules.check_scalar(operand)
    elif operator in ORDERS:
        rules.check_number(operand)
    elif operator in PAIRS:
        rules.check_pair(operand)
    elif operator in LISTED:
        rules.check_listed(operand)
    elif operator in TEXTS:
        rules.check_text(operand)
    elif operand == ():
        raise refuse(Code.BAD_VALUE, "The list is empty. Write at least one term.")
    elif not _has_right_type(operator, operand):
        raise TypeError(f"{operator} cannot take {operand!r}")


def _has_right_type(operator: Operator, operand: Operand) -> bool:
    if operator in FLAGS:
        return isinstance(operand, bool)
    if operator in DATES:
        return isinstance(operand, DateLiteral)
    if operator is Operator.WITHIN:
        # Days back from today are a window of events.
        return isinstance(operand, Window) and not isinstance(operand, SinceStartOfDay)
    if operator is Operator.ANNIVERSARY_IN_NEXT:
        return isinstance(operand, Duration)
    return _are_terms(operand)


def _are_terms(operand: Operand) -> bool:
    return isinstance(operand, tuple) and all(isinstance(term, Term) for term in operand)


def listed_count(term: Term) -> int:
    """How many values a term lists, inside `item` too."""
    if not isinstance(term.operand, tuple):
        return 0
    if term.operator is Operator.ITEM:
        return sum(listed_count(one) for one in term.operand if isinstance(one, Term))
    return len(term.operand) if term.operator in LISTED else 0
