"""contains, starts_with, ends_with, matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.functions import found
from catalogue.engine.conditions.readings import Reading, Readings, no, sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Textual:
    """A part of the text, or a pattern. `part` of `contains` is lower-cased already."""

    how: Literal["contains", "starts_with", "ends_with", "matches"]
    part: str

    @property
    def needs(self) -> frozenset[Reading]:
        """Numbers, booleans and instants are read as text."""
        return frozenset({Reading.TEXT})

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where the text has the part; `%` and `_` are ordinary."""
        text = value.as_text
        if text is None:
            return no()
        if not bench.reads_values:
            # Lower case and patterns as everywhere else; and nobody's pattern runs over there.
            return bench.fitting(text, self)
        match self.how:
            case "contains":
                return sure(text.lower().contains(self.part))
            case "starts_with":
                return sure(text.startswith(self.part))
            case "ends_with":
                return sure(text.endswith(self.part))
            case "matches":
                return sure(found(text, self.part))


def lower(text: str) -> str:
    """Simple lower case: character by character, so that Σ is σ wherever it stands and İ is i."""
    return "".join("i" if character == "İ" else character.lower() for character in text)
