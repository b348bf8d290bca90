"""A row as a sentence of words and fields, for a template to print."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalogue.web.builder.rows import Row

Look = Literal["words", "choice", "line", "lines", "several", "number", "date", "kept"]
# A list of more values is one field with a line for each.
MOST_SEVERAL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to choose. `group` is the heading it stands under."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """Options under one heading; "" stands for none."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Words (`value` is the text), or a field. `redraws`: another choice brings other fields."""

    look: Look
    value: str
    name: str = ""
    label: str = ""
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()
    redraws: bool = False
    is_focused: bool = False

    @property
    def several(self) -> list[str]:
        """The values of a list, each for a field of its own, and an empty one to go on."""
        return [*(line for line in self.value.split("\n") if line), ""]

    @property
    def groups(self) -> list[OptionGroup]:
        """The options under their headings, in order."""
        found = itertools.groupby(self.options, key=lambda option: option.group)
        return [OptionGroup(label=label, options=tuple(options)) for label, options in found]

    @property
    def described_by(self) -> str:
        """The ids of the sentences that say what is wrong with it."""
        return " ".join(f"{self.name}-error-{number + 1}" for number, _ in enumerate(self.errors))

    @property
    def height(self) -> str:
        """The lines that a field of several lines shows."""
        return str(min(max(self.value.count("\n") + 2, 2), 10))


class Sentence:
    """The parts of one row, or of one of its terms, in the making."""

    def __init__(
        self,
        row: Row,
        *,
        name: str,
        errors: Mapping[str, Sequence[str]],
        focus: str = "",
        prefix: str = "",
    ) -> None:
        self.row = row
        self.name = name
        self.errors = errors
        self.focus = focus
        self.prefix = prefix
        self.parts: list[Part] = []

    def term(self, number: int) -> Sentence:
        """The sentence of one of the row's terms."""
        return Sentence(
            self.row, name=self.name, errors=self.errors, focus=self.focus, prefix=f"w{number}-"
        )

    def text(self, name: str) -> str:
        """What the field holds."""
        return self.row.fields.get(self.prefix + name, "")

    def say(self, words: str) -> None:
        """Words between fields."""
        if words:
            self.parts.append(Part(look="words", value=words))

    def keep(self, name: str) -> None:
        """A field that nobody sees."""
        self._add("kept", name, "")

    def write(self, name: str, label: str, look: Look = "line") -> None:
        """A field to type in."""
        self._add(look, name, label)

    def list(self, name: str, label: str) -> None:
        """Fields for the values of a list."""
        is_short = self.text(name).count("\n") < MOST_SEVERAL
        self._add("several" if is_short else "lines", name, label, redraws=is_short)

    def choose(
        self, name: str, label: str, options: Sequence[Option], *, redraws: bool = False
    ) -> None:
        """A field to choose in; what is chosen now stays a choice, known or not."""
        value = self.text(name)
        if all(option.value != value for option in options):
            options = [_also(value), *options] if not value else [*options, _also(value)]
        self._add("choice", name, label, tuple(options), redraws)

    def _add(
        self,
        look: Look,
        name: str,
        label: str,
        options: tuple[Option, ...] = (),
        redraws: bool = False,
    ) -> None:
        field = self.prefix + name
        self.parts.append(
            Part(
                look=look,
                value=self.text(name),
                name=f"{self.name}-{self.row.id}-{field}",
                label=label,
                options=options,
                errors=tuple(self.errors.get(field, ())),
                redraws=redraws,
                is_focused=field == self.focus,
            )
        )


def _also(value: str) -> Option:
    return Option(value=value, label=f"{value} (not in the dictionary)" if value else "choose …")
