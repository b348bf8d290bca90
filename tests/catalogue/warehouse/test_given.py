"""A given workspace: what is known when, and who survives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalogue.warehouse.given import GivenCustomer, GivenError, GivenEvent, World

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(event_id: str | None = None, received: datetime | None = None, n: int = 0) -> GivenEvent:
    return GivenEvent(name="paid", at=NOW, id=event_id, received=received, props={"n": n})


def kept(world: World) -> list[list[object]]:
    return [[event.props["n"] for event in customer.events] for customer in world.customers]


def of(*events: GivenEvent) -> GivenCustomer:
    return GivenCustomer(id=f"c{id(events)}", events=events)


def test_what_is_received_later_is_not_known_yet() -> None:
    world = World(
        customers=(of(event(n=1), event(n=2, received=NOW), event(n=3, received=NOW + HOUR)),)
    )
    assert kept(world.at(NOW)) == [[1, 2]]
    assert kept(world.at(NOW + HOUR)) == [[1, 2, 3]]


def test_of_one_event_id_the_first_received_stays_whoever_has_it() -> None:
    late, early = event("e", NOW, n=1), event("e", NOW - HOUR, n=2)
    world = World(
        customers=(
            GivenCustomer(id="a", events=(late,)),
            GivenCustomer(id="b", events=(early, event(n=3), event(n=3))),
        )
    )
    assert kept(world.deduplicated()) == [[], [2, 3, 3]]
    assert world.deduplicated().deduplicated() == world.deduplicated()


def test_of_those_received_together_the_first_listed_stays() -> None:
    assert kept(World(customers=(of(event("e", n=1), event("e", n=2)),)).at(NOW)) == [[1]]


def test_merges_end_at_the_last_survivor_who_exists_even_if_only_named() -> None:
    world = World(
        customers=(GivenCustomer(id="a", merged_into="b"), GivenCustomer(id="b", merged_into="c"))
    )
    assert world.survivors() == {"a": "c", "b": "c"}
    assert [customer.id for customer in world.live()] == ["c"]


def test_merges_in_a_circle_and_doubles_are_refused() -> None:
    circle = (GivenCustomer(id="a", merged_into="b"), GivenCustomer(id="b", merged_into="a"))
    with pytest.raises(GivenError, match="a → b → a"):
        World(customers=circle)
    with pytest.raises(GivenError, match="“a” is given twice"):
        World(customers=(GivenCustomer(id="a"), GivenCustomer(id="a")))
