"""YAML with its comments: what a text says, how it is written, and which comment belongs to what.
`documents` reads what a text means; this is for whoever writes it anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

COMMENT = re.compile(r"#[^\n]*")
# What stands on a line before something that begins it.
BEFORE = re.compile(r"[ -]*")


@dataclass(slots=True, kw_only=True)
class Remark:
    """A comment. `alone`: nothing but it is on its line; `blank`: the line above is empty."""

    text: str
    start: int = 0
    column: int = 0
    alone: bool = True
    blank: bool = False


@dataclass(slots=True, kw_only=True)
class Scalar:
    """A value as it is written, `raw`, and as it is read, `value`; `style` is its quote, | or >."""

    raw: str
    value: str
    style: str | None = None
    start: int = 0
    end: int = 0


@dataclass(slots=True, kw_only=True)
class Group:
    """A mapping, or a list. `is_flow`: in braces or brackets, on one line if it fits. `after`:
    comments behind its last entry."""

    is_list: bool
    is_flow: bool
    entries: list[Entry]
    after: list[Remark] = field(default_factory=list)
    start: int = 0
    end: int = 0
    column: int = 0


@dataclass(slots=True, kw_only=True)
class Entry:
    """A key with its value, or an item of a list (`key` is None), or a whole document. `blank`: the
    line above is empty."""

    key: Scalar | None
    value: Scalar | Group
    above: list[Remark] = field(default_factory=list)
    beside: Remark | None = None
    blank: bool = False

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.value.start if self.key is None else self.key.start


@dataclass(slots=True, kw_only=True)
class Commented:
    """The documents of a text that hold anything, and the comments behind the last one."""

    documents: list[Entry]
    after: list[Remark]


def read_commented(text: str) -> Commented:
    """A text that `read_yaml` takes, with its comments."""
    return _Reader(text).read()


def comments_in(text: str) -> list[str]:
    """All comments of such a text, in order."""
    reader = _Reader(text)
    return [remark.text for remark in reader.remarks]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        events = list(YAML(typ="safe", pure=True).parse(self.text))
        self.remarks = list(self.find_remarks(events))
        self.place = 0
        self.events = iter(events)

    def read(self) -> Commented:
        documents: list[Entry] = []
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                root = Entry(key=None, value=self.value(next(self.events)))
                end = next(one for one in self.events if isinstance(one, DocumentEndEvent))
                if isinstance(root.value, Group) or root.value.raw not in ("", "~", "null"):
                    self.attach_root(root, end.start_mark.index)
                    documents.append(root)
        return Commented(documents=documents, after=self.take(len(self.text)))

    # ── what there is ──────────────────────────────────────────────────────────────────────

    def value(self, event: Event) -> Scalar | Group:
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if not isinstance(event, MappingStartEvent | SequenceStartEvent):
            raise TypeError(f"no value begins with {event!r}")
        entries: list[Entry] = []
        for one in self.events:
            if isinstance(one, MappingEndEvent | SequenceEndEvent):
                break
            key = self.scalar(one) if isinstance(event, MappingStartEvent) else None
            value = self.value(one if key is None else next(self.events))
            entries.append(Entry(key=key, value=value))
        return Group(
            is_list=isinstance(event, SequenceStartEvent),
            is_flow=bool(event.flow_style),
            entries=entries,
            start=event.start_mark.index,
            end=one.end_mark.index,
            column=event.start_mark.column,
        )

    def scalar(self, event: Event) -> Scalar:
        if not isinstance(event, ScalarEvent):
            raise TypeError(f"{event!r} is no key")
        start, end = event.start_mark.index, event.end_mark.index
        return Scalar(
            raw=self.text[start:end], value=event.value, style=event.style, start=start, end=end
        )

    def find_remarks(self, events: list[Event]) -> Iterator[Remark]:
        """Outside of values every # begins a comment."""
        values = [one for one in events if isinstance(one, ScalarEvent)]
        ends = [0, *(one.end_mark.index for one in values)]
        starts = [*(one.start_mark.index for one in values), len(self.text)]
        for end, start in zip(ends, starts, strict=True):
            for found in COMMENT.finditer(self.text, end, max(start, end)):
                yield self.remark(found)

    def remark(self, found: re.Match[str]) -> Remark:
        before = self.before(found.start())
        return Remark(
            text=found[0].rstrip(),
            start=found.start(),
            column=len(before),
            alone=not before.strip(),
            blank=self.is_blank_above(found.start()),
        )

    # ── which comment belongs to what ──────────────────────────────────────────────────────

    def attach_root(self, root: Entry, until: int) -> None:
        value = root.value
        if isinstance(value, Group) and not value.is_flow:
            self.attach_entries(value, until)
        else:
            self.attach(root, until)
        behind = self.take(until)
        if isinstance(value, Group):
            value.after += behind
        else:
            root.above += behind

    def attach_entries(self, group: Group, until: int) -> None:
        starts = [entry.start for entry in group.entries[1:]]
        for entry, following in zip(group.entries, [*starts, until], strict=False):
            self.attach(entry, following)

    def attach(self, entry: Entry, until: int) -> None:
        """Give the entry all comments before it, beside it and in it; `until` begins what
        follows."""
        entry.above = self.take(entry.start)
        entry.blank = self.is_blank_above(entry.start)
        value = entry.value
        if isinstance(value, Scalar) or value.is_flow:
            entry.above += self.take(value.start)
            if isinstance(value, Group):
                self.attach_inside(value)
            if isinstance(value, Group) or value.style not in ("|", ">"):
                entry.beside = self.inline(value.end, until)
        else:
            if entry.key is not None:
                entry.beside = self.inline(entry.key.end, value.start)
            self.attach_entries(value, until)
            value.after = self.behind(value, entry, until)
        if entry.key is None and isinstance(value, Group) and value.entries:
            # Nothing can stand between a dash and the first thing behind it.
            entry.above += value.entries[0].above
            value.entries[0].above = []

    def attach_inside(self, group: Group) -> None:
        end = group.end
        if self.place < len(self.remarks) and self.remarks[self.place].start < end:
            group.is_flow = False
        self.attach_entries(group, end)
        group.after = self.take(end)

    def take(self, until: int) -> list[Remark]:
        """The comments before a place that belong to nothing yet."""
        found: list[Remark] = []
        while self.place < len(self.remarks) and self.remarks[self.place].start < until:
            found.append(self.remarks[self.place])
            self.place += 1
        return found

    def inline(self, end: int, until: int) -> Remark | None:
        """The comment on the line of what ends there."""
        if self.place == len(self.remarks):
            return None
        remark = self.remarks[self.place]
        is_beside = not remark.alone and "\n" not in self.text[end : remark.start]
        return self.take(remark.start + 1)[0] if is_beside and remark.start < until else None

    def behind(self, group: Group, entry: Entry, until: int) -> list[Remark]:
        """Comments below the last entry that are indented like it."""
        parent = len(self.before(entry.start)) if entry.key is not None else -1
        found: list[Remark] = []
        while self.place < len(self.remarks):
            remark = self.remarks[self.place]
            inside = remark.column >= group.column and remark.column > parent
            if remark.start >= until or not remark.alone or not inside:
                break
            found += self.take(remark.start + 1)
        return found

    def before(self, index: int) -> str:
        return self.text[self.text.rfind("\n", 0, index) + 1 : index]

    def is_blank_above(self, index: int) -> bool:
        before = self.before(index)
        begins = index - len(before)
        above = self.text[:begins].rpartition("\n")[0].rpartition("\n")[2] if begins else "x"
        return BEFORE.fullmatch(before) is not None and not above.strip()
