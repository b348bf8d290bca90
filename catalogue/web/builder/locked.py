"""Rows that the builder does not draw: shown as text, carried along unchanged."""

from __future__ import annotations

import json

from catalogue.definitions.canonical import node_data
from catalogue.definitions.describe import describe
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Subject
from catalogue.definitions.parse import parse_definition
from catalogue.web.builder.rows import Fields
from catalogue.web.builder.shape import Drawn
from catalogue.web.builder.words import Words

UNREADABLE = (
    "This locked condition did not arrive whole. Remove it, or load the page again to have it back."
)


def lock(data: object) -> Drawn:
    """The one field of a locked row: the condition as ASCII, which no form changes."""
    return {"locked": json.dumps(data, allow_nan=False)}


def read_locked(fields: Fields) -> object:
    """The condition in the field. It is judged like any other: nobody is trusted for having it."""
    found = unlock(fields.text("locked"))
    if found is None:
        fields.complain("", UNREADABLE)
    return found


def unlock(text: str) -> object:
    """What a field holds: a condition, or a list of several; None when it holds neither."""
    try:
        found = json.loads(text, parse_constant=lambda _: None)
        # Half a character could not even be shown.
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) and found else None


def lines_of_locked(data: object, words: Words, subject: Subject) -> list[tuple[int, str]]:
    """Locked conditions in English, as (depth, line); none when they are refused."""
    where = {"all": data if isinstance(data, list) else [data]}
    try:
        whole = parse_definition({"subject": subject, "where": where})
    except DefinitionError:
        return []
    lines = describe(whole, labels=words.labels()).lines[1:]
    return [(depth - 1, line) for depth, line in lines]


def canonical(data: object, subject: Subject) -> str | None:
    """A condition in its one spelling; None when it is refused."""
    try:
        found = parse_definition({"subject": subject, "where": data})
        return json.dumps(node_data(found.where), sort_keys=True)
    except DefinitionError:
        return None
