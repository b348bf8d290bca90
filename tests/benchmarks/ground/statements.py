"""A segment as one SQL statement, in the ways in which somebody who knows SQL well would write it.
Which of them is best differs from segment to segment, so every data base tries all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.benchmarks.ground.conditions import BEGINNING, EVER, Happened, Has
from tests.benchmarks.ground.segments import Built, Leaf, Tree, leaves

# The relation that holds all events of these names.
Relation = Callable[[tuple[str, ...]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What differs from data base to data base. `instant` writes microseconds since 1970, `negated`
    what is true where a condition is false or unknown, `unless` what is true of customers (of the
    table `c`) whom a query does not name; `money` is the column of amounts, which are whole cents
    or, where it `has_decimals`, have two decimal places."""

    instant: Callable[[int], str]
    negated: Callable[[str], str]
    unless: Callable[[str], str]
    money: str = "cents"
    has_decimals: bool = False

    def with_decimals(self) -> Dialect:
        """The same where amounts are written as in a company's own tables."""
        return replace(self, money="amount", has_decimals=True)

    def bound(self, condition: Happened) -> str:
        """The number that a figure is compared with."""
        is_money = condition.figure in ("sum", "largest")
        if not (is_money and self.has_decimals):
            return str(condition.bound)
        return f"{condition.bound // 100}.{condition.bound % 100:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a data base has the ground: `customers` (customer and the traits), and `events` with
    customer, event, moment, an amount of money and item."""

    dialect: Dialect
    customers: str
    events: Relation


def statements(tree: Tree, source: Source) -> list[str]:
    """Every way to ask for the members; each answers with the column `customer`."""
    conditions = {leaf.condition for leaf in leaves(tree)}
    ways = [_by_sets(tree, source)]
    # A single condition is asked for alike both ways.
    if len(conditions) > 1 and any(isinstance(one, Happened) for one in conditions):
        ways.append(_grouped(tree, source))
    return ways


def _by_sets(tree: Tree, source: Source) -> str:
    """A subquery for each condition on events."""

    def said(leaf: Leaf) -> str:
        condition = leaf.condition
        if isinstance(condition, Has):
            holds = _has(condition, source.dialect)
            return source.dialect.negated(holds) if leaf.negated else holds
        who, is_seldom = _who(condition, source), condition.sign == "<"
        is_among = leaf.negated == is_seldom
        return f"c.customer in ({who})" if is_among else source.dialect.unless(who)

    where = _logic(tree, said, source.dialect)
    return f"select c.customer from {source.customers} c where {where}"


def _who(condition: Happened, source: Source) -> str:
    """Customers with the figure; of a figure that is to be small, those with a larger one."""
    dialect = source.dialect
    inside = _inside(condition, dialect)
    found = f"select customer from {source.events((condition.event,))} where {inside}"
    if (condition.figure, condition.bound) == ("count", 1):
        return found
    figure = _figure(condition, dialect)
    holds = _compared(condition, figure, dialect, turned=condition.sign == "<")
    return f"{found} group by customer having {holds}"


def _grouped(tree: Tree, source: Source) -> str:
    """All figures by one scan of the events."""
    asked = list(dict.fromkeys(leaf.condition for leaf in leaves(tree)))
    happened = [one for one in asked if isinstance(one, Happened)]
    names = tuple(dict.fromkeys(one.event for one in happened))
    events = f"{source.events(names)} where {_covering(happened, source.dialect)}"
    figures = {one: _filtered(one, len(names) > 1, source.dialect) for one in happened}
    if len(asked) == len(happened) and not _may_hold_without(tree):
        having = _logic(tree, _said_by(figures, source.dialect), source.dialect)
        return f"select customer from {events} group by customer having {having}"
    columns = {one: f"f{place}" for place, one in enumerate(happened)}
    listed = ", ".join(f"{figures[one]} as {name}" for one, name in columns.items())
    counted = f"select customer, {listed} from {events} group by customer"
    join = "left join" if _may_hold_without(tree) else "join"
    named = {
        one: f"coalesce(e.{name}, 0)" if one.figure == "count" else f"e.{name}"
        for one, name in columns.items()
    }
    where = _logic(tree, _said_by(named, source.dialect), source.dialect)
    return (
        f"select c.customer from {source.customers} c {join} ({counted}) e"
        f" on c.customer = e.customer where {where}"
    )


def _said_by(figures: dict[Happened, str], dialect: Dialect) -> Callable[[Leaf], str]:
    def said(leaf: Leaf) -> str:
        condition = leaf.condition
        if isinstance(condition, Has):
            holds = _has(condition, dialect)
        else:
            holds = _compared(condition, figures[condition], dialect)
        return dialect.negated(holds) if leaf.negated else holds

    return said


def _logic(tree: Tree, say: Callable[[Leaf], str], dialect: Dialect) -> str:
    match tree:
        case Leaf():
            return say(tree)
        case Built(tree=inner):
            return _logic(inner, say, dialect)
    parts = [_logic(part, say, dialect) for part in tree.parts]
    if tree.how == "none":
        return "(" + " and ".join(dialect.negated(part) for part in parts) + ")"
    return "(" + (" and " if tree.how == "all" else " or ").join(parts) + ")"


def _may_hold_without(tree: Tree) -> bool:
    """Whether somebody without any event may be a member."""
    return _without_events(tree) is not False


def _without_events(tree: Tree) -> bool | None:
    """What a tree says of somebody without events; None where the traits decide."""
    match tree:
        case Leaf(condition=Has()):
            return None
        case Leaf(condition=Happened(sign=sign), negated=negated):
            return (sign == "<") != negated
        case Built(tree=inner):
            return _without_events(inner)
    answers = [_without_events(part) for part in tree.parts]
    decisive = tree.how != "all"
    if decisive in answers:
        return tree.how == "any"
    return None if None in answers else tree.how != "any"


def _inside(condition: Happened, dialect: Dialect, *, with_name: bool = True) -> str:
    """Which events count."""
    parts = [f"event = '{condition.event}'"] if with_name else []
    start, end = _range(condition)
    if start > BEGINNING:
        parts.append(f"moment >= {dialect.instant(start)}")
    parts.append(f"moment < {dialect.instant(end)}")
    if condition.item is not None:
        parts.append(f"item = '{condition.item}'")
    return " and ".join(parts)


def _range(condition: Happened) -> tuple[int, int]:
    """First and last events are looked for among all up to now."""
    if condition.figure in ("first", "last"):
        return BEGINNING, EVER.end
    return condition.window.start, condition.window.end


def _covering(conditions: list[Happened], dialect: Dialect) -> str:
    names = sorted({f"'{one.event}'" for one in conditions})
    starts, ends = zip(*map(_range, conditions), strict=True)
    parts = [f"event in ({', '.join(names)})" if len(names) > 1 else f"event = {names[0]}"]
    if min(starts) > BEGINNING:
        parts.append(f"moment >= {dialect.instant(min(starts))}")
    parts.append(f"moment < {dialect.instant(max(ends))}")
    return " and ".join(parts)


def _filtered(condition: Happened, with_name: bool, dialect: Dialect) -> str:
    inside = _inside(condition, dialect, with_name=with_name)
    return _figure(condition, dialect, f" filter (where {inside})")


def _figure(condition: Happened, dialect: Dialect, only: str = "") -> str:
    match condition.figure:
        case "count":
            return f"count(*){only}"
        case "sum":
            return f"sum({dialect.money}){only}"
        case "largest":
            return f"max({dialect.money}){only}"
        case "first":
            return f"min(moment){only}"
    return f"max(moment){only}"


def _compared(condition: Happened, figure: str, dialect: Dialect, *, turned: bool = False) -> str:
    if condition.figure in ("first", "last"):
        window = condition.window
        # The bound below is for data bases whose maximum of nothing is the year 1970.
        start, end = dialect.instant(window.start), dialect.instant(window.end)
        return f"({figure} >= {start} and {figure} < {end})"
    sign = ">=" if turned else condition.sign
    return f"{figure} {sign} {dialect.bound(condition)}"


def _has(condition: Has, dialect: Dialect) -> str:
    column = f"c.{condition.trait}"
    match condition.kind, condition.value:
        case "in", tuple(values):
            listed = ", ".join(f"'{value}'" for value in values)
            return f"{column} in ({listed})"
        case "in", _:
            return column
        case (("past" | "next"), _):
            start, end = condition.span
            return f"({column} >= {dialect.instant(start)} and {column} < {dialect.instant(end)})"
    return f"{column} {condition.kind} {condition.value}"
