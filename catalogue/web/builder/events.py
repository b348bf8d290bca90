"""Rows about what a customer did: did, did_not, count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from catalogue.web.builder.operators import OPERATORS, operator_of
from catalogue.web.builder.rows import EVENT, MAX_TERMS, Fields, Row, term_numbers
from catalogue.web.builder.sentence import Option, Sentence
from catalogue.web.builder.shape import Drawn
from catalogue.web.builder.terms import draw_term, read_term, settle_term, show_term
from catalogue.web.builder.values import can_be_typed, read_number, write_number
from catalogue.web.builder.words import Words

DID, DID_NOT, COUNT = "did", "did_not", "count"
VERBS = (
    Option(value=DID, label="has done"),
    Option(value=DID_NOT, label="has not done"),
    Option(value=COUNT, label="number of times of"),
)
WINDOWS = (
    Option(value="", label="at any time"),
    Option(value="in_last", label="in the last"),
    Option(value="older_than", label="longer ago than"),
    Option(value="ages", label="between"),
    Option(value="since", label="since"),
    Option(value="between_dates", label="from"),
    Option(value="during", label="during"),
)
# What `times` says: `did` means at least once, whatever else is said.
HOW_OFTEN = (
    Option(value="", label="at least once"),
    Option(value="gte", label="at least"),
    Option(value="eq", label="exactly"),
    Option(value="gt", label="more than"),
    Option(value="between", label="between"),
    Option(value="lte", label="at least once, at most"),
    Option(value="lt", label="at least once, less than"),
    Option(value="neq", label="at least once, but not"),
)
COMPARED = (
    Option(value="gte", label="is at least"),
    Option(value="eq", label="is exactly"),
    Option(value="gt", label="is more than"),
    Option(value="lte", label="is at most"),
    Option(value="lt", label="is less than"),
    Option(value="neq", label="is not"),
    Option(value="between", label="is between"),
)
TERM = re.compile(r"w[0-9]-")
COMPARATORS = tuple(choice.value for choice in COMPARED)


def draw_event(data: Mapping[str, object]) -> Drawn | None:
    """The fields of a did, did_not or count; None when they cannot hold it."""
    rest = dict(data)
    verb = next((head for head in (DID, DID_NOT, COUNT) if head in rest), None)
    name = rest.pop(verb, None) if verb else None
    if verb is None or not can_be_typed(name):
        return None
    where = rest.pop("where", [])
    compared = rest.pop("times", {}) if verb == DID else _take_comparison(rest)
    parts = (_draw_terms(where), _draw_times(compared), _draw_window(rest))
    if any(part is None for part in parts):
        return None
    drawn = {"verb": verb, "event": str(name)}
    for part in parts:
        drawn |= part or {}
    return drawn


def _take_comparison(rest: dict[str, object]) -> dict[str, object]:
    return {key: rest.pop(key) for key in COMPARATORS if key in rest}


def _draw_terms(where: object) -> Drawn | None:
    if not isinstance(where, list) or len(where) > MAX_TERMS:
        return None
    drawn: Drawn = {}
    for number, term in enumerate(where):
        fields = draw_term(term, "prop")
        if fields is None:
            return None
        drawn |= {f"w{number}-{name}": text for name, text in fields.items()}
    return drawn


def _draw_times(compared: object) -> Drawn | None:
    if not isinstance(compared, dict) or len(compared) > 1:
        return None
    for comparator, bound in compared.items():
        low, high = bound if isinstance(bound, list) else (bound, None)
        second = {} if high is None else {"times2": write_number(high)}
        return {"compared": comparator, "times": write_number(low), **second}
    return {"compared": ""}


def _draw_window(rest: Mapping[str, object]) -> Drawn | None:
    if not rest:
        return {"window": ""}
    found = operator_of(rest)
    if found is None or all(choice.value != found[0].id for choice in WINDOWS):
        return None
    drawn = found[0].draw(found[1])
    return None if drawn is None else {"window": found[0].id, **drawn}


def read_event(fields: Fields) -> dict[str, object]:
    """The condition that the fields say."""
    verb = fields.text("verb") or DID
    data: dict[str, object] = {verb: fields.chosen("event", "Choose an event.")}
    where = [read_term(term, "prop") for term in fields.terms()]
    if where:
        data["where"] = where
    if verb != DID_NOT:
        compared = _read_times(fields)
        if verb == COUNT:
            data |= compared
        elif compared:
            data["times"] = compared
    return data | _read_window(fields)


def _read_times(fields: Fields) -> dict[str, object]:
    comparator = fields.text("compared")
    if not comparator:
        return {}
    bound = fields.read("times", read_number)
    if comparator == "between":
        return {comparator: [bound, fields.read("times2", read_number)]}
    return {comparator: bound}


def _read_window(fields: Fields) -> dict[str, object]:
    operator = OPERATORS.get(fields.text("window"))
    return {} if operator is None else operator.read(fields)


def settle_event(row: Row, words: Words) -> Row:
    """The row after something was chosen."""
    fields = dict(row.fields)
    operator = OPERATORS.get(fields.get("window", ""))
    start = {} if operator is None else dict(operator.shape.start)
    if fields.get("verb") == COUNT:
        start |= {"compared": "gte"}
        fields["compared"] = fields.get("compared") or "gte"
    if fields.get("compared"):
        start |= {"times": "1", "times2": "2"}
    fields = {"verb": DID, "event": "", "compared": "", "window": "", **start, **fields}
    return Row(id=row.id, kind=EVENT, fields=_settle_terms(row, fields, words))


def _settle_terms(row: Row, fields: Drawn, words: Words) -> Drawn:
    settled = {name: text for name, text in fields.items() if TERM.match(name) is None}
    # Numbered anew, so that none is missing in the middle.
    for number, old in enumerate(term_numbers(row)):
        prefix = f"w{old}-"
        term = {n.removeprefix(prefix): t for n, t in fields.items() if n.startswith(prefix)}
        type_ = words.property_type(fields["event"], term["name"])
        settled |= {f"w{number}-{n}": t for n, t in settle_term(term, type_).items()}
    return settled


def show_event(sentence: Sentence, words: Words) -> None:
    """What was done, how often, when; the terms are sentences of their own."""
    sentence.choose("verb", "Has done, has not done, or how often", VERBS, redraws=True)
    events = [Option(value=word.name, label=word.label) for word in words.events]
    sentence.choose("event", "Event", events, redraws=True)
    verb = sentence.text("verb")
    if verb != DID_NOT:
        _show_times(sentence, HOW_OFTEN if verb == DID else COMPARED)
    sentence.choose("window", "When", WINDOWS, redraws=True)
    operator = OPERATORS.get(sentence.text("window"))
    if operator is not None:
        operator.shape.show(sentence, "date")


def _show_times(sentence: Sentence, offered: Sequence[Option]) -> None:
    sentence.choose("compared", "How often", offered, redraws=True)
    if not sentence.text("compared"):
        return
    sentence.write("times", "Number of times", "number")
    if sentence.text("compared") == "between":
        sentence.say("and")
        sentence.write("times2", "Highest number of times", "number")
    sentence.say("times")


def show_event_term(sentence: Sentence, event: str, words: Words) -> None:
    """One term of `where`."""
    known = words.properties.get(event, ())
    type_ = words.property_type(event, sentence.text("name"))
    show_term(sentence, "Property", known, type_)
