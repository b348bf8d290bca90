"""When answers change by time alone, held against the oracle at many later instants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import hypothesis
from hypothesis import strategies as st

from catalogue.definitions import nodes as n
from catalogue.definitions import windows
from catalogue.engine.conditions.events import event_condition
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.evidence import Dated, Evidence, sought
from catalogue.engine.flips import MOST_EVENTS, Foresight, Timeline, joined
from catalogue.engine.placed import Placed
from catalogue.engine.plan import Leaf
from catalogue.engine.reference import Person, condition_holds
from catalogue.engine.reference_dates import AsOf, moment_of
from catalogue.warehouse.given import GivenChange, GivenEvent
from tests.catalogue.engine.small_world import DAY, MICROSECOND, NOW, events, is_, last, trait
from tests.generative.cases import TIMES, _comparison
from tests.generative.moments import DURATIONS, MOMENT_POOL, Moment, date_value, instant
from tests.generative.operands import window

UTC_ZONE = ZoneInfo("UTC")


def ahead(node: n.Node, times: list[datetime], now: datetime, zone: ZoneInfo) -> Timeline | None:
    """What is foretold of a condition on events at these times."""
    condition = event_condition(node, Frame(now=now, zone=zone))
    negated = isinstance(node, n.DidNot)
    evidence = Evidence(said={}, dated={}, times={sought(condition): times}, figures={})
    return foretold(
        node, condition, negated, evidence, holds(node, person(times), now, zone), now, zone
    )


def ahead_of_value(node: n.Trait, value: object, now: datetime, zone: ZoneInfo) -> Timeline | None:
    """What is foretold of a condition on a trait with this value."""
    found = criterion(node.term, Frame(now=now, zone=zone))
    condition = TraitCondition(path=found.path, test=found.test)
    dated = {node.term.path: as_date(value)}
    evidence = Evidence(said={}, dated=dated, times={}, figures={})
    answer = holds(node, having(value), now, zone)
    return foretold(node, condition, found.negated, evidence, answer, now, zone)


def as_date(value: object) -> Dated:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(read, datetime)
    if read.tzinfo is None:
        return Dated(local=read)
    return Dated(moment=read.astimezone(UTC).replace(tzinfo=None))


def foretold(node, condition, negated, evidence, answer, now, zone) -> Timeline | None:
    foresight = Foresight(
        evidence=evidence,
        answers={condition: answer ^ negated},
        now=now,
        zone=zone,
        segments={},
    )
    formula = Leaf(condition=condition, negated=negated)
    return foresight.of(Placed(pointer="/where", node=node, formula=formula))


def person(times: list[datetime]) -> Person:
    done = tuple(GivenEvent(name="login", at=at) for at in times)
    return Person(id="c", changes=(), events=done)


def having(value: object) -> Person:
    return Person(id="c", changes=(GivenChange(trait="value", value=value),), events=())


def holds(node: n.Node, one: Person, at: datetime, zone: ZoneInfo) -> bool:
    return condition_holds(node, one, AsOf(now=at, zone=zone))


def later(rng: Random, dates: list[datetime], moment: Moment) -> Iterator[datetime]:
    """Instants after now, most of them where a window may meet a date."""
    zone = ZoneInfo(moment.zone)
    for at in dates:
        for duration in DURATIONS:
            for sign in (-1, 1):
                edge = windows.shift(at, duration, zone, sign=sign)
                steps = (timedelta(0), MICROSECOND, -MICROSECOND, timedelta(hours=1))
                yield from (edge + step for step in steps)
    for days in range(12):
        midnight = windows.start_of_day(moment.today + days * DAY, zone)
        yield from (midnight, midnight - MICROSECOND, midnight + timedelta(hours=1))
    yield from (moment.now + rng.random() * timedelta(days=800) for _ in range(20))


def check(timeline: Timeline, node: n.Node, one: Person, instants, moment: Moment) -> None:
    zone = ZoneInfo(moment.zone)
    beside = [at + step for at in timeline.flips for step in (timedelta(0), -MICROSECOND)]
    for at in [moment.now, *(at for at in [*instants, *beside] if at > moment.now)]:
        assert timeline.at(at) == holds(node, one, at, zone), (node, at, timeline)


def event_node(rng: Random, moment: Moment) -> n.Node:
    span = window(rng, moment, of_events=True)
    match rng.randrange(5):
        case 0:
            return n.Did(events=events("login"), window=span, times=rng.choice(TIMES))
        case 1:
            return n.DidNot(events=events("login"), window=span)
        case 2:
            comparison = _comparison(rng, [0, 1, 1, 2, 3])
            return n.Count(events=events("login"), window=span, comparison=comparison)
        case 3:
            return n.FirstDid(events=events("login"), window=span)
    return n.LastDid(events=events("login"), window=span)


@hypothesis.settings(max_examples=400, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True))
def test_conditions_on_events_change_exactly_when_foretold(rng: Random) -> None:
    moment = rng.choice(MOMENT_POOL)
    found = (instant(rng, moment) for _ in range(rng.choice([0, 1, 1, 2, 3, 5])))
    times = sorted(at for at in found if at <= moment.now)
    node = event_node(rng, moment)
    timeline = ahead(node, times, moment.now, ZoneInfo(moment.zone))
    assert timeline is not None
    check(timeline, node, person(times), later(rng, times, moment), moment)


@hypothesis.settings(max_examples=400, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True))
def test_conditions_on_dates_change_exactly_when_foretold(rng: Random) -> None:
    moment = rng.choice(MOMENT_POOL)
    zone = ZoneInfo(moment.zone)
    value = date_value(rng, moment)
    operand = window(rng, moment, of_events=False)
    if rng.random() < 0.25:
        word = rng.choice(["today", "yesterday", "tomorrow"])
        node = trait(rng.choice(["before", "after", "on"]), n.DateLiteral(word=word))
    else:
        node = trait("within", operand)
    timeline = ahead_of_value(node, value, moment.now, zone)
    read = moment_of(value, zone)
    assert timeline is not None
    assert read is not None
    check(timeline, node, having(value), later(rng, [read.instant], moment), moment)


# ── one by one


def test_a_window_of_days_ends_a_microsecond_after_its_last_instant() -> None:
    done = NOW - 3 * DAY
    timeline = ahead(n.Did(events=events("login"), window=last(7)), [done], NOW, UTC_ZONE)
    assert timeline == Timeline(start=True, flips=(done + 7 * DAY + MICROSECOND,))


def test_what_is_sought_often_enough_ends_with_the_first_that_leaves() -> None:
    times = [NOW - 6 * DAY, NOW - 5 * DAY, NOW - DAY]
    node = n.Count(events=events("login"), comparison=is_("gte", 2), window=last(7))
    timeline = ahead(node, times, NOW, UTC_ZONE)
    assert timeline is not None
    assert timeline.flips == (times[1] + 7 * DAY + MICROSECOND,)


def test_windows_that_stay_where_they_are_never_change_an_answer() -> None:
    fixed = n.BetweenDates(first=NOW.date(), last=NOW.date())
    for span in (None, fixed, n.Since(start=n.DateLiteral(day=NOW.date()))):
        node = n.Did(events=events("login"), window=span)
        assert ahead(node, [NOW - MICROSECOND], NOW, UTC_ZONE) == Timeline(start=True)


def test_a_month_that_is_too_short_keeps_the_clock() -> None:
    """On 28 February the last month begins on 28 January, on 1 March on 1 February."""
    done = datetime(2026, 1, 31, 9, tzinfo=UTC)
    node = n.Did(events=events("login"), window=last(1, "month"))
    timeline = ahead(node, [done], datetime(2026, 2, 10, tzinfo=UTC), UTC_ZONE)
    assert timeline == Timeline(start=True, flips=(datetime(2026, 3, 1, tzinfo=UTC),))


def test_what_cannot_be_foretold_is_not_guessed() -> None:
    times = [NOW - DAY]
    moving = n.EventSelector(
        names=("login",), where=(trait("within", n.InNext(duration=DURATIONS[1])).term,)
    )
    total = n.Aggregate(
        function="sum",
        prop=("v",),
        events=events("login"),
        comparison=is_("gt", 1),
        window=last(7),
    )
    assert ahead(n.Did(events=moving), times, NOW, UTC_ZONE) is None
    assert ahead(total, times, NOW, UTC_ZONE) is None
    many = [NOW - place * MICROSECOND for place in range(MOST_EVENTS + 1)][::-1]
    assert ahead(n.Did(events=events("login"), window=last(7)), many, NOW, UTC_ZONE) is None
    born = trait("anniversary_in_next", DURATIONS[1])
    assert ahead_of_value(born, "1990-03-19", NOW, UTC_ZONE) is None


def test_dates_at_the_ends_of_the_calendar_are_no_obstacle() -> None:
    for value in ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999999Z"):
        for span in (
            n.InNext(duration=DURATIONS[1]),
            n.InLast(duration=DURATIONS[4]),
            n.OlderThan(duration=n.Duration(count=10**6, unit="year")),
            n.During(which="next", unit="year"),
            n.Since(start=n.DateLiteral(word="yesterday")),
        ):
            for zone in ("UTC", "Asia/Kathmandu", "America/Sao_Paulo"):
                node = trait("within", span)
                assert ahead_of_value(node, value, NOW, ZoneInfo(zone)) is not None


# ── groups

YES, NO = Timeline(start=True), Timeline(start=False)
LATER = Timeline(start=False, flips=(NOW + DAY,))
UNTIL = Timeline(start=True, flips=(NOW + DAY,))


def test_a_group_changes_with_the_parts_that_decide_it() -> None:
    assert joined("all", [YES, LATER], NOW) == LATER
    assert joined("all", [LATER, UNTIL], NOW) == NO
    assert joined("any", [NO, LATER], NOW) == LATER
    assert joined("any", [LATER, UNTIL], NOW) == YES
    assert joined("none", [NO, LATER], NOW) == UNTIL


def test_a_part_that_is_not_known_matters_only_where_no_other_decides_for_good() -> None:
    assert joined("all", [YES, None], NOW) is None
    assert joined("all", [NO, None], NOW) == NO
    assert joined("any", [YES, None], NOW) == YES
    assert joined("none", [YES, None], NOW) == NO
    assert joined("any", [LATER, None], NOW) is None
