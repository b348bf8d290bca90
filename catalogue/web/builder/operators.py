"""The operators a builder offers, in words: which fit a type, and what stands behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.web.builder.rows import Fields
from catalogue.web.builder.sentence import Option
from catalogue.web.builder.shape import Drawn, Shape
from catalogue.web.builder.time_shapes import TIME_SHAPES
from catalogue.web.builder.value_shapes import VALUE_SHAPES

SHAPES: Mapping[str, Shape] = {**VALUE_SHAPES, **TIME_SHAPES}
UNKNOWN = "(or is unknown)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`id` is what a form calls it, `key` what a definition does; `label` stands before its fields,
    `after` behind them. `truth` is the value of a flag."""

    id: str
    key: str
    label: str
    shape: Shape
    after: str = ""
    truth: bool = True

    def draw(self, operand: object) -> Drawn | None:
        """The operand as fields; None when they cannot hold it."""
        return self.shape.draw(operand)

    def read(self, fields: Fields) -> dict[str, object]:
        """The keys a definition has for the fields."""
        if self.is_flag:
            return {self.key: self.truth}
        operand = self.shape.read(fields)
        return operand if isinstance(operand, dict) else {self.key: operand}

    @property
    def is_flag(self) -> bool:
        """Whether it takes no operand."""
        return self.shape is SHAPES["nothing"]


def _op(id_: str, label: str, shape: str, after: str = "", key: str = "") -> Operator:
    truth = not id_.startswith("is_not_")
    return Operator(
        id=id_, key=key or id_, label=label, shape=SHAPES[shape], after=after, truth=truth
    )


_ALL = (
    _op("is", "is", "value"),
    _op("is_not", "is not", "value", UNKNOWN),
    _op("in", "is one of", "values"),
    _op("not_in", "is none of", "values", UNKNOWN),
    _op("is_set", "is known", "nothing"),
    _op("is_not_set", "is unknown", "nothing", key="is_set"),
    _op("is_empty", "is empty or unknown", "nothing"),
    _op("is_not_empty", "is known and not empty", "nothing", key="is_empty"),
    _op("gt", "is more than", "number"),
    _op("gte", "is at least", "number"),
    _op("lt", "is less than", "number"),
    _op("lte", "is at most", "number"),
    _op("between", "is between", "pair"),
    _op("not_between", "is not between", "pair", UNKNOWN),
    _op("contains", "contains", "text"),
    _op("not_contains", "does not contain", "text", UNKNOWN),
    _op("starts_with", "starts with", "text"),
    _op("not_starts_with", "does not start with", "text", UNKNOWN),
    _op("ends_with", "ends with", "text"),
    _op("not_ends_with", "does not end with", "text", UNKNOWN),
    _op("matches", "matches the pattern", "text"),
    _op("not_matches", "does not match the pattern", "text", UNKNOWN),
    _op("has_any", "has any of", "values"),
    _op("has_all", "has all of", "values"),
    _op("has_none", "has none of", "values", UNKNOWN),
    _op("in_last", "is in the last", "duration"),
    _op("in_next", "is in the next", "duration"),
    _op("older_than", "is older than", "duration"),
    _op("ages", "is between", "ages", key="from"),
    _op("before", "is before", "date"),
    _op("after", "is after", "date"),
    _op("on", "is on", "date"),
    _op("since", "is since", "moment"),
    _op("between_dates", "is from", "days"),
    _op("during", "is during", "calendar"),
    _op("anniversary_on", "has its anniversary on", "date"),
    _op("anniversary_in_next", "has its anniversary in the next", "duration"),
)
OPERATORS: Mapping[str, Operator] = {operator.id: operator for operator in _ALL}

EQUALITY = ("is", "is_not", "in", "not_in")
FLAGS = ("is_set", "is_not_set", "is_empty", "is_not_empty")
LISTS = ("has_any", "has_all", "has_none")
_ORDER = ("gt", "gte", "lt", "lte", "between", "not_between")
_TEXTS = tuple(id_ for id_ in OPERATORS if OPERATORS[id_].shape is SHAPES["text"])
_TIMES = (
    "in_last",
    "in_next",
    "older_than",
    "ages",
    "before",
    "after",
    "on",
    "since",
    "between_dates",
    "during",
    "anniversary_on",
    "anniversary_in_next",
)
HEADINGS: Mapping[str, str] = {
    **dict.fromkeys(EQUALITY, "Any value"),
    **dict.fromkeys(FLAGS, "Any value"),
    **dict.fromkeys(_ORDER, "Numbers"),
    **dict.fromkeys(_TEXTS, "Text"),
    **dict.fromkeys(LISTS, "Lists"),
    **dict.fromkeys(_TIMES, "Dates"),
}
BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "text": (*EQUALITY, *_TEXTS, *FLAGS),
    "number": (*EQUALITY, *_ORDER, *FLAGS[:2]),
    "boolean": (*EQUALITY[:2], *FLAGS[:2]),
    "date": (*_TIMES, *FLAGS[:2]),
    "list": (*LISTS, *FLAGS),
    "object": FLAGS,
}


def fitting(type_: str) -> tuple[str, ...]:
    """The operators for a type of the dictionary, the usual one first; all of them for others."""
    return BY_TYPE.get(type_, tuple(OPERATORS))


def choices(type_: str) -> list[Option]:
    """The same, to choose from; under headings where there are all of them."""
    is_known = type_ in BY_TYPE
    return [option(id_, "" if is_known else HEADINGS[id_]) for id_ in fitting(type_)]


def option(id_: str, heading: str = "") -> Option:
    """An operator to choose."""
    return Option(value=id_, label=OPERATORS[id_].label, group=heading)


def operator_of(keys: Mapping[str, object]) -> tuple[Operator, object] | None:
    """(operator, operand) of the keys a definition has for it; None when there is none here."""
    if set(keys) == {"from", "to"}:
        return OPERATORS["ages"], dict(keys)
    if len(keys) != 1:
        return None
    ((key, operand),) = keys.items()
    id_ = f"is_not_{key.removeprefix('is_')}" if operand is False and key in FLAGS else key
    operator = OPERATORS.get(id_)
    return None if operator is None else (operator, operand)
