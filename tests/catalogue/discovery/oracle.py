"""Who of synthetic people fits a condition, by the oracle of the language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Node
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.reference import reference_members
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent
from catalogue.warehouse.given import World as Workspace
from tests.catalogue.discovery.synthetic import EVENTS, TRAITS, World

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


def members_of(nodes: Sequence[Node], people: World) -> list[np.ndarray]:
    """A mask over the people for each condition."""
    customers = tuple(_customer(people, place) for place in range(len(people.seats)))
    segments = {
        f"s{place}": GivenSegment(definition=Definition(where=node))
        for place, node in enumerate(nodes)
    }
    answers = reference_members(segments, Workspace(customers=customers), NOW)
    masks = []
    for key in segments:
        answer = answers[key]
        assert not isinstance(answer, DefinitionError)
        masks.append(np.array([customer.id in answer for customer in customers]))
    return masks


def _customer(people: World, place: int) -> GivenCustomer:
    changes = tuple(
        GivenChange(trait=name, value=_plain(getattr(people, name)[place])) for name in TRAITS
    )
    events = tuple(
        GivenEvent(name=name, at=NOW - timedelta(days=1))
        for name in EVENTS
        for _ in range(getattr(people, name)[place])
    )
    return GivenCustomer(id=str(place), changes=changes, events=events)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
