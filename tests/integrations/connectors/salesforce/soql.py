"""As much of SOQL as a fake Salesforce has to understand: one table, conditions joined by AND."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_SHAPE = re.compile(
    r"SELECT (?P<names>[\w., ]+|COUNT\(\)) FROM (?P<table>\w+) WHERE (?P<where>.+?)"
    r"(?: ORDER BY (?P<order>\w+))?$",
    re.DOTALL,
)
_TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|[\w.]+|!=|=|\(|\)|,)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r"}


@dataclass(frozen=True)
class Condition:
    """`name` is or is not one of `values`."""

    name: str
    values: tuple[Any, ...]
    is_negative: bool = False

    def holds(self, row: Mapping[str, Any]) -> bool:
        found = value_of(row, self.name) in self.values
        return found is not self.is_negative


@dataclass(frozen=True)
class Query:
    """A parsed query."""

    table: str
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...]
    order: str = ""
    is_count: bool = False

    def names(self) -> set[str]:
        """Every field that it speaks of."""
        ordered = {self.order} - {""}
        return {*self.columns, *(one.name for one in self.conditions), *ordered}

    def picks(self, row: Mapping[str, Any]) -> bool:
        return all(one.holds(row) for one in self.conditions)

    def ordered(self, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        key: Callable[[Mapping[str, Any]], str] = lambda row: str(row.get(self.order or "Id"))  # noqa: E731
        return sorted(rows, key=key)

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a row, as Salesforce shows them: a parent is an object of its own."""
        shown: dict[str, Any] = {"attributes": {"type": self.table}}
        for column in self.columns:
            parent, _, name = column.rpartition(".")
            if not parent:
                shown[column] = row.get(column)
            elif row.get(parent) is None:
                shown[parent] = None
            else:
                shown.setdefault(parent, {})[name] = row[parent].get(name)
        return shown


def value_of(row: Mapping[str, Any], name: str) -> Any:
    """A field of a row or of its parent; None where there is none."""
    parent, _, field = name.rpartition(".")
    value = ((row.get(parent) or {}) if parent else row).get(field)
    # Names are compared without regard to case, as Salesforce does.
    return value.lower() if isinstance(value, str) and field in ("Name", "Email") else value


def parse(text: str) -> Query:
    """The query; ValueError for what Salesforce, or this fake, does not understand."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError(f"unexpected token: {text}")
    is_count = found["names"] == "COUNT()"
    columns = () if is_count else tuple(one.strip() for one in found["names"].split(","))
    return Query(
        table=found["table"],
        columns=columns,
        conditions=tuple(_conditions(_tokens(found["where"]))),
        order=found["order"] or "",
        is_count=is_count,
    )


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"unexpected token at {at}")
        tokens.append(found[1])
        at = found.end()
    return tokens


def _conditions(tokens: list[str]) -> Iterable[Condition]:
    while tokens:
        name, operator = tokens.pop(0), tokens.pop(0)
        if operator == "IN":
            end = tokens.index(")")
            values = [_value(one, name) for one in tokens[1:end] if one != ","]
            del tokens[: end + 1]
        elif operator in ("=", "!="):
            values = [_value(tokens.pop(0), name)]
        else:
            raise ValueError(f"unknown operator {operator}")
        if tokens and tokens.pop(0) != "AND":
            raise ValueError("AND expected")
        yield Condition(name, tuple(values), is_negative=operator == "!=")


def _value(token: str, name: str) -> Any:
    if token in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[token]
    if not token.startswith("'"):
        raise ValueError(f"a value is quoted, not {token}")
    text = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), token[1:-1], flags=re.DOTALL)
    return text.lower() if name.rpartition(".")[2] in ("Name", "Email") else text
