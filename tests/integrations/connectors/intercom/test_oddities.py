"""What is odd about Intercom: late searches, windows, addresses that are taken, archived people."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from integrations import registry
from integrations.connectors.intercom.connector import open_connector
from integrations.errors import ConfigError
from integrations.protocol import Accepted, Operation, Outcome, Rejected, RetryAfter
from tests.integrations.connectors.intercom.fake import FakeIntercom
from tests.integrations.connectors.intercom.harness import open_harness
from tests.integrations.contract.subject import Subject, open_subject


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("intercom"), harness, open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeIntercom:
    assert isinstance(subject.fake, FakeIntercom)
    return subject.fake


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Rejected)
    return outcome.reason


def test_somebody_whom_the_search_does_not_know_yet_is_not_made_again(
    subject: Subject, fake: FakeIntercom
) -> None:
    fake.is_search_late = True
    subject.add(1)
    assert subject.read() == []
    subject.remote_ids.clear()

    subject.add(1)

    fake.index()
    assert len(fake.state["contacts"]) == 1
    subject.holds(1)


def test_the_end_of_a_window_is_waited_for(subject: Subject, fake: FakeIntercom) -> None:
    fake.window_ends_at = int(time.time()) + 9

    (outcome,) = subject.try_to_add(1)

    assert isinstance(outcome, RetryAfter)
    assert 7 < outcome.seconds <= 9


def test_somebody_of_the_same_address_is_parked_and_left_alone(
    subject: Subject, fake: FakeIntercom
) -> None:
    email = subject.harness.contact(1)["email"]
    other = fake.make_contact(email=email)

    (outcome,) = subject.add(1)

    assert "has this e-mail address" in reason(outcome)
    assert email not in reason(outcome)
    assert fake.state["contacts"][other]["external_id"] is None
    subject.holds()


def test_somebody_of_the_same_address_is_adopted_where_the_option_says_so(
    subject: Subject, fake: FakeIntercom
) -> None:
    other = fake.make_contact(email=subject.harness.contact(1)["email"], name="Ada")
    subject.connector = subject.reopened(adopt="yes")

    (outcome,) = subject.add(1, fields={"segment_why": "late"})

    assert outcome == Accepted(other)
    adopted = fake.state["contacts"][other]
    assert (adopted["external_id"], adopted["name"]) == ("customer-1", "Ada")
    assert adopted["custom_attributes"] == {"segment_why": "late"}
    subject.holds(1)


def test_somebody_who_has_another_external_id_is_never_adopted(
    subject: Subject, fake: FakeIntercom
) -> None:
    lead = fake.make_contact(email=subject.harness.contact(1)["email"])
    subject.connector = subject.reopened(adopt="yes")
    fake.state["contacts"][lead]["external_id"] = "somebody-else"

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Accepted)
    assert fake.state["contacts"][lead]["external_id"] == "somebody-else"
    assert outcome.remote_id != lead


def test_somebody_made_between_our_look_and_our_try_is_matched(
    subject: Subject, fake: FakeIntercom
) -> None:
    made = fake.make_contact(external_id="customer-1")
    fake.break_reads("404")

    (outcome,) = subject.add(1)

    assert outcome == Accepted(made)
    assert len(fake.state["contacts"]) == 1


def test_an_archived_person_is_parked_with_what_to_do(subject: Subject, fake: FakeIntercom) -> None:
    fake.make_contact(email=subject.harness.contact(1)["email"], archived=True)

    (outcome,) = subject.add(1)

    assert "archived" in reason(outcome)


def test_a_contact_deleted_by_hand_is_made_again_under_a_new_id(
    subject: Subject, fake: FakeIntercom
) -> None:
    subject.add(1)
    before = subject.remote_ids["customer-1"]
    with fake.by_hand():
        del fake.state["contacts"][before]

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Accepted)
    assert outcome.remote_id not in ("", before)
    subject.holds(1)


def test_a_remembered_contact_that_is_somebody_else_now_is_not_tagged(
    subject: Subject, fake: FakeIntercom
) -> None:
    subject.add(1)
    subject.remove(1)
    before = subject.remote_ids["customer-1"]
    fake.state["contacts"][before]["external_id"] = "somebody-else"

    (outcome,) = subject.add(1, fields={"segment_why": "late"})

    assert isinstance(outcome, Accepted)
    assert outcome.remote_id != before
    subject.holds(1)


def test_a_stranger_without_an_external_id_is_seen_and_can_be_taken_off(
    subject: Subject, fake: FakeIntercom
) -> None:
    stranger = fake.make_contact(role="lead")
    fake.tag(stranger, subject.audience.remote_id)
    subject.add(1)

    assert subject.read() == ["customer-1", f"intercom contact {stranger}"]
    named = subject.record(2, f"intercom contact {stranger}")
    subject.send(Operation.REMOVE, [named])
    subject.holds(1)


def test_names_of_tags_have_no_case(subject: Subject) -> None:
    shouted = subject.audience.name.upper()

    found = subject.connector.ensure_audience(shouted, "")

    assert (found.remote_id, found.created) == (subject.audience.remote_id, False)


def test_a_tag_is_found_among_more_than_a_contact_shows(
    subject: Subject, fake: FakeIntercom
) -> None:
    subject.add(1)
    contact_id = subject.remote_ids["customer-1"]
    for number in range(12):
        fake.state["tags"][f"9{number}"] = f"Other {number}"
        fake.tag(contact_id, f"9{number}")

    subject.remove(1)

    assert len(fake.state["contacts"][contact_id]["tags"]) == 12
    subject.holds()


def test_an_empty_text_empties_the_field(subject: Subject, fake: FakeIntercom) -> None:
    subject.add(1, fields={"segment_why": "late"})
    subject.add(1, fields={"segment_why": ""})

    held = subject.harness.fields_of(subject.audience, "customer-1")
    assert held == {}


def test_an_attribute_deleted_meanwhile_ends_the_sync_instead_of_parking_everybody(
    subject: Subject, fake: FakeIntercom
) -> None:
    fake.attributes = [one for one in fake.attributes if one["name"] != "segment_why"]

    with pytest.raises(ConfigError, match="segment_why"):
        subject.add(1, 2, fields={"segment_why": "late"})


@pytest.mark.parametrize("name", ["score", "retired", "email"])
def test_a_field_that_holds_no_text_is_archived_or_intercoms_own_is_told(
    subject: Subject, name: str
) -> None:
    with pytest.raises(ConfigError, match=name):
        subject.reopened(field_why=name).check()


def test_a_field_of_its_own_for_each_segment_is_not_looked_up(subject: Subject) -> None:
    assert subject.reopened(field_why="why_{segment}").check()
