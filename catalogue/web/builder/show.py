"""What a template prints of a builder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.definitions.nodes import Subject
from catalogue.segments.documents import to_yaml
from catalogue.web.builder.acts import NEW_ROWS
from catalogue.web.builder.events import show_event, show_event_term
from catalogue.web.builder.locked import lines_of_locked, unlock
from catalogue.web.builder.references import show_reference
from catalogue.web.builder.rows import (
    EVENT,
    LOCKED,
    MAX_TERMS,
    SEGMENT,
    TRAIT,
    Complaint,
    Row,
    term_numbers,
)
from catalogue.web.builder.rules import Rules
from catalogue.web.builder.sentence import Option, Part, Sentence
from catalogue.web.builder.terms import show_term
from catalogue.web.builder.words import Words

GROUPS = (
    Option(value="all", label="All of"),
    Option(value="any", label="Any of"),
    Option(value="none", label="None of"),
)
ADDS = {
    "trait": "Trait",
    "did": "Has done",
    "did_not": "Has not done",
    "count": "Number of times",
    "in_segment": "Segment",
}
# What accounts do is asked of their customers, in YAML.
ADDABLE: Mapping[Subject, frozenset[str]] = {
    "customer": frozenset(ADDS),
    "account": frozenset({"trait", "in_segment"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTerm:
    """One `where` of an event; `remove` is the word of its button."""

    parts: tuple[Part, ...]
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownError:
    """What is wrong with a row or a field of it; fields name it by its id."""

    id: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCount:
    """People, as a page prints numbers: for whom this row alone is true, and how many are left
    after it and all rows before; of a trait also for whom it is unknown."""

    alone: str
    left: str
    unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """`number` counts from 1, for people. A locked row has `lines` of English and `yaml` instead of
    fields; `count` is None until somebody counted."""

    id: str
    kind: str
    number: str
    parts: tuple[Part, ...]
    terms: tuple[ShownTerm, ...]
    takes_terms: bool
    errors: tuple[ShownError, ...]
    is_first: bool
    is_last: bool
    focus: str
    count: RowCount | None = None
    lines: tuple[tuple[int, str], ...] = ()
    yaml: str = ""
    locked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A builder whose fields begin with `name`."""

    name: str
    rules: Rules
    rows: tuple[ShownRow, ...]
    errors: tuple[str, ...]
    timezone_errors: tuple[str, ...]
    adds: Mapping[str, str]
    groups: tuple[Option, ...] = GROUPS
    focuses_add: bool = False


def show(
    rules: Rules,
    words: Words,
    *,
    name: str = "rule",
    complaints: Iterable[Complaint] = (),
    focus: tuple[str, str] = ("", ""),
    counts: Mapping[str, RowCount] | None = None,
) -> Shown:
    """The rules as a template prints them, with what is wrong at its place."""
    errors = _by_place(complaints)
    sentences = [
        Sentence(
            row,
            name=name,
            errors=errors.get(row.id, {}),
            focus=focus[1] if focus[0] == row.id else "",
        )
        for row in rules.rows
    ]
    whole = errors.get("", {})
    return Shown(
        name=name,
        rules=rules,
        rows=tuple(_rows(sentences, words, counts or {}, rules.subject)),
        errors=tuple(whole.get("", ())),
        timezone_errors=tuple(whole.get("timezone", ())),
        adds={kind: ADDS[kind] for kind in NEW_ROWS if kind in ADDABLE[rules.subject]},
        focuses_add=focus == ("", "add"),
    )


def _rows(
    sentences: Sequence[Sentence],
    words: Words,
    counts: Mapping[str, RowCount],
    subject: Subject,
) -> Iterator[ShownRow]:
    last = len(sentences) - 1
    for place, sentence in enumerate(sentences):
        row = sentence.row
        shown = ShownRow(
            id=row.id,
            kind=row.kind,
            number=str(place + 1),
            parts=_parts(sentence, words, subject),
            terms=_terms(sentence, words),
            takes_terms=row.kind == EVENT and len(term_numbers(row)) < MAX_TERMS,
            errors=tuple(_errors(sentence)),
            is_first=place == 0,
            is_last=place == last,
            focus=sentence.focus,
            count=counts.get(row.id),
        )
        yield _with_lock(shown, row, words, subject) if row.kind == LOCKED else shown


def _errors(sentence: Sentence) -> Iterator[ShownError]:
    for field, messages in sentence.errors.items():
        for number, message in enumerate(messages, start=1):
            place = "-".join(filter(None, (sentence.name, sentence.row.id, field)))
            yield ShownError(id=f"{place}-error-{number}", message=message)


def _by_place(complaints: Iterable[Complaint]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for complaint in complaints:
        found.setdefault(complaint.row, {}).setdefault(complaint.field, []).append(
            complaint.message
        )
    return found


def _parts(sentence: Sentence, words: Words, subject: Subject) -> tuple[Part, ...]:
    if sentence.row.kind == TRAIT:
        type_ = words.trait_type(sentence.text("name"), subject)
        show_term(sentence, "Trait", words.traits_of(subject), type_)
    elif sentence.row.kind == EVENT:
        show_event(sentence, words)
    elif sentence.row.kind == SEGMENT:
        show_reference(sentence, words.segments_of(subject))
    return tuple(sentence.parts)


def _terms(sentence: Sentence, words: Words) -> tuple[ShownTerm, ...]:
    shown = []
    for number in term_numbers(sentence.row) if sentence.row.kind == EVENT else ():
        term = sentence.term(number)
        show_event_term(term, sentence.text("event"), words)
        shown.append(
            ShownTerm(parts=tuple(term.parts), remove=f"unterm:{sentence.row.id}.{number}")
        )
    return tuple(shown)


def _with_lock(shown: ShownRow, row: Row, words: Words, subject: Subject) -> ShownRow:
    text = row.fields.get("locked", "")
    data = unlock(text)
    lines = tuple(lines_of_locked(data, words, subject))
    return replace(shown, lines=lines, yaml=_yaml(data) or text, locked=text)


def _yaml(data: object) -> str:
    several = data if isinstance(data, list) else [data]
    return "\n".join(to_yaml(one) for one in several if isinstance(one, dict))
