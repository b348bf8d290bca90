"""Dotted paths: reaching into objects."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from catalogue.definitions.nodes import Path
from catalogue.engine.conditions.functions import json_extract, json_text, json_type
from catalogue.engine.conditions.readings import Readings

NUMBERS = ("DOUBLE", "BIGINT", "UBIGINT", "HUGEINT")


def reach(value: Readings, path: Path) -> Readings:
    """The value at a path inside objects; missing where there is no object on the way."""
    if not path:
        return value
    if value.json is None:
        return Readings()
    return _typed(value.json, pointer(path), _passes_objects(value.json, path))


def _typed(document: ir.StringValue, place: str, reached: ir.BooleanValue) -> Readings:
    kind = reached.ifelse(json_type(document, place), ibis.null(str))

    def where(chosen: ir.BooleanValue, column: ir.Value) -> ir.Value:
        return chosen.ifelse(column, ibis.null(column.type()))

    inner = json_extract(document, place)
    return Readings(
        text=where(kind == "VARCHAR", json_text(document, place)),
        number=where(kind.isin(NUMBERS), _finite(inner.try_cast("float64"))),
        boolean=where(kind == "BOOLEAN", inner == "true"),
        json=where(kind.isin(("ARRAY", "OBJECT")), inner),
    )


def _finite(number: ir.FloatingValue) -> ir.Value:
    return number.isinf().ifelse(ibis.null("float64"), number)


def _passes_objects(document: ir.StringValue, path: Path) -> ir.BooleanValue:
    # A pointer's "0" would also reach into a list.
    condition = json_type(document, "") == "OBJECT"
    for length in range(1, len(path)):
        condition &= json_type(document, pointer(path[:length])) == "OBJECT"
    return condition


def pointer(path: Path) -> str:
    """The path as a JSON pointer (RFC 6901)."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def reach_in(value: object, path: Path) -> object:
    """The same in memory; None where there is nothing."""
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
