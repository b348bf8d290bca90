"""What is odd about Customer.io: people who show up late or never, addresses that make two people
one, batches of which a part is refused, and segments of two kinds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from integrations import registry
from integrations.connectors.customerio.connector import open_connector
from integrations.errors import ConfigError, TransientError
from integrations.protocol import Accepted, Operation, Outcome, Rejected, RetryAfter, Split, Unknown
from tests.fakes.vendor import Answer, Asked
from tests.integrations.connectors.customerio.fake import BATCH_BYTES, FakeCustomerio
from tests.integrations.connectors.customerio.harness import open_harness
from tests.integrations.contract.subject import Subject, kinds, open_subject


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("customerio"), harness, open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeCustomerio:
    assert isinstance(subject.fake, FakeCustomerio)
    return subject.fake


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Rejected | Unknown)
    return outcome.reason


def batches(fake: FakeCustomerio) -> list[int]:
    """The bytes of each batch of people."""
    return [len(one.body) for one in fake.writes() if one.path == "/api/v2/batch"]


def test_somebody_who_shows_up_late_is_waited_for_before_the_segment_is_changed(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.late_by = 2
    subject.connector = subject.reopened(patience="30")

    assert kinds(subject.add(1, 2)) == {Accepted}
    subject.holds(1, 2)


def test_somebody_who_does_not_show_up_in_time_is_not_accepted(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.late_by = 99

    assert kinds(subject.add(1)) == {Unknown}
    subject.holds()


def test_somebody_suppressed_over_there_is_not_accepted_and_the_others_are(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.state["suppressed"].append("customer-1")

    first, second = subject.add(1, 2)

    assert "suppressed" in reason(first)
    assert isinstance(second, Accepted)
    subject.holds(2)


def test_somebody_erased_is_not_made_again_by_the_same_id(
    subject: Subject, fake: FakeCustomerio
) -> None:
    subject.add(1)
    subject.connector.erase([subject.record(1)])

    assert kinds(subject.add(1)) == {Unknown}
    assert not subject.harness.has_contact("customer-1")


def test_somebody_of_the_same_address_is_parked_and_left_alone(
    subject: Subject, fake: FakeCustomerio
) -> None:
    email = subject.harness.contact(1)["email"]
    other = fake.make_person(email=email.upper(), attributes={"plan": "gold"})

    (outcome,) = subject.add(1)

    assert "adopt=yes" in reason(outcome)
    assert email not in reason(outcome)
    assert fake.state["people"][other]["id"] == ""
    subject.holds()


def test_somebody_of_the_same_address_becomes_ours_where_the_option_says_so(
    subject: Subject, fake: FakeCustomerio
) -> None:
    other = fake.make_person(email=subject.harness.contact(1)["email"], attributes={"plan": "gold"})
    subject.connector = subject.reopened(adopt="yes")

    assert kinds(subject.add(1)) == {Accepted}
    adopted = fake.state["people"][other]
    assert adopted["id"] == "customer-1"
    assert adopted["attributes"]["plan"] == "gold"
    subject.holds(1)


def test_an_address_is_no_obstacle_where_people_are_known_by_ids_alone(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.has_emails = False
    fake.make_person(id="else", email=subject.harness.contact(1)["email"])

    assert kinds(subject.add(1)) == {Accepted}
    assert len(fake.state["people"]) == 2


def test_what_a_person_has_is_not_overwritten_by_what_new_ones_are_made_with(
    subject: Subject, fake: FakeCustomerio
) -> None:
    made = fake.make_person(
        id="customer-1", email="real@shop.example", attributes={"first_name": "Grace"}
    )

    subject.add(1, fields={"segment_why": "late"})

    person = fake.state["people"][made]
    assert person["email"] == "real@shop.example"
    assert person["attributes"] == {"first_name": "Grace", "segment_why": "late"}


def test_those_refused_in_a_batch_are_told_and_the_others_are_sent(
    subject: Subject, fake: FakeCustomerio
) -> None:
    records = [
        subject.record(number, fields={"segment_why": "x" * (1_001 if number == 2 else 9)})
        for number in (1, 2, 3)
    ]

    first, second, third = subject.send(Operation.ADD, records)

    assert "cannot be longer than 1000 bytes" in reason(second)
    assert kinds([first, third]) == {Accepted}
    subject.holds(1, 3)


def test_a_batch_refused_as_a_whole_is_to_be_halved(subject: Subject, fake: FakeCustomerio) -> None:
    fake.spoils.add("customer-2")

    assert kinds(subject.add(1, 2, 3)) == {Split}
    assert kinds(subject.add(1, 3)) == {Accepted}
    (alone,) = subject.add(2)
    assert "cannot be read" in reason(alone)
    subject.holds(1, 3)


def test_a_partial_answer_about_people_who_were_not_sent_accepts_nobody(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.poison.add("customer-2")
    answer = fake.answer

    def shifted(asked: Asked) -> Answer:
        said = answer(asked)
        if said.status == 207:
            said.content["errors"][0]["batch_index"] = 77
        return said

    fake.answer = shifted  # type: ignore[method-assign]

    assert kinds(subject.try_to_add(1, 2)) == {Unknown}
    subject.holds()


def test_people_are_sent_in_as_many_requests_as_they_fit_in(
    subject: Subject, fake: FakeCustomerio
) -> None:
    # Quotes take two bytes each: more than the size of their texts says.
    fields = {f"segment_{name}": '"' * 490 for name in ("why", "message", "goal")}

    outcomes = subject.add(*range(260), fields=fields)

    assert kinds(outcomes) == {Accepted}
    assert len(batches(fake)) > 1
    assert max(batches(fake)) < BATCH_BYTES


def test_a_wish_to_wait_of_one_api_holds_for_the_other(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.break_writes("429", retry_after="600")
    subject.try_to_add(1)
    before = len(fake.ledger)

    (outcome,) = subject.try_to_add(1)

    assert isinstance(outcome, RetryAfter)
    assert outcome.seconds > 500
    assert len(fake.ledger) == before


def test_a_manual_segment_is_taken_where_one_driven_by_data_has_the_same_name(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.make_segment("Twice", "dynamic")
    manual = fake.make_segment("Twice")

    found = subject.connector.ensure_audience("Twice", "")

    assert (found.remote_id, found.created) == (str(manual), False)


def test_a_segment_that_is_driven_by_data_now_ends_the_sync(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.state["segments"][int(subject.audience.remote_id)]["type"] = "dynamic"

    with pytest.raises(ConfigError, match="driven by data"):
        subject.add(1)


def test_keys_of_two_workspaces_end_the_sync_instead_of_parking_everybody(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.is_elsewhere = True

    with pytest.raises(ConfigError, match="same workspace"):
        subject.add(1, 2)


def test_a_segment_is_not_made_twice_when_an_answer_is_lost(
    subject: Subject, fake: FakeCustomerio
) -> None:
    fake.break_writes("writes, then 500")
    with pytest.raises(TransientError):
        subject.connector.ensure_audience("Lost", "")

    found = subject.connector.ensure_audience("Lost", "")

    assert not found.created
    assert [one["name"] for one in fake.state["segments"].values()].count("Lost") == 1


def test_a_stranger_without_an_id_is_seen_and_can_be_taken_off(
    subject: Subject, fake: FakeCustomerio
) -> None:
    stranger = fake.make_person(email="lead@else.example")
    fake.put(stranger, int(subject.audience.remote_id))
    subject.add(1)

    assert subject.read() == [f"cio_{stranger}", "customer-1"]
    subject.send(Operation.REMOVE, [subject.record(2, f"cio_{stranger}")])
    subject.holds(1)


def test_ids_that_look_like_customer_ios_own_are_refused(subject: Subject) -> None:
    (outcome,) = subject.send(Operation.ADD, [subject.record(1, "cio_17")])

    assert "cio_" in reason(outcome)
    subject.holds()


def test_fields_are_emptied_when_somebody_is_taken_off_and_nobody_is_made_by_it(
    subject: Subject, fake: FakeCustomerio
) -> None:
    subject.add(1, fields={"segment_why": "late"})
    gone = [subject.record(number, fields={"segment_why": ""}) for number in (1, 2)]

    assert kinds(subject.send(Operation.REMOVE, gone)) == {Accepted}
    assert "segment_why" not in subject.harness.fields_of(subject.audience, "customer-1")
    assert len(fake.state["people"]) == 1


@pytest.mark.parametrize("name", ["email", "unsubscribed", "_last_emailed", "x" * 151])
def test_attributes_of_its_own_and_names_too_long_are_told(subject: Subject, name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        subject.reopened(field_why=name).check()


@pytest.mark.parametrize(
    "options", [{"region": "moon"}, {"adopt": "maybe"}, {"patience": "-1"}, {"timeout": "soon"}]
)
def test_options_that_make_no_sense_are_told_by_their_name(
    subject: Subject, options: dict[str, str]
) -> None:
    with pytest.raises(ConfigError, match=next(iter(options))):
        subject.reopened(**options)


def test_patience_is_not_spent_where_everybody_is_known(
    subject: Subject, fake: FakeCustomerio
) -> None:
    subject.add(1, 2)
    subject.connector = subject.reopened(patience="30")
    began = time.monotonic()

    assert kinds(subject.add(1, 2)) == {Accepted}
    assert time.monotonic() - began < 5
