"""Conditions are counted together as far as memory goes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from catalogue.definitions import nodes as n
from catalogue.engine.conditions.events import EventCondition, event_condition
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.vectors.portions import bytes_for, may_be_kept, portions
from catalogue.engine.vectors.scan import scan_vectors
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import DAY, NOW, customer, event, events, is_, last, world


def conditions(count: int) -> list[EventCondition]:
    frame = Frame(now=NOW, zone=ZoneInfo("UTC"))
    nodes = [
        n.Count(events=events("login"), comparison=is_("gte", days), window=last(days))
        for days in range(1, count + 1)
    ]
    return [event_condition(node, frame) for node in nodes]


def test_hundreds_of_windows_are_counted_in_parts_that_fit() -> None:
    asked, people = conditions(300), 1_000_000
    parts = list(portions(asked, people, most_bytes=100_000_000))
    assert sorted(map(asked.index, (one for part in parts for one in part))) == list(range(300))
    assert len(parts) > 8
    assert all(bytes_for(part, people) <= 100_000_000 for part in parts)
    assert list(portions(asked, 10)) == [asked]
    assert (may_be_kept(asked, people), may_be_kept(asked[:5], people)) == (False, True)


def test_counted_in_parts_the_members_are_the_same() -> None:
    asked = conditions(12)
    given = world(
        *(customer(f"c{i}", *(event("login", k * DAY) for k in range(i))) for i in range(9))
    )
    with MemoryTables.from_world(given) as tables:
        source = tables.events("login")
        assert source is not None
        whole, _ = scan_vectors([source], asked, tables)
        parted = {}
        for part in portions(asked, 9, most_bytes=200):
            parted |= scan_vectors([source], part, tables)[0]
    assert parted == whole
    assert len(set(map(len, whole.values()))) > 3
