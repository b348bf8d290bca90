"""What the buttons of a builder do, one word each: add:did, remove:3, up:3, down:3, copy:3, term:3,
unterm:3.1. Everything else leaves the rows as they are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.web.builder.rows import EVENT, MAX_TERMS, SEGMENT, TRAIT, Row, term_numbers
from catalogue.web.builder.rules import MAX_FIELDS, Rules, settle
from catalogue.web.builder.words import Words

NEW_ROWS: Mapping[str, tuple[str, dict[str, str]]] = {
    "trait": (TRAIT, {"name": "", "for": "", "op": "is"}),
    "did": (EVENT, {"verb": "did"}),
    "did_not": (EVENT, {"verb": "did_not"}),
    "count": (EVENT, {"verb": "count"}),
    "in_segment": (SEGMENT, {"side": "in", "written": "not", "segment": ""}),
}
FIRST_FIELDS = {TRAIT: "name", EVENT: "event", SEGMENT: "segment"}
FULL = (
    "A form cannot hold more conditions than these. Go on in YAML, or move a part into a segment of"
    " its own."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """`focus`: (row id, field or button) that the keyboard goes on from; `problem`: why nothing
    was done, in a sentence."""

    rules: Rules
    focus: tuple[str, str] = ("", "")
    problem: str = ""


def act(rules: Rules, do: str, words: Words) -> Acted:
    """The rules after a button was pressed."""
    verb, _, what = do.partition(":")
    act_on = ACTS.get(verb)
    acted = Acted(rules=rules) if act_on is None else act_on(rules, what)
    return Acted(rules=settle(acted.rules, words), focus=acted.focus, problem=acted.problem)


def _add(rules: Rules, what: str) -> Acted:
    if what not in NEW_ROWS:
        return Acted(rules=rules)
    kind, fields = NEW_ROWS[what]
    row = Row(id=_new_id(rules), kind=kind, fields=fields)
    return _if_it_fits(rules, (*rules.rows, row), (row.id, FIRST_FIELDS[kind]))


def _copy(rules: Rules, id_: str) -> Acted:
    place = _place(rules, id_)
    if place is None:
        return Acted(rules=rules)
    old = rules.rows[place]
    row = Row(id=_new_id(rules), kind=old.kind, fields=old.fields)
    rows = (*rules.rows[: place + 1], row, *rules.rows[place + 1 :])
    return _if_it_fits(rules, rows, (row.id, FIRST_FIELDS.get(row.kind, "copy")))


def _if_it_fits(rules: Rules, rows: tuple[Row, ...], focus: tuple[str, str]) -> Acted:
    if sum(row.size for row in rows) > MAX_FIELDS:
        return Acted(rules=rules, problem=FULL)
    return Acted(rules=rules.with_rows(rows), focus=focus)


def _new_id(rules: Rules) -> str:
    taken = {row.id for row in rules.rows}
    return next(id_ for id_ in map(str, itertools.count()) if id_ not in taken)


def _place(rules: Rules, id_: str) -> int | None:
    return next((n for n, row in enumerate(rules.rows) if row.id == id_), None)


def _remove(rules: Rules, id_: str) -> Acted:
    place = _place(rules, id_)
    if place is None:
        return Acted(rules=rules)
    rows = (*rules.rows[:place], *rules.rows[place + 1 :])
    neighbour = rows[min(place, len(rows) - 1)] if rows else None
    focus = ("", "add") if neighbour is None else (neighbour.id, "remove")
    return Acted(rules=rules.with_rows(rows), focus=focus)


def _up(rules: Rules, id_: str) -> Acted:
    return _move(rules, id_, "up", -1)


def _down(rules: Rules, id_: str) -> Acted:
    return _move(rules, id_, "down", 1)


def _move(rules: Rules, id_: str, button: str, by: int) -> Acted:
    place = _place(rules, id_)
    if place is None or not 0 <= place + by < len(rules.rows):
        return Acted(rules=rules)
    rows = list(rules.rows)
    rows[place], rows[place + by] = rows[place + by], rows[place]
    # At the end of the way a button is off, and the keyboard goes on from the other one.
    is_at_end = not 0 <= place + 2 * by < len(rows)
    other = "down" if button == "up" else "up"
    focus = (id_, other if is_at_end else button)
    return Acted(rules=rules.with_rows(tuple(rows)), focus=focus)


def _add_term(rules: Rules, id_: str) -> Acted:
    place = _place(rules, id_)
    row = None if place is None else rules.rows[place]
    if row is None or row.kind != EVENT:
        return Acted(rules=rules)
    number = len(term_numbers(row))
    if number >= MAX_TERMS:
        return Acted(rules=rules, problem=FULL)
    term = {f"w{number}-name": "", f"w{number}-for": "", f"w{number}-op": "is"}
    return Acted(rules=_with_row(rules, row.having(term)), focus=(id_, f"w{number}-name"))


def _remove_term(rules: Rules, what: str) -> Acted:
    id_, _, number = what.partition(".")
    place = _place(rules, id_)
    if place is None:
        return Acted(rules=rules)
    row = rules.rows[place]
    kept = {name: text for name, text in row.fields.items() if not name.startswith(f"w{number}-")}
    return Acted(
        rules=_with_row(rules, Row(id=id_, kind=row.kind, fields=kept)), focus=(id_, "term")
    )


def _with_row(rules: Rules, changed: Row) -> Rules:
    return rules.with_rows(tuple(changed if row.id == changed.id else row for row in rules.rows))


ACTS: Mapping[str, Callable[[Rules, str], Acted]] = {
    "add": _add,
    "copy": _copy,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "term": _add_term,
    "unterm": _remove_term,
}
