"""Text into plain values: YAML 1.2 with the core rules, so JSON too. Nothing else reads YAML.

A date, `12:30`, `NO` and `1_000` stay text. Anchors, aliases, tags, keys given twice and files
over 64 kB are refused, with line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from catalogue.definitions.errors import Code, DefinitionError, Fault

MAX_BYTES = 64 * 1024
MAX_NESTING = 100

NULL = re.compile(r"~|null|Null|NULL|")
TRUE = re.compile(r"true|True|TRUE")
FALSE = re.compile(r"false|False|FALSE")
WHOLE = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
NOT_A_NUMBER = re.compile(r"\.(nan|NaN|NAN)")
# What YAML and PostgreSQL do not take: controls, halves of characters, non-characters.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Python refuses to read longer ones; no number of use is that long.
MAX_DIGITS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a file: `data` is plain (dict, list, text, int, float, bool, None), `text` is
    what stands between its marks; of a file that is one document, the whole file."""

    data: object
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    text: str = ""

    def place(self, pointer: str) -> tuple[int, int]:
        """(line, column), from 1, of what a JSON pointer names; of the nearest thing around it when
        that is not in the document."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer, (1, 1))


def read_yaml(text: str) -> list[Document]:
    """Every document of a text. Raises DefinitionError when it is no such text."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        message = f"The file has {size:,} bytes; at most {MAX_BYTES:,} (64 kB) are read. Split it."
        raise DefinitionError(Fault(code=Code.TOO_LARGE, message=message, line=1, column=1))
    whole, text = text, text.removeprefix("\ufeff")
    composer = _Composer(text)
    try:
        documents = list(composer.documents())
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise composer.broken(f"The YAML is broken here: {what}.", place) from None
    except ReaderError as error:
        raise composer.broken(*_unreadable(error, text)) from None
    except YAMLError as error:
        raise composer.broken(f"This is not YAML: {error}.", (1, 1)) from None
    parts = [whole] if len(documents) == 1 else _parts(text, composer.marks)
    return [replace(one, text=part) for one, part in zip(documents, parts, strict=True)]


def _parts(text: str, marks: list[tuple[int, int]]) -> list[str]:
    """The text of each document, without the mark before it unless its content begins beside it."""
    ends = [start for start, _ in marks[1:]] + [len(text)] if marks else []
    return [
        text[:until] if not place else _after_mark(text[start:until], after - start)
        for place, ((start, after), until) in enumerate(zip(marks, ends, strict=True))
    ]


def _after_mark(text: str, after: int) -> str:
    beside, _, below = text[after:].partition("\n")
    return below if not beside.strip() or beside.strip().startswith("#") else text


def locate(error: DefinitionError, document: Document) -> DefinitionError:
    """The same error with the lines and columns of its faults."""
    return DefinitionError(*(locate_fault(fault, document) for fault in error.faults))


def locate_fault(fault: Fault, document: Document) -> Fault:
    """The fault with its line and column; one that has them keeps them."""
    if fault.line is not None or not document.places:  # plain values have no lines
        return fault
    line, column = document.place(fault.pointer)
    return replace(fault, line=line, column=column)


def check_plain(data: object) -> None:
    """Refuse plain values that no file could hold: nested too deep, characters that cannot be
    stored, keys that are no text, numbers of absurd length. Raises DefinitionError."""
    waiting: list[tuple[str, int, object]] = [("", 0, data)]
    while waiting:
        pointer, depth, value = waiting.pop()
        message, code = _unfit(value, depth)
        if message:
            raise DefinitionError(Fault(code=code, message=message, pointer=pointer))
        if isinstance(value, dict):
            waiting += [(step(pointer, key), depth + 1, below) for key, below in value.items()]
            waiting += [(step(pointer, key), depth, key) for key in value]
        elif isinstance(value, list):
            waiting += [(step(pointer, i), depth + 1, below) for i, below in enumerate(value)]


def _unfit(value: object, depth: int) -> tuple[str, Code]:
    if depth > MAX_NESTING:
        return f"Values are nested more than {MAX_NESTING} deep.", Code.TOO_LARGE
    if isinstance(value, str):
        bad = UNSTORABLE.search(value)
        return (
            f"The character U+{ord(bad[0]):04X} cannot be stored." if bad else ""
        ), Code.BAD_VALUE
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return "The number is too long. Write it as text, in quotes.", Code.BAD_VALUE
    known = isinstance(value, dict | list | int | float | bool) or value is None
    return ("" if known else "This is no plain value."), Code.BAD_VALUE


