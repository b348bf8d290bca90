"""A definition in plain English whose names can be linked: each line as spans of text.

Names are marked before a message is filled in and found again in the finished sentence, so that a
translation may put them wherever its language wants them.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from catalogue.definitions.describe import say_block, say_line, say_sentences
from catalogue.definitions.english.wording import Labels, Wording
from catalogue.definitions.nodes import Definition
from catalogue.definitions.spans import DateLiteral, Duration
from catalogue.definitions.terms import Path, Scalar

Kind = Literal["text", "value", "trait", "account_trait", "event", "property", "segment"]

# Private-use characters: OPEN position TURN words CLOSE.
OPEN, TURN, CLOSE = "\ue000", "\ue001", "\ue002"
MARKED = re.compile(f"{OPEN}([0-9]+){TURN}([^{OPEN}{TURN}{CLOSE}]*){CLOSE}")
MARKS = re.compile(f"{OPEN}[0-9]+{TURN}|[{OPEN}{TURN}{CLOSE}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a line. `name`: the trait (of customers or accounts), event, property or segment
    key it stands for."""

    text: str
    kind: Kind = "text"
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedWording(Wording):
    """Says what `Wording` says, with every name and value marked."""

    marked: list[tuple[Kind, str]] = field(default_factory=list)

    def spans(self, sentence: str) -> tuple[Span, ...]:
        """The finished sentence, cut at its marks."""
        # Texts and numbers of the marks alternate: text, position, words, text, …
        pieces = MARKED.split(sentence)
        spans = [Span(text=_bare(pieces[0]))]
        for position, words, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            spans += [self._span(int(position), words), Span(text=_bare(text))]
        return tuple(span for span in spans if span.text)

    def _span(self, position: int, words: str) -> Span:
        # A value may hold anything, also something that looks like a mark.
        if position >= len(self.marked):
            return Span(text=words)
        kind, name = self.marked[position]
        return Span(text=words, kind=kind, name=name)

    def _mark(self, kind: Kind, words: str, name: str = "") -> str:
        self.marked.append((kind, name))
        return f"{OPEN}{len(self.marked) - 1}{TURN}{_bare(words)}{CLOSE}"

    def trait(self, path: Path) -> str:
        """A trait's label, marked."""
        kind: Kind = "account_trait" if self.about == "account" else "trait"
        return self._mark(kind, Wording.trait(self, path), path[0])

    def prop(self, path: Path) -> str:
        """A property's label, marked."""
        return self._mark("property", Wording.prop(self, path), path[0])

    def event(self, name: str) -> str:
        """An event's label in quotation marks, marked."""
        return self._mark("event", Wording.event(self, name), name)

    def segment(self, key: str) -> str:
        """A segment's name in quotation marks, marked."""
        return self._mark("segment", Wording.segment(self, key), key)

    def value(self, value: Scalar) -> str:
        """A value, marked."""
        return self._mark("value", Wording.value(self, value))

    def number(self, value: float) -> str:
        """A number, marked."""
        return self._mark("value", Wording.number(self, value))

    def duration(self, duration: Duration) -> str:
        """A span of time, marked as a whole."""
        return self._mark("value", Wording.duration(self, duration))

    def day(self, day: date) -> str:
        """A day, marked."""
        return self._mark("value", Wording.day(self, day))

    def date(self, literal: DateLiteral) -> str:
        """A day or time, marked as a whole."""
        return self._mark("value", Wording.date(self, literal))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSentence:
    """One node, as `describe.Sentence` says it."""

    pointer: str
    depth: int
    spans: tuple[Span, ...]
    folded: bool


def linked_lines(
    definition: Definition,
    *,
    labels: Labels | None = None,
    translations: gettext.NullTranslations | None = None,
) -> list[tuple[int, tuple[Span, ...]]]:
    """What `describe` says, as (depth, spans)."""
    wording = _wording(labels, translations)
    lines = say_block(definition, wording).lines
    return [(depth, wording.spans(text)) for depth, text in lines]


def linked_line(
    definition: Definition,
    *,
    labels: Labels | None = None,
    translations: gettext.NullTranslations | None = None,
) -> tuple[Span, ...]:
    """What `one_line` says, as spans."""
    wording = _wording(labels, translations)
    return wording.spans(say_line(definition, wording))


def linked_sentences(
    definition: Definition,
    *,
    labels: Labels | None = None,
    translations: gettext.NullTranslations | None = None,
) -> list[LinkedSentence]:
    """What `sentences` says, as spans."""
    wording = _wording(labels, translations)
    return [
        LinkedSentence(
            pointer=one.pointer,
            depth=one.depth,
            spans=wording.spans(one.text),
            folded=one.folded,
        )
        for one in say_sentences(definition, wording)
    ]


def _wording(labels: Labels | None, translations: gettext.NullTranslations | None) -> LinkedWording:
    return LinkedWording(
        labels=labels or Labels(), translations=translations or gettext.NullTranslations()
    )


def _bare(text: str) -> str:
    return MARKS.sub("", text)
