"""The log of changes, readable: who did what, when, from where and why, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.admin.pages import DRAFT, diff_page
from catalogue.models import Change

LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field, before and after, as text."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One act. `definitions` is `d7 → d8`, `diff_url` the page that compares the two."""

    at: datetime
    what: str
    who: str
    via: str
    message: str
    fields: tuple[FieldChange, ...]
    definitions: str = ""
    diff_url: str = ""


def changes_of(object_type: str, object_key: str) -> list[ChangeLine]:
    """What was done to one object, newest first; at most LONGEST acts."""
    if not object_type:
        return []
    rows = Change.objects.filter(object_type=object_type, object_key=object_key)
    return [line_of(change) for change in rows.select_related("segment__draft")[:LONGEST]]


def line_of(change: Change) -> ChangeLine:
    """One act, for people."""
    before, after = numbers_of(change)
    return ChangeLine(
        at=change.at,
        what=words_of(change.kind),
        who=change.actor,
        via=change.get_via_display(),
        message=change.message,
        fields=tuple(_fields(change.details)),
        definitions=f"d{before} → d{after}" if before and after else f"d{after}" if after else "",
        diff_url=_diff_url(change, before, after),
    )


def words_of(kind: str) -> str:
    """`segment.draft_discarded` is Draft discarded."""
    return kind.partition(".")[2].replace("_", " ").capitalize() or kind


def numbers_of(change: Change) -> tuple[int | None, int | None]:
    """The definition versions before and after the act, None where it is about none."""
    said = change.details.get("definition")
    return (said[0], said[1]) if isinstance(said, list) and len(said) == 2 else (None, None)


def _diff_url(change: Change, before: int | None, after: int | None) -> str:
    segment = change.segment
    if segment is None or not before or not after:
        return ""
    if change.kind != "segment.drafted":
        return diff_page(segment.key, before, after)
    # Of a draft that was published or thrown away since, nothing is left to compare.
    draft = getattr(segment, "draft", None)
    is_it = draft is not None and draft.number == after
    return diff_page(segment.key, before, DRAFT) if is_it else ""


def _fields(details: dict[str, Any]) -> Iterator[FieldChange]:
    for name, values in details.get("fields", {}).items():
        before, after = values if isinstance(values, list) and len(values) == 2 else ("", values)
        yield FieldChange(
            name=name.replace("_", " ").capitalize(), before=_text(before), after=_text(after)
        )


def _text(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
