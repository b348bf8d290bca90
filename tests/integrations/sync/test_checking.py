"""What is set up wrongly on our side is said by a check, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.models import Segment
from integrations.models import Destination
from integrations.sync.checking import warnings_of
from tests.integrations.ground import Clock, destination, live_segment, publish
from tests.integrations.sync.conftest import Opened, load

pytestmark = pytest.mark.django_db(transaction=True)


def said() -> list[str]:
    return warnings_of(Destination.objects.get(key="crm"), now=Clock()())


def test_a_tool_that_is_set_up_well_is_not_warned_of(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])

    assert said() == []
    assert not fake.writes()


def test_two_segments_that_want_one_list_are_told(hubspot: Opened) -> None:
    hubspot()
    live_segment("risk", to="crm", called="Everybody")
    live_segment("loyal", to="crm", called="Everybody")

    (sentence,) = said()
    assert "another segment is called that there already" in sentence


def test_segments_by_importance_that_there_are_not_are_told(hubspot: Opened) -> None:
    hubspot(priority="risk,gone")
    live_segment("risk", to="crm")

    assert said() == ["priority names the segment gone, and there is none of that key."]


def test_a_field_that_several_segments_are_written_to_is_told(hubspot: Opened) -> None:
    hubspot(field_why="why", field_message="message_{segment}")
    live_segment("risk", to="crm")
    assert said() == []

    live_segment("loyal", to="crm")

    (sentence,) = said()
    assert sentence.startswith("loyal and risk are all written to the field why: who is in several")
    assert sentence.endswith("say so as field_why=why_{segment}.")


def test_lists_that_have_fields_of_their_own_are_not_warned_of(tmp_path: Path) -> None:
    destination("crm", "files", {"directory": tmp_path, "field_why": "why"})
    live_segment("risk", to="crm")
    live_segment("loyal", to="crm")

    assert said() == []


def test_members_who_share_what_they_are_known_by_are_counted(hubspot: Opened) -> None:
    fake = hubspot(identity="{mail}")
    load("a", "b", "c", mail=["one@x.example", "One@x.example", "two@x.example"])
    publish(live_segment("risk", to="crm"), ["a", "b", "c"])

    (sentence,) = said()

    assert sentence.startswith("1 members of risk share {mail} with somebody else")
    assert Segment.objects.count() == 1
    assert not fake.ledger
