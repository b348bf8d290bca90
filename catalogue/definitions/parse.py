"""Plain values into the tree. The only way in: what is refused here reaches no engine."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from catalogue.definitions.documents import Document, locate, read_yaml
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.heads import HEADS, NAMES
from catalogue.definitions.nodes import Definition, Node, Subject, may_be_about
from catalogue.definitions.pieces import Faults, Piece, nearest
from catalogue.definitions.subjects import mixed, parse_subject

__all__ = ["Document", "locate", "parse_definition", "read_yaml", "where_pointer"]

LONG_FORM = ("subject", "timezone", "where")
EMPTY: tuple[object, ...] = (None, {}, [], "")


def parse_definition(
    document: object, *, pointer: str = "", default_timezone: str = "UTC"
) -> Definition:
    """The definition in plain values, as YAML or JSON give them: the long form with `subject`,
    `timezone` and `where`, or the `where` tree alone. `pointer` is where the document stands in a
    larger one. Raises DefinitionError with every fault found."""
    piece = Piece(value=document, pointer=pointer, zone=_zone(default_timezone))
    if _is_long(piece):
        return _parse_long(piece, default_timezone)
    where = parse_node(piece)
    return piece.checked(Definition, where=where, timezone=default_timezone)


def where_pointer(document: object, pointer: str = "") -> str:
    """Where the tree itself stands: below `where` in the long form."""
    piece = Piece(value=document, pointer=pointer, zone=ZoneInfo("UTC"))
    return piece.at("where").pointer if _is_long(piece) else pointer


def _is_long(piece: Piece) -> bool:
    keys = piece.keys
    return any(key in LONG_FORM for key in keys) and not any(key in NAMES for key in keys)


def _parse_long(piece: Piece, default_timezone: str) -> Definition:
    faults = Faults()
    faults.read(piece.mapping("A definition").only, LONG_FORM, "A definition")
    subject: Subject = "customer"
    with faults.collecting():
        subject = _parse_subject(piece)
    timezone = default_timezone
    if "timezone" in piece.keys:
        timezone = faults.read(parse_timezone, piece.at("timezone")) or default_timezone
    below = piece.at("where")
    where = faults.read(parse_node, replace(below, zone=_zone(timezone), about=subject))
    faults.raise_any()
    return below.checked(Definition, where=where, subject=subject, timezone=timezone)


def _parse_subject(piece: Piece) -> Subject:
    return parse_subject(piece.at("subject")) if "subject" in piece.keys else "customer"


def parse_timezone(piece: Piece) -> str:
    """The name of a time zone, as in Europe/Berlin."""
    name = piece.text("“timezone”")
    if name not in _zone_names():
        raise piece.bad(
            f"“{name}” is no time zone. Write a name like Europe/Berlin, or UTC.",
            suggestion=nearest(name, _zone_names()),
        )
    return name


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"unknown time zone {name!r}") from None


def parse_node(piece: Piece) -> Node:
    """A node: a mapping with exactly one head."""
    if piece.value in EMPTY:
        raise piece.fault(
            Code.EMPTY_DEFINITION,
            "The definition is empty. Write at least one condition; “everyone: true” is everyone.",
        )
    if not isinstance(piece.value, dict):
        raise piece.fault(Code.UNKNOWN_CONDITION, _not_a_condition(piece.value))
    piece.mapping("A condition")
    head = HEADS[_head_name(piece)]
    if not may_be_about(head.node, piece.about):
        raise mixed(piece, head.name)
    return head.parse(piece, parse_node)


def _not_a_condition(value: object) -> str:
    if isinstance(value, list):
        return "A condition is a mapping with a head. To join several, put the list under “all”."
    return "A condition is a mapping with a head, as in {trait: plan, is: pro}."


def _head_name(piece: Piece) -> str:
    names = [key for key in piece.keys if key in NAMES]
    if not names:
        raise _no_head(piece)
    if len(names) > 1:
        raise piece.at(names[1]).fault(
            Code.UNKNOWN_CONDITION,
            f"A condition has one head; here are “{names[0]}” and “{names[1]}”. Join two conditions"
            " with “all”.",
        )
    return names[0]


def _no_head(piece: Piece) -> DefinitionError:
    for key in piece.keys:
        suggestion = nearest(key, HEADS)
        if suggestion:
            return piece.at(key).fault(
                Code.UNKNOWN_CONDITION,
                f"There is no condition “{key}”.",
                suggestion=suggestion,
            )
    first = piece.at(piece.keys[0])
    return first.fault(
        Code.UNKNOWN_CONDITION,
        f"There is no condition “{piece.keys[0]}”. A condition begins with what it is about, as in"
        " trait, did, count, in_segment or all.",
    )
