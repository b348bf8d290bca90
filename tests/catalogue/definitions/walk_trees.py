"""Random conditions on order and habit."""

from __future__ import annotations

from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Duration, Node

Strategy = st.SearchStrategy


def walks(
    *,
    selectors: Strategy,
    comparisons: Strategy,
    times: Strategy,
    windows: Strategy,
    durations: Strategy,
    terms: Strategy,
) -> tuple[Strategy[Node], ...]:
    """One strategy for each of the heads, made of the parts that other conditions have too."""
    first = st.builds(nodes.Step, events=selectors)
    later = st.builds(nodes.Step, events=selectors, within=st.none() | durations)
    steps = st.builds(
        lambda one, rest: (one, *rest), first, st.lists(later, min_size=1, max_size=2)
    )
    pauses = st.tuples(durations, st.integers(1, 9)).map(_pause)
    periods = st.tuples(durations, st.integers(1, 50), st.integers(0, 50)).map(
        lambda found: nodes.Periods(per=found[0], in_at_least=found[1], of_last=found[1] + found[2])
    )
    days = {"events": selectors, "comparison": comparisons}
    return (
        st.builds(nodes.Sequence, steps=steps, window=windows),
        st.builds(
            nodes.DroppedOff, start=selectors, goal=selectors, within=durations, window=windows
        ),
        st.builds(_stopped, selectors, pauses),
        st.builds(_resumed, selectors, pauses),
        st.builds(nodes.Regularly, events=selectors, times=times, periods=periods),
        st.builds(nodes.ActiveDays, window=windows, **days),
        st.builds(nodes.ActiveDays, periods=periods, **days),
        st.builds(
            nodes.Latest,
            events=selectors,
            has=st.lists(terms, min_size=1, max_size=2).map(tuple),
            window=windows,
        ),
    )


Pause = tuple[Duration, Duration]


def _pause(found: tuple[Duration, int]) -> Pause:
    shorter, more = found
    return shorter, Duration(count=shorter.count + more, unit=shorter.unit)


def _stopped(events: nodes.EventSelector, pause: Pause) -> Node:
    return nodes.Stopped(events=events, quiet_for=pause[0], active_within=pause[1])


def _resumed(events: nodes.EventSelector, pause: Pause) -> Node:
    return nodes.Resumed(events=events, back_within=pause[0], quiet_within=pause[1])
