"""Functions of the back end that Ibis has no, or no equal, expression for."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

INSTANT = dt.Timestamp(timezone="UTC")


def _of_one(name: str, takes: dt.DataType, gives: dt.DataType) -> Callable[..., ir.Value]:
    declare = cast("Callable[..., Callable[..., ir.Value]]", ibis.udf.scalar.builtin)
    return declare(lambda value: None, name=name, signature=((takes,), gives))


def _of_texts(name: str, gives: dt.DataType) -> Callable[..., ir.Value]:
    declare = cast("Callable[..., Callable[..., ir.Value]]", ibis.udf.scalar.builtin)
    signature = ((dt.string, dt.string), gives)
    # With its schema: sqlglot would turn the plain names of JSON functions into arrow operators,
    # and those bind more loosely than what may stand around them.
    place = {"database": "main", "catalog": "system"}
    return declare(lambda text, other: None, name=name, signature=signature, **place)


# RE2: the whole text matches · it is found anywhere. Ibis's own `re_search` lets `.` match a new
# line, RE2 does not.
full_match = _of_texts("regexp_full_match", dt.boolean)
found = _of_texts("regexp_matches", dt.boolean)

# Microseconds since 1970 of an instant · the naive timestamp of such microseconds.
epoch_us = _of_one("epoch_us", INSTANT, dt.int64)
make_timestamp = _of_one("make_timestamp", dt.int64, dt.timestamp)

# A document and a JSON pointer: the type of what lies there (null when nothing does) · as JSON ·
# a text without its quotes.
json_type = _of_texts("json_type", dt.string)
json_extract = _of_texts("json_extract", dt.string)
json_text = _of_texts("json_extract_string", dt.string)
