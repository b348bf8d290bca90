"""Being equal, being there, being empty."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis.expr.types as ir

from catalogue.definitions.nodes import Scalar
from catalogue.engine.conditions.bench import Bench, among
from catalogue.engine.conditions.readings import NUMBER, Reading, Readings, any_of, no, sure
from catalogue.warehouse.tables import KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """Equal to one of several scalars (clause 6). Two texts compare as text, always: so a text in
    the definition meets numbers by `numbers`, a number meets numbers and texts by `readings`."""

    texts: frozenset[str]
    numbers: frozenset[float]
    readings: frozenset[float]
    booleans: frozenset[bool]

    @property
    def needs(self) -> frozenset[Reading]:
        """Texts are read as numbers only where the definition has a number."""
        return frozenset({Reading.NUMBER}) if self.readings else frozenset()

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where the value equals one of them."""
        return any_of(
            condition
            for condition in (
                among(value.text, self.texts) if self.texts else None,
                among(value.number, self.numbers) if self.numbers else None,
                among(value.as_number, self.readings) if self.readings else None,
                self._boolean(value) if self.booleans else None,
            )
            if condition is not None
        )

    def _boolean(self, value: Readings) -> ir.BooleanValue:
        if value.boolean is None:
            return no()
        if len(self.booleans) == 2:
            return value.boolean.notnull()
        return sure(value.boolean if True in self.booleans else ~value.boolean)


def equal_to(scalars: Iterable[Scalar]) -> Equal:
    """The test for being equal to one of the scalars."""
    listed = list(scalars)
    texts = {s for s in listed if isinstance(s, str)}
    booleans = {s for s in listed if isinstance(s, bool)}
    numbers = {float(s) for s in listed if not isinstance(s, str | bool)}
    return Equal(
        texts=frozenset(texts | {_json_boolean(b) for b in booleans}),
        numbers=frozenset(n for n in map(number_in, texts) if n is not None),
        readings=frozenset(numbers),
        booleans=frozenset(booleans | {t == "true" for t in texts & {"true", "false"}}),
    )


def _json_boolean(value: bool) -> str:
    return "true" if value else "false"


def number_in(text: str) -> float | None:
    """The number a text reads as; None when it reads as none or as an infinite one."""
    if not re.fullmatch(NUMBER, text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IsSet:
    """Present and not missing; "" counts as set."""

    @property
    def needs(self) -> frozenset[Reading]:
        """The columns as they are."""
        return frozenset()

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where one of the kinds is filled."""
        columns = [getattr(value, kind) for kind in KINDS]
        return any_of(column.notnull() for column in columns if column is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HasContent:
    """The complement of `is_empty`: present, and neither "" nor []."""

    @property
    def needs(self) -> frozenset[Reading]:
        """The columns as they are."""
        return frozenset()

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where one of the kinds is filled with something."""
        plain = (value.number, value.boolean, value.instant)
        filled = [column.notnull() for column in plain if column is not None]
        if value.text is not None:
            filled.append(value.text != "")
        if value.json is not None:
            filled.append(value.json != "[]")
        return reduce(or_, map(sure, filled), no())
