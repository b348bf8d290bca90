"""Values of every type and the operands that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Duration, Operator, Path, Term
from tests.generative.moments import DURATIONS, Moment, date_values, instants, literals

TEXTS = ["pro", "Pro", "pro plan", "free", "", "12", "012", "12.0", "1e+1", "-3", "true", "x%_y"]
ODD_TEXTS = ["É é", "ΣΑΣ", "İstanbul", "a\\b'\"", "1e+999", "٣", " 12", "2026-13-45", "🧊"]
NUMBERS = [12, 0, 1, -3, 12.5, 2, 0.1, 0.30000000000000004, 10, 100]
ODD_NUMBERS = [1e21, 1e-7, 0.0000005, -0.0000005, 9007199254740993, 1e300, -0.0]
SCALARS = [*TEXTS, *NUMBERS, True, False]
TYPES = ("text", "number", "boolean", "instant", "list", "object", "missing")


def type_of(value: object) -> str:
    """The type of a value, as coverage counts it."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return "missing"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Mapping):
        return "object"
    names = {str: "text", int: "number", float: "number", datetime: "instant", list: "list"}
    return names[type(value)]


scalars = st.sampled_from(SCALARS)
odd = st.sampled_from([*ODD_TEXTS, *ODD_NUMBERS])
nothing = st.sampled_from([None, float("nan"), float("inf")])
lists = st.lists(st.sampled_from([*SCALARS[:6], 12, 0, True, None]), max_size=3)


@st.composite
def objects(draw: st.DrawFn, moment: Moment) -> dict[str, object]:
    """An object with up to three names, one of them a date, one a list."""
    found: dict[str, object] = {}
    if draw(st.booleans()):
        found["k"] = draw(scalars)
    if draw(st.booleans()):
        found["at"] = draw(date_values(moment))
    if draw(st.booleans()):
        found["in"] = {"n": draw(scalars), "tags": draw(lists)}
    if draw(st.integers(0, 3)) == 0:
        found["a.b"] = draw(scalars)
    return found


@st.composite
def values(draw: st.DrawFn, moment: Moment) -> object:
    """A value of any type."""
    kind = draw(st.integers(0, 15))
    if kind <= 4:
        return draw(scalars)
    if kind <= 8:
        return draw(date_values(moment))
    if kind == 9:
        return draw(odd)
    if kind == 10:
        return draw(nothing)
    if kind == 11:
        return draw(lists)
    if kind <= 13:
        return draw(st.lists(objects(moment), min_size=1, max_size=2))
    return draw(objects(moment))


NUMERIC = [Operator.GT, Operator.GTE, Operator.LT, Operator.LTE]
EQUALITY = [Operator.IS, Operator.IS_NOT]
LISTED = [Operator.IN, Operator.NOT_IN, Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE]
PAIRS = [Operator.BETWEEN, Operator.NOT_BETWEEN]
FLAGS = [Operator.IS_SET, Operator.IS_EMPTY]
DATES = [Operator.BEFORE, Operator.AFTER, Operator.ON, Operator.ANNIVERSARY_ON]
MATCHING = [Operator.MATCHES, Operator.NOT_MATCHES]
PARTS = ["p", "pro", "PRO", "1", "2", ".", "-", "%", "_", "e", "tr", "2026", "é", "σ", "i", "\\"]
PATTERNS = ["^p", "(?i)PRO", "[0-9]+", "o$", ".", "^$", "\\d\\.\\d", "^(true|false)$", "Z$", "\\pL"]
numbers = st.sampled_from(NUMBERS)