def step(pointer: str, key: object) -> str:
    """The JSON pointer (RFC 6901) of a key or position below another."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _unreadable(error: ReaderError, text: str) -> tuple[str, tuple[int, int]]:
    before = text[: error.position]
    message = f"The character U+{error.character:04X} cannot stand in a file."
    return message, (before.count("\n") + 1, len(before) - before.rfind("\n"))


class _Composer:
    """Documents out of the events of a text; `pointer` is the place that was last begun."""

    def __init__(self, text: str) -> None:
        yaml = YAML(typ="safe", pure=True)
        self.events: Iterator[Event] = yaml.parse(text)
        self.places: dict[str, tuple[int, int]] = {}
        self.pointer = ""
        # Where the mark of each document begins and ends.
        self.marks: list[tuple[int, int]] = []

    def broken(
        self, message: str, place: tuple[int, int], code: Code = Code.BAD_VALUE
    ) -> DefinitionError:
        """The refusal of what stands at a line and column."""
        line, column = place
        return DefinitionError(
            Fault(code=code, message=message, pointer=self.pointer, line=line, column=column)
        )

    def refuse(self, event: Event, message: str, code: Code = Code.BAD_VALUE) -> DefinitionError:
        """The refusal of what begins with an event."""
        return self.broken(message, _place(event), code)

    def documents(self) -> Iterator[Document]:
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if event.version not in (None, (1, 2)):
                    raise self.refuse(event, "Files are read as YAML 1.2. Remove the line “%YAML”.")
                self.marks.append((event.start_mark.index, event.end_mark.index))
                yield self.document()

    def document(self) -> Document:
        self.places = {}
        data = self.value(next(self.events), "", 0)
        for event in self.events:
            if isinstance(event, DocumentEndEvent):
                break
        return Document(data=data, places=self.places)

    def value(self, event: Event, pointer: str, depth: int) -> object:
        self.pointer = pointer
        self.places[pointer] = _place(event)
        self.check_plain(event)
        if depth > MAX_NESTING:
            message = f"Values are nested more than {MAX_NESTING} deep."
            raise self.refuse(event, message, Code.TOO_LARGE)
        if isinstance(event, MappingStartEvent):
            return self.mapping(pointer, depth)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(pointer, depth)
        return self.scalar(event)

    def mapping(self, pointer: str, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.key(event)
            below = self.pointer = step(pointer, key)
            if key in found:
                raise self.refuse(event, f"The key “{key}” is given twice. Keep one of them.")
            found[key] = self.value(next(self.events), below, depth + 1)
            # A fault in a value is best shown where its key stands.
            self.places[below] = _place(event)
        return found

    def sequence(self, pointer: str, depth: int) -> list[object]:
        found: list[object] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self.value(event, step(pointer, len(found)), depth + 1))
        return found

    def check_plain(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self.refuse(
                event, "Anchors (&) and aliases (*) are not read. Write the value out."
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self.refuse(event, f"Tags (!) are not read. Remove “{tag}”.")

    def key(self, event: Event) -> str:
        self.check_plain(event)
        if not isinstance(event, ScalarEvent):
            raise self.refuse(event, "A key must be one name, not a list or a mapping.")
        return self.text(event)

    def text(self, event: ScalarEvent) -> str:
        # JSON writes characters beyond the first 65,536 as two halves.
        try:
            whole: str = event.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            message = "The text holds half a character and cannot be stored."
            raise self.refuse(event, message) from None
        return whole

    def scalar(self, event: Event) -> object:
        if not isinstance(event, ScalarEvent):
            raise TypeError(f"no value begins with {event!r}")
        text = self.text(event)
        # Only what stands without quotes can be anything but text.
        if event.style:
            return text
        if len(text) > MAX_DIGITS and NUMBER.fullmatch(text):
            raise self.refuse(event, "The number is too long. Write it as text, in quotes.")
        return plain_value(text)


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def plain_value(text: str) -> object:
    """What a text without quotes is: null, true or false, a number, or text."""
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text) or FALSE.fullmatch(text):
        return TRUE.fullmatch(text) is not None
    if match := INFINITE.fullmatch(text):
        return float(f"{match[1]}inf")
    if NOT_A_NUMBER.fullmatch(text):
        return float("nan")
    return _number(text) if NUMBER.fullmatch(text) else text


def _number(text: str) -> int | float:
    if WHOLE.fullmatch(text):
        return int(text)
    return int(text, 0) if text.startswith(("0o", "0x")) else float(text)
