"""Random trees: everything the language of this release can say."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.nodes import (
    Aggregate,
    Comparator,
    Comparison,
    DateLiteral,
    Definition,
    Duration,
    EventSelector,
    Node,
    Operator,
    Term,
    Window,
)
from catalogue.definitions.pieces import shortest
from catalogue.definitions.terms import LISTED, ORDERS, PAIRS, TEXTS
from tests.catalogue.definitions.walk_trees import walks

UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
texts = st.text(max_size=8).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
names = texts.filter(lambda text: text and not text.endswith("*"))
numbers = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
).map(shortest)
scalars = st.one_of(texts, numbers, st.booleans())
paths = st.lists(
    st.one_of(names, st.sampled_from(["a.b", '"', '"x"', "a\\b"])), min_size=1, max_size=3
).map(tuple)
durations = st.builds(Duration, count=st.integers(1, 10**6), unit=st.sampled_from(UNITS))
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))  # noqa: DTZ001 (local times)
fixed_dates = st.one_of(
    st.builds(DateLiteral, day=days),
    st.builds(DateLiteral, local=times),
    st.builds(DateLiteral, instant=times.map(lambda time: time.replace(tzinfo=UTC))),
)
words = st.builds(DateLiteral, word=st.sampled_from(["today", "yesterday", "tomorrow"]))


def _ordered_ages(pair: tuple[Duration, Duration]) -> nodes.AgoToAgo:
    one, other = pair
    if one.unit != other.unit:
        other = Duration(count=other.count, unit=one.unit)
    shorter, longer = sorted((one, other), key=lambda duration: duration.count)
    return nodes.AgoToAgo(start=longer, end=shorter)


def _ordered_dates(pair: list[DateLiteral]) -> nodes.FromTo:
    key = {True: lambda one: one.day, False: lambda one: one.local or one.instant}
    first, last = sorted(pair, key=key[pair[0].day is not None])
    return nodes.FromTo(start=first, end=last)


same_kind = st.one_of(
    st.lists(st.builds(DateLiteral, day=days), min_size=2, max_size=2),
    # A local time that the clocks skip may come after a later one; `parse` looks at instants.
    st.lists(
        st.builds(DateLiteral, instant=times.map(lambda time: time.replace(tzinfo=UTC))),
        min_size=2,
        max_size=2,
    ),
)
shared_windows: st.SearchStrategy[Window] = st.one_of(
    st.builds(nodes.InLast, duration=durations),
    st.builds(nodes.OlderThan, duration=durations),
    st.tuples(durations, durations).map(_ordered_ages),
    same_kind.map(_ordered_dates),
    st.builds(nodes.Since, start=fixed_dates),
    st.lists(days, min_size=2, max_size=2).map(
        lambda pair: nodes.BetweenDates(first=min(pair), last=max(pair))
    ),
    st.builds(
        nodes.During,
        which=st.sampled_from(["last", "this", "next"]),
        unit=st.sampled_from(["day", "week", "month", "quarter", "year"]),
    ),
)
event_windows = st.one_of(
    st.none(),
    shared_windows,
    st.builds(nodes.SinceStartOfDay, days_ago=st.integers(0, 4000)),
)
trait_windows = st.one_of(shared_windows, st.builds(nodes.InNext, duration=durations))


def _operands(operator: Operator, items: st.SearchStrategy[Term]) -> st.SearchStrategy[object]:
    if operator in (Operator.IS, Operator.IS_NOT):
        return scalars
    if operator in LISTED:
        return st.lists(scalars, min_size=1, max_size=3).map(tuple)
    if operator in ORDERS:
        return numbers
    if operator in PAIRS:
        return st.lists(numbers, min_size=2, max_size=2).map(lambda pair: tuple(sorted(pair)))
    if operator in (Operator.MATCHES, Operator.NOT_MATCHES):
        return st.sampled_from(["^a+$", "(?i)x|y", r"\d{3}", "a.c"])
    if operator in TEXTS:
        return texts
    return _structured(operator, items)


def _structured(operator: Operator, items: st.SearchStrategy[Term]) -> st.SearchStrategy[object]:
    if operator in (Operator.IS_SET, Operator.IS_EMPTY):
        return st.booleans()
    if operator in (Operator.BEFORE, Operator.AFTER):
        return st.one_of(fixed_dates, words)
    if operator in (Operator.ON, Operator.ANNIVERSARY_ON):
        return st.one_of(st.builds(DateLiteral, day=days), words)
    if operator is Operator.WITHIN:
        return trait_windows
    if operator is Operator.ANNIVERSARY_IN_NEXT:
        return durations
    return st.lists(items, min_size=1, max_size=2).map(tuple)


def _terms_over(
    items: st.SearchStrategy[Term], operators: list[Operator]
) -> st.SearchStrategy[Term]:
    return st.sampled_from(operators).flatmap(
        lambda operator: st.builds(
            Term, path=paths, operator=st.just(operator), operand=_operands(operator, items)
        )
    )


_flat = _terms_over(st.nothing(), [one for one in Operator if one is not Operator.ITEM])
terms = _terms_over(_flat, list(Operator))


def _selector(names: list[str], prefixes: list[str], where: list[Term]) -> EventSelector:
    return EventSelector(names=tuple(names), prefixes=tuple(prefixes), where=tuple(where))


selectors = st.one_of(
    st.builds(
        _selector,
        st.lists(names, min_size=1, max_size=2, unique=True),
        st.lists(texts, max_size=1),
        st.lists(terms, max_size=2),
    ),
    st.builds(_selector, st.just([]), st.lists(texts, min_size=1, max_size=1), st.just([])),
)


def _comparison(comparator: Comparator, bounds: list[float]) -> Comparison:
    low, high = sorted(bounds)
    is_between = comparator is Comparator.BETWEEN
    return Comparison(comparator=comparator, bound=low, high=high if is_between else None)


comparisons = st.builds(
    _comparison, st.sampled_from(list(Comparator)), st.lists(numbers, min_size=2, max_size=2)
)
often = st.one_of(
    st.just(()),
    st.builds(
        lambda low, more: (
            Comparison(comparator=Comparator.LT, bound=low + more),
            Comparison(comparator=Comparator.GTE, bound=low),
        ),
        st.integers(1, 50),
        st.integers(1, 9),
    ),
    st.integers(1, 9).map(lambda count: (Comparison(comparator=Comparator.EQ, bound=count),)),
)
keys = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
shares = st.builds(nodes.Share, percent=st.decimals(0, 100, places=3))
measures = st.one_of(
    st.builds(
        nodes.EventMeasure,
        function=st.just("count"),
        events=selectors,
        window=event_windows,
    ),
    st.builds(
        nodes.EventMeasure,
        function=st.sampled_from(["sum", "avg", "min", "max", "count_distinct"]),
        events=selectors,
        prop=paths,
        window=event_windows,
    ),
    st.builds(nodes.TraitMeasure, path=paths),
)
sizes = st.one_of(st.integers(1, 2**53), shares.filter(lambda share: share.percent > 0))
# One strategy for each kind of condition.
CONDITIONS: tuple[st.SearchStrategy[Node], ...] = (
    st.just(nodes.Everyone()),
    st.builds(nodes.Trait, term=terms),
    st.builds(nodes.AccountTrait, term=terms),
    st.builds(nodes.Did, events=selectors, times=often, window=event_windows),
    st.builds(nodes.DidNot, events=selectors, window=event_windows),
    st.builds(nodes.Count, events=selectors, comparison=comparisons, window=event_windows),
    st.builds(nodes.FirstDid, events=selectors, window=event_windows),
    st.builds(nodes.LastDid, events=selectors, window=event_windows),
    st.builds(
        Aggregate,
        function=st.sampled_from(["sum", "avg", "min", "max", "count_distinct"]),
        prop=paths,
        events=selectors,
        comparison=comparisons,
        window=event_windows,
    ),
    *walks(
        selectors=selectors,
        comparisons=comparisons,
        times=often,
        windows=event_windows,
        durations=durations,
        terms=terms,
    ),
    st.builds(
        nodes.InSegment,
        key=keys,
        part=st.sampled_from([None, "reached", "not_reached", "arm-b"]),
    ),
    st.builds(
        nodes.Held,
        term=terms,
        lasting=st.sampled_from(["for_at_least", "for_less_than"]),
        duration=durations,
    ),
    st.builds(nodes.Sample, share=shares, salt=texts.filter(bool)),
)
conditions = st.one_of(*CONDITIONS)


def _groups(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(nodes.All, children=several),
        st.builds(nodes.Any, children=several),
        st.builds(nodes.None_, children=several),
        st.builds(nodes.Not, child=below),
    )


def _of_customers(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        _groups(below),
        st.builds(nodes.AccountMembers, how=how_many, where=below),
        st.builds(nodes.Top, size=sizes, by=measures, among=below),
        st.builds(nodes.Bottom, size=sizes, by=measures, among=st.just(nodes.Everyone()) | below),
    )


how_many = st.sampled_from(["any", "all", "none"])
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
of_customers = st.recursive(conditions, _of_customers, max_leaves=6)
of_accounts = st.recursive(
    st.one_of(
        st.just(nodes.Everyone()),
        st.builds(nodes.Trait, term=terms),
        st.builds(nodes.InSegment, key=keys),
        st.builds(nodes.Customers, how=how_many, where=of_customers),
    ),
    _groups,
    max_leaves=4,
)
definitions = st.one_of(
    st.builds(Definition, where=of_customers, timezone=zones),
    st.builds(Definition, where=of_customers, timezone=zones),
    st.builds(Definition, where=of_accounts, timezone=zones, subject=st.just("account")),
)


def _of_every_kind(found: tuple[Node, ...]) -> Definition:
    below, *others = found
    groups = (nodes.Any(children=(below,)), nodes.None_(children=(below,)), nodes.Not(child=below))
    return Definition(where=nodes.All(children=(*others, *groups)))


# Definitions with every condition, group and ranking there is; `customers` alone stands where
# accounts are judged. Aggregates have a head for each function.
with_everything = st.tuples(
    *CONDITIONS,
    *(
        st.builds(
            Aggregate,
            function=st.just(function),
            prop=paths,
            events=selectors,
            comparison=comparisons,
            window=event_windows,
        )
        for function in ("sum", "avg", "min", "max", "count_distinct")
    ),
    st.builds(nodes.AccountMembers, how=how_many, where=conditions),
    st.builds(nodes.Top, size=sizes, by=measures, among=conditions),
    st.builds(nodes.Bottom, size=sizes, by=measures, among=conditions),
).map(_of_every_kind)
of_all_kinds = with_everything | st.builds(
    Definition,
    where=st.builds(nodes.Customers, how=how_many, where=conditions),
    subject=st.just("account"),
)
