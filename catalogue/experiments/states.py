"""What counts in an experiment when it is no event: whether a condition is true of people once
their time is over, or what a number of theirs then is; of a metric of the company's own, or of a
goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from catalogue.definitions.dates import write_duration
from catalogue.definitions.documents import step
from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.formula_checks import validate_formula
from catalogue.definitions.formula_forms import parse_formula, write_formula
from catalogue.definitions.formulas import Formula, Mean, Ratio, ShareOf
from catalogue.definitions.measures import EventMeasure
from catalogue.definitions.pieces import Faults, Piece
from catalogue.definitions.segment_facts import optional, short_text
from catalogue.definitions.vocabulary import Vocabulary
from catalogue.engine.per_person import ZERO_WITHOUT_EVENTS
from catalogue.experiments.outcomes import (
    Outcome,
    Timed,
    parse_outcome,
    parse_way,
    parse_within,
    unknown_words,
    write_outcome,
)

KEYS = ("formula", "metric", "title", "within", "better", "timezone")


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Timed):
    """A `formula` of the language, read when somebody's time is over at the earliest. `metric`: the
    key of the metric it was taken from, and `title` its name; the formula stays when that one
    changes. Dates in it are of `zone`."""

    formula: Mean | ShareOf
    metric: str = ""
    title: str = ""
    zone: str = "UTC"

    @property
    def is_mean(self) -> bool:
        """Whether arms are compared by a mean, and not by the share of whom it is true."""
        return isinstance(self.formula, Mean)


# Whatever arms are compared by.
Counting = Outcome | State
# The formula, name and time zone of a metric by its key; None where there is none.
Lookup = Callable[[str], Mapping[str, Any] | None]


def is_state(document: object) -> bool:
    """Whether a document says what is true of people, and not what they do."""
    return isinstance(document, Mapping) and ("formula" in document or "metric" in document)


def parse_counting(document: object, pointer: str, metrics: Lookup = lambda _: None) -> Counting:
    """{event, …} as `parse_outcome` reads it; `{metric: key, within: 28 days, better: down}`, of
    which `metrics` knows the formula; or `{formula: {share: condition}, within: 28 days}`. Raises
    DefinitionError with the place of every fault."""
    if not is_state(document):
        return parse_outcome(document, pointer)
    piece = Piece(value=document, pointer=pointer, zone=ZoneInfo("UTC"))
    faults = Faults()
    faults.read(piece.mapping("What counts").only, KEYS, "What counts")
    found = faults.read(_formula, piece, metrics)
    time = faults.read(parse_within, piece.at("within"))
    better = faults.read(optional, piece, "better", parse_way)
    faults.raise_any()
    formula, known = found
    return State(
        formula=formula,
        within=time,
        metric=str(piece.at("metric").value or ""),
        title=str(known.get("title") or ""),
        zone=str(known.get("timezone") or "UTC"),
        is_good_up=better is not False,
    )


def _formula(piece: Piece, metrics: Lookup) -> tuple[Mean | ShareOf, Mapping[str, Any]]:
    known: Mapping[str, Any] = {
        "title": optional(piece, "title", lambda one: short_text(one, longest=200)) or "",
        "timezone": optional(piece, "timezone", lambda one: one.text("A time zone")) or "UTC",
        "formula": piece.at("formula").value,
    }
    place = piece.at("formula")
    if known["formula"] is None:
        place = piece.at("metric")
        key = place.text("The key of a metric")
        found = metrics(key)
        if found is None:
            raise place.bad(
                f"The company has no metric “{key}” of its own. Write the key of one, or an event."
            )
        known = found
    formula = parse_formula(
        known["formula"], pointer=place.pointer, default_timezone=str(known["timezone"])
    )
    return _comparable(formula, place), known


def _comparable(formula: Formula, place: Piece) -> Mean | ShareOf:
    if isinstance(formula, Ratio):
        raise place.bad(
            "A ratio is of all people together, and arms are compared person by person. Choose a"
            " share or a mean."
        )
    if isinstance(formula, ShareOf):
        return formula
    measure = formula.measure
    if not isinstance(measure, EventMeasure) or measure.function not in ZERO_WITHOUT_EVENTS:
        raise place.bad(
            "Of some people this number is unknown, and without them the arms would no longer hold"
            " whom they were dealt. Choose a count, a sum or a share."
        )
    return formula


def write_counting(counting: Counting) -> dict[str, object]:
    """What counts as it is kept; `parse_counting` makes the same of it."""
    if isinstance(counting, Outcome):
        return write_outcome(counting)
    written: dict[str, object] = {
        "formula": write_formula(counting.formula),
        "within": write_duration(counting.within),
        "timezone": counting.zone,
    }
    named = {"metric": counting.metric, "title": counting.title}
    written |= {key: value for key, value in named.items() if value}
    return written if counting.is_good_up else written | {"better": "down"}


def unknown_in(
    counting: Counting, pointer: str, words: Vocabulary, document: object = None
) -> list[Fault]:
    """What of it nobody knows: events, properties, traits and segments; placed at `pointer`, inside
    the `document` that it was read from."""
    if isinstance(counting, Outcome):
        return unknown_words(counting, pointer, words)
    said = document.get("formula") if isinstance(document, Mapping) else None
    written = said if isinstance(said, Mapping) else write_formula(counting.formula)
    try:
        validate_formula(counting.formula, written, words, pointer=step(pointer, "formula"))
    except DefinitionError as error:
        return [_placed(fault, pointer, is_said=said is not None) for fault in error.faults]
    return []


def _placed(fault: Fault, pointer: str, *, is_said: bool) -> Fault:
    """A formula that a metric brought along has no place of its own in the document."""
    return fault if is_said else replace(fault, pointer=step(pointer, "metric"))