@st.composite
def spans(draw: st.DrawFn, moment: Moment, *, of_events: bool) -> nodes.Window:
    """A window of any form, for events or for dates in values."""
    own = nodes.SinceStartOfDay if of_events else nodes.InNext
    form = draw(
        st.sampled_from(
            [nodes.InLast, nodes.OlderThan, nodes.AgoToAgo, nodes.FromTo, nodes.Since]
            + [nodes.BetweenDates, nodes.During, own]
        )
    )
    if form in (nodes.InLast, nodes.OlderThan, nodes.InNext):
        return form(duration=draw(st.sampled_from(DURATIONS)))
    if form is nodes.AgoToAgo:
        start, end = sorted(draw(st.lists(st.integers(0, 6), min_size=2, max_size=2)))
        return nodes.AgoToAgo(start=DURATIONS[end], end=DURATIONS[start])
    if form is nodes.FromTo:
        return draw(_from_to(moment))
    if form is nodes.Since:
        return nodes.Since(start=draw(literals(moment)))
    if form is nodes.BetweenDates:
        first, last = sorted(draw(st.tuples(*[st.sampled_from(moment.days)] * 2)))
        return nodes.BetweenDates(first=first, last=last)
    if form is nodes.SinceStartOfDay:
        return nodes.SinceStartOfDay(days_ago=draw(st.integers(0, 7)))
    which = draw(st.sampled_from(["last", "this", "this", "next"]))
    return nodes.During(
        which=which, unit=draw(st.sampled_from(["day", "week", "month", "quarter", "year"]))
    )


@st.composite
def _from_to(draw: st.DrawFn, moment: Moment) -> nodes.FromTo:
    if draw(st.booleans()):
        days = sorted(draw(st.tuples(*[st.sampled_from(moment.days)] * 2)))
        return nodes.FromTo(start=DateLiteral(day=days[0]), end=DateLiteral(day=days[1]))
    ends = sorted(draw(st.tuples(instants(moment), instants(moment))))
    return nodes.FromTo(start=DateLiteral(instant=ends[0]), end=DateLiteral(instant=ends[1]))


@st.composite
def operands(draw: st.DrawFn, operator: Operator, moment: Moment) -> nodes.Operand:
    """What an operator is given."""
    if operator in EQUALITY:
        return draw(scalars)
    if operator in LISTED:
        return tuple(draw(st.lists(scalars, min_size=1, max_size=4)))
    if operator in NUMERIC:
        return draw(numbers)
    if operator in PAIRS:
        return tuple(sorted(draw(st.tuples(numbers, numbers))))
    if operator in FLAGS:
        return draw(st.booleans())
    if operator in DATES:
        return draw(literals(moment))
    if operator in MATCHING:
        return draw(st.sampled_from(PATTERNS))
    if operator is Operator.WITHIN:
        return draw(spans(moment, of_events=False))
    if operator is Operator.ANNIVERSARY_IN_NEXT:
        return draw(st.sampled_from(DURATIONS))
    if operator is Operator.ITEM:
        return tuple(draw(st.lists(item_terms(moment), min_size=1, max_size=2)))
    return draw(st.sampled_from(PARTS))


WITHIN_MOST = [Operator.WITHIN] * 5 + [each for each in Operator if each is not Operator.WITHIN]
FLAT = [operator for operator in WITHIN_MOST if operator is not Operator.ITEM]
INNER = [("k",), ("at",), ("in", "n"), ("in", "tags"), ("a.b",)]


@st.composite
def item_terms(draw: st.DrawFn, moment: Moment) -> Term:
    """A term on an element of a list of objects."""
    return draw(_term(st.sampled_from(INNER), st.sampled_from(FLAT), moment))


@st.composite
def terms(draw: st.DrawFn, names: tuple[str, ...], moment: Moment) -> Term:
    """A term on one of the names or inside its objects."""
    inner = st.sampled_from([(), (), (), *INNER])
    name = st.sampled_from(names)
    paths = st.builds(lambda outer, below: (outer, *below), name, inner)
    return draw(_term(paths, st.sampled_from(WITHIN_MOST), moment))


@st.composite
def _term(
    draw: st.DrawFn, paths: st.SearchStrategy[Path], which: st.SearchStrategy[Operator], m: Moment
) -> Term:
    operator = draw(which)
    return Term(path=draw(paths), operator=operator, operand=draw(operands(operator, m)))


__all__ = ["TYPES", "Duration", "operands", "spans", "terms", "type_of", "values"]
