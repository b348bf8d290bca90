"""What is sent of members: filled templates, and the ids that the tool has told."""

from __future__ import annotations

import pytest
from pyroaring import BitMap

from integrations.models import Destination, RemoteContact
from integrations.pieces import weight_of
from integrations.protocol import Record
from integrations.sync.identities import Template
from integrations.sync.records import DENSE, PER_QUERY, remote_ids
from integrations.sync.setup import setup_of


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{customer_id}", "c-1"),
        ("{customer_id}@x", "c-1@x"),
        ("to {first} {first} <{e mail}>", "to {e mail} {e mail} <a@x>"),
        ("{a}{customer_id}", "c-1"),
    ],
)
def test_a_template_is_filled_once_and_never_from_what_it_was_filled_with(
    text: str, filled: str
) -> None:
    values = {"customer_id": "c-1", "first": "{e mail}", "e mail": "a@x", "a": ""}

    assert Template(text).fill(values) == filled


def test_a_record_weighs_its_bytes_with_the_names_of_its_fields() -> None:
    record = Record(ordinal=1, identity="ä", contact={"n": "€"}, fields={"why": "😀"})

    assert weight_of(record) == 2 + (1 + 3) + (3 + 4)


@pytest.fixture
def tools(db: None) -> tuple[Destination, Destination]:
    """Two tools, which know everybody from 0 to 2,999 by ids of their own."""
    made = [Destination.objects.create(key=key, connector="hubspot") for key in ("one", "other")]
    RemoteContact.objects.bulk_create(
        RemoteContact(destination=tool, ordinal=number, remote_id=f"{tool.key}-{number}")
        for tool in made
        for number in range(3_000)
    )
    return made[0], made[1]


@pytest.mark.parametrize(
    "some",
    [
        [],
        [7],
        [0, 2, 5, 2_999],
        range(3_500),
        range(0, 3_000, DENSE + 1),
        range(0, 3_000, DENSE - 1),
        range(1_000, 1_000 + PER_QUERY + 1),
        [*range(100), 9_000_000],
    ],
    ids=["nobody", "one", "far apart", "all and more", "sparse", "dense", "a row", "one far off"],
)
def test_ids_that_the_tool_told_are_found_of_exactly_those_who_are_asked_for(
    tools: tuple[Destination, Destination], some: list[int]
) -> None:
    one, _ = tools

    found = remote_ids(setup_of(one), BitMap(some))

    assert found == {number: f"one-{number}" for number in some if number < 3_000}
