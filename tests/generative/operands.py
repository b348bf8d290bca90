"""Terms: operators with operands that fit, and windows of every form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Operator, Path, Scalar, Term
from tests.generative.moments import DURATIONS, Moment, instant, literal
from tests.generative.values import NUMBERS, SCALARS, TEXTS

EQUALITY = [Operator.IS, Operator.IS_NOT]
LISTED = [Operator.IN, Operator.NOT_IN, Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE]
ORDER = [Operator.GT, Operator.GTE, Operator.LT, Operator.LTE]
PAIRS = [Operator.BETWEEN, Operator.NOT_BETWEEN]
FLAGS = [Operator.IS_SET, Operator.IS_EMPTY]
DATES = [Operator.BEFORE, Operator.AFTER, Operator.ON, Operator.ANNIVERSARY_ON]
MATCHING = [Operator.MATCHES, Operator.NOT_MATCHES]
PARTICLES = [
    *(Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH),
    *(Operator.NOT_STARTS_WITH, Operator.ENDS_WITH, Operator.NOT_ENDS_WITH),
]
FITTING = {
    "texts": [*EQUALITY, *PARTICLES, *MATCHING, Operator.IN, Operator.NOT_IN],
    "numbers": [*EQUALITY, *ORDER, *PAIRS, Operator.IN, Operator.NOT_IN],
    "dates": [*DATES, *[Operator.WITHIN] * 4, Operator.ANNIVERSARY_IN_NEXT],
    "lists": [Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE, *FLAGS],
    "items": [Operator.ITEM],
    "objects": [Operator.IS_SET, Operator.IS_EMPTY, Operator.ITEM],
}
STARTS = ["p", "pro", "P", "1", "2", "12", "20", "-", "tr"]
ENDS = ["o", "pro", "e", "1", "2", "0", "Z", "an"]
PARTS = ["p", "R", "1", "2", ".", "-", "%", "_", "e", "20", "é", "σ", "i", "\\"]
PATTERNS = ["^p", "(?i)PRO", "[0-9]+", "o$", ".", "^$", "\\d\\.\\d", "^(true|false)$", "Z$", "\\pL"]
# Paths below a trait or property, and what is mostly found there.
INNER: dict[Path, str] = {
    ("k",): "texts",
    ("at",): "dates",
    ("in", "n"): "numbers",
    ("in", "tags"): "lists",
    ("a.b",): "texts",
}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What terms are made over: the moment, and for each trait or property its theme."""

    moment: Moment
    themes: Mapping[str, str]


def term(rng: Random, ground: Ground, names: Sequence[str]) -> Term:
    """A term on one of the names or inside its objects."""
    name = rng.choice(names)
    theme = ground.themes[name]
    if rng.random() < (0.75 if theme == "objects" else 0.1):
        inner = rng.choice(list(INNER))
        return _term(rng, ground, (name, *inner), INNER[inner], list(Operator))
    return _term(rng, ground, (name,), theme, list(Operator))


def _term(rng: Random, ground: Ground, path: Path, theme: str, others: Sequence[Operator]) -> Term:
    # Inside list elements there are few terms, so they are more mixed.
    fits = rng.random() < (0.55 if Operator.ITEM in others else 0.4)
    operator = rng.choice(FITTING[theme] if fits else others)
    return Term(path=path, operator=operator, operand=operand(rng, ground, operator))


def item_term(rng: Random, ground: Ground) -> Term:
    """A term on an element of a list of objects."""
    inner = rng.choice(list(INNER))
    flat = [operator for operator in Operator if operator is not Operator.ITEM]
    return _term(rng, ground, inner, INNER[inner], flat)


def operand(rng: Random, ground: Ground, operator: Operator) -> nodes.Operand:
    """What an operator is given."""
    if operator in EQUALITY:
        return rng.choice(rng.choice([SCALARS, TEXTS[:6], NUMBERS[:4]]))
    if operator in LISTED:
        return tuple(rng.sample(SCALARS, rng.randint(1, 3 if operator is Operator.HAS_ALL else 6)))
    if operator in ORDER:
        return rng.choice(NUMBERS)
    if operator in PAIRS:
        low, high = sorted(rng.choices(NUMBERS, k=2))
        return low, high
    if operator in FLAGS:
        return rng.choice([True, False])
    if operator in MATCHING:
        return rng.choice(PATTERNS)
    if operator in PARTICLES:
        return rng.choice(STARTS if "starts" in operator else ENDS if "ends" in operator else PARTS)
    if operator is Operator.ITEM:
        return tuple(item_term(rng, ground) for _ in range(rng.choice([1, 2, 2, 3])))
    return _date_operand(rng, ground.moment, operator)


def _date_operand(rng: Random, moment: Moment, operator: Operator) -> nodes.Operand:
    if operator is Operator.WITHIN:
        return window(rng, moment, of_events=False)
    if operator is Operator.ANNIVERSARY_IN_NEXT:
        return rng.choice(DURATIONS)
    return literal(rng, moment)


def window(rng: Random, moment: Moment, *, of_events: bool) -> nodes.Window:
    """A window of any form, for events or for dates in values."""
    own = _since_start_of_day if of_events else _in_next
    return rng.choice([*FORMS, own])(rng, moment)


def _in_last(rng: Random, moment: Moment) -> nodes.Window:
    return nodes.InLast(duration=rng.choice(DURATIONS))


def _in_next(rng: Random, moment: Moment) -> nodes.Window:
    return nodes.InNext(duration=rng.choice(DURATIONS))


def _older_than(rng: Random, moment: Moment) -> nodes.Window:
    return nodes.OlderThan(duration=rng.choice(DURATIONS))


def _ago_to_ago(rng: Random, moment: Moment) -> nodes.Window:
    end, start = sorted(rng.choices(range(len(DURATIONS)), k=2))
    return nodes.AgoToAgo(start=DURATIONS[start], end=DURATIONS[end])


def _from_to(rng: Random, moment: Moment) -> nodes.Window:
    if rng.random() < 0.5:
        first, last = sorted(rng.choices(moment.days, k=2))
        return nodes.FromTo(start=DateLiteral(day=first), end=DateLiteral(day=last))
    start, end = sorted((instant(rng, moment), instant(rng, moment)))
    return nodes.FromTo(start=DateLiteral(instant=start), end=DateLiteral(instant=end))


def _since(rng: Random, moment: Moment) -> nodes.Window:
    return nodes.Since(start=literal(rng, moment))


def _between_dates(rng: Random, moment: Moment) -> nodes.Window:
    first, last = sorted(rng.choices(moment.days, k=2))
    return nodes.BetweenDates(first=first, last=last)


def _during(rng: Random, moment: Moment) -> nodes.Window:
    which = rng.choice(["last", "this", "this", "next"])
    return nodes.During(which=which, unit=rng.choice(["day", "week", "month", "quarter", "year"]))


def _since_start_of_day(rng: Random, moment: Moment) -> nodes.Window:
    return nodes.SinceStartOfDay(days_ago=rng.randrange(9))


FORMS: list[Callable[[Random, Moment], nodes.Window]] = [
    *(_in_last, _older_than, _ago_to_ago, _from_to, _since, _between_dates, _during),
]

__all__ = ["Ground", "Scalar", "operand", "term", "window"]
