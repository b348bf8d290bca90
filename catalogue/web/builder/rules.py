"""All rows of a builder, and how a definition becomes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from catalogue.definitions.canonical import node_data
from catalogue.definitions.nodes import Definition, Subject
from catalogue.web.builder.events import draw_event, read_event, settle_event
from catalogue.web.builder.locked import canonical, lock, read_locked
from catalogue.web.builder.references import draw_reference, read_reference
from catalogue.web.builder.rows import EVENT, KINDS, LOCKED, SEGMENT, TRAIT, Fields, Row
from catalogue.web.builder.shape import Drawn
from catalogue.web.builder.terms import draw_term, read_term, settle_term
from catalogue.web.builder.words import Words

GROUPS = ("all", "any", "none")
# A form may have 1,000 fields; beyond so many of ours, rows are locked, which have one field.
MAX_FIELDS = 600
ID_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One level of conditions on customers, or on accounts (`subject`). `is_bare`: the only row
    stands without a group around it, as long as nothing is added."""

    group: str = "all"
    is_bare: bool = False
    timezone: str = "UTC"
    rows: tuple[Row, ...] = ()
    subject: Subject = "customer"

    @property
    def is_one(self) -> bool:
        """Whether the definition is one condition without a group."""
        return self.is_bare and self.group == "all" and len(self.rows) == 1

    def with_rows(self, rows: tuple[Row, ...]) -> Rules:
        """The same group around other rows."""
        return replace(self, rows=rows)


class Posted(Protocol):
    """What was posted: Django's QueryDict is one."""

    def getlist(self, key: str) -> list[str]: ...

    def __iter__(self) -> Iterator[str]: ...


def draw(definition: Definition) -> Rules:
    """The rules of a definition. `read` makes the same definition of them."""
    data = node_data(definition.where)
    group = next((group for group in GROUPS if group in data), None)
    conditions = data[group] if group else [data]
    if not isinstance(conditions, list):
        raise TypeError("a group holds a list")
    subject = definition.subject
    rows = tuple(_draw_row(str(number), one, subject) for number, one in enumerate(conditions))
    return Rules(
        group=group or "all",
        is_bare=group is None,
        timezone=definition.timezone,
        rows=_within_limits(rows, conditions),
        subject=subject,
    )


def _draw_row(id_: str, data: Mapping[str, object], subject: Subject) -> Row:
    candidates: list[tuple[str, Drawn | None]] = [
        (TRAIT, draw_term(data, "trait") if "trait" in data else None),
        (EVENT, draw_event(data)),
        (SEGMENT, draw_reference(data)),
    ]
    for kind, fields in candidates:
        row = None if fields is None else Row(id=id_, kind=kind, fields=fields)
        # Whatever is not read back to the letter is not drawn.
        if row is not None and _says(row, subject) == canonical(data, subject):
            return row
    return _locked(id_, data)


def _says(row: Row, subject: Subject) -> str | None:
    return canonical(read_row(Fields(row)), subject)


def _locked(id_: str, data: object) -> Row:
    return Row(id=id_, kind=LOCKED, fields=lock(data))


def _within_limits(rows: tuple[Row, ...], conditions: list[object]) -> tuple[Row, ...]:
    """The rows, as many as a form can hold; what comes after is locked in one row."""
    used = 0
    for place, row in enumerate(rows):
        used += row.size
        if used > MAX_FIELDS:
            return (*rows[:place], _locked(row.id, conditions[place:]))
    return rows


def read_row(fields: Fields) -> object:
    """The condition a row says, in plain values, with complaints where a field is unreadable; of a
    locked row that stands for several, their list."""
    if fields.row.kind == TRAIT:
        return read_term(fields, "trait")
    if fields.row.kind == EVENT:
        return read_event(fields)
    return read_reference(fields) if fields.row.kind == SEGMENT else read_locked(fields)


def take(data: Posted, *, name: str = "rule", timezone: str = "UTC") -> Rules:
    """The rules that were posted, whatever they are worth: `read` judges them."""
    group = _one(data, f"{name}-group")
    return Rules(
        group=group if group in GROUPS else "all",
        is_bare=_one(data, f"{name}-bare") == "1",
        timezone=_one(data, f"{name}-timezone").strip() or timezone,
        subject="account" if _one(data, f"{name}-subject") == "account" else "customer",
        rows=tuple(_take_rows(data, name)),
    )


def _take_rows(data: Posted, name: str) -> Iterator[Row]:
    ids = [id_ for id_ in data.getlist(f"{name}-row") if _is_id(id_)]
    fields: dict[str, Drawn] = {id_: {} for id_ in ids}
    for key in data:
        id_, _, field = key.removeprefix(f"{name}-").partition("-")
        if field and id_ in fields and key.startswith(f"{name}-"):
            # The values of a list come in one field or in several.
            several = data.getlist(key)
            fields[id_][field] = "\n".join(several) if field.endswith("values") else several[-1]
    for id_, found in fields.items():
        kind = found.pop("is", "")
        yield Row(id=id_, kind=kind if kind in KINDS else LOCKED, fields=found)


def _one(data: Posted, key: str) -> str:
    return (data.getlist(key) or [""])[-1]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= ID_DIGITS


def settle(rules: Rules, words: Words) -> Rules:
    """The rules after something was chosen: each row has the fields that its choices need."""
    return rules.with_rows(tuple(_settle_row(row, words, rules.subject) for row in rules.rows))


def _settle_row(row: Row, words: Words, subject: Subject) -> Row:
    if row.kind == TRAIT:
        type_ = words.trait_type(row.fields.get("name", ""), subject)
        return replace(row, fields=settle_term(row.fields, type_))
    return settle_event(row, words) if row.kind == EVENT else row
