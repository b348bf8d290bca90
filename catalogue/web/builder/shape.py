"""What stands behind an operator: how an operand is drawn in fields, read back and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.web.builder.rows import Fields
from catalogue.web.builder.sentence import Sentence

Drawn = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`draw`: an operand as fields, None when it cannot be drawn; `read`: fields as an operand,
    with complaints; `show`: the fields in a sentence, given the type of what is asked about.
    `start`: the fields of a new one."""

    draw: Callable[[object], Drawn | None]
    read: Callable[[Fields], object]
    show: Callable[[Sentence, str], None]
    start: Mapping[str, str]
