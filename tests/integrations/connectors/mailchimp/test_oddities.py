"""What is peculiar to Mailchimp: people it will not have back, addresses it passes over, and a
refusal that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations import registry
from integrations.connectors.mailchimp.connector import open_connector
from integrations.errors import ConfigError
from integrations.http import Wire
from integrations.protocol import Accepted, Operation, Rejected, RetryAfter, Unknown
from tests.fakes.vendor import Asked, Fault
from tests.integrations.connectors.mailchimp.fake import LIST, FakeMailchimp, hashed
from tests.integrations.connectors.mailchimp.harness import MailchimpHarness, open_harness
from tests.integrations.contract.subject import Subject, kinds, open_subject


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("mailchimp"), harness, open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeMailchimp:
    assert isinstance(subject.harness, MailchimpHarness)
    return subject.harness.fake


def address(number: int) -> str:
    return f"Customer{number}@shop.example"


def is_upsert(asked: Asked) -> bool:
    return asked.method == "POST" and asked.path.endswith(LIST)


def test_a_bare_403_is_a_wish_to_wait_and_no_refusal_of_credentials(
    subject: Subject, fake: FakeMailchimp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.integrations.connectors.mailchimp.fake.MOST_OPEN", 0)

    (outcome,) = subject.add(1)

    assert isinstance(outcome, RetryAfter)
    assert outcome.seconds > 0


def test_who_was_deleted_for_good_is_not_brought_back(
    subject: Subject, fake: FakeMailchimp
) -> None:
    subject.add(1, 2)
    subject.connector.erase([subject.record(1)])

    gone, other = subject.add(1, 3)

    assert isinstance(gone, Rejected)
    assert gone.opted_out
    assert "@" not in gone.reason
    assert isinstance(other, Accepted)
    subject.holds(2, 3)


def test_who_is_in_a_compliance_state_has_opted_out(subject: Subject, fake: FakeMailchimp) -> None:
    fake.state["review"].add(address(1).lower())

    held, other = subject.add(1, 2)

    assert isinstance(held, Rejected)
    assert held.opted_out
    assert isinstance(other, Accepted)
    subject.holds(2)


def test_who_has_unsubscribed_is_neither_signed_up_again_nor_put_into_the_segment(
    subject: Subject, fake: FakeMailchimp
) -> None:
    fake.make(address(1), "unsubscribed")

    left, other = subject.add(1, 2)

    assert isinstance(left, Rejected)
    assert left.opted_out
    assert isinstance(other, Accepted)
    assert (fake.contact(address(1)) or {})["status"] == "unsubscribed"
    subject.holds(2)


def test_an_address_whose_mail_came_back_is_refused_and_has_not_opted_out(
    subject: Subject, fake: FakeMailchimp
) -> None:
    fake.make(address(1), "cleaned")

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Rejected)
    assert not outcome.opted_out
    subject.holds()


def test_what_is_no_address_is_refused_alone_and_in_one_go(
    subject: Subject, fake: FakeMailchimp
) -> None:
    records = [subject.record(1), subject.record(2, "nobody at all"), subject.record(3)]
    before = len(fake.ledger)

    outcomes = subject.send(Operation.ADD, records)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected, Accepted]
    assert len(fake.ledger) - before == 2
    subject.holds(1, 3)


def test_who_is_passed_over_without_a_word_is_not_accepted(
    subject: Subject, fake: FakeMailchimp
) -> None:
    # Mailchimp says that it has made the contacts, and has not.
    fake.faults.append(Fault("says yes and does nothing", wanted=is_upsert))

    outcomes = subject.add(1, 2)

    assert {type(outcome) for outcome in outcomes} == {Unknown}
    subject.settle(1, 2)
    subject.holds(1, 2)


def test_who_is_there_already_costs_no_request_of_their_own(
    subject: Subject, fake: FakeMailchimp
) -> None:
    subject.add(1, 2, 3)
    before = len(fake.ledger)

    subject.add(1, 2, 3)

    assert len(fake.ledger) - before == 2


def test_two_people_of_one_address_are_sent_once_and_both_accepted(
    subject: Subject, fake: FakeMailchimp
) -> None:
    records = [subject.record(1), subject.record(2, address(1).upper())]

    outcomes = subject.send(Operation.ADD, records)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert set(subject.harness.request_sizes()) == {1}
    subject.holds(1)


def test_members_who_get_no_mail_are_read_back_too(subject: Subject, fake: FakeMailchimp) -> None:
    subject.add(1, 2, 3, 4)
    for number, status in ((1, "unsubscribed"), (2, "cleaned"), (3, "transactional")):
        fake.make(address(number))["status"] = status

    observed = subject.connector.read_back(subject.audience)

    assert set(observed.opted_out) == {address(1).lower()}
    subject.holds(1, 2, 3, 4)


def test_new_contacts_are_made_as_the_option_says_and_others_stay_what_they_are(
    subject: Subject, fake: FakeMailchimp
) -> None:
    subject.connector = subject.reopened(status="transactional")
    fake.make(address(2), "subscribed")

    subject.add(1, 2)

    statuses = [(fake.contact(address(number)) or {})["status"] for number in (1, 2)]
    assert statuses == ["transactional", "subscribed"]


def test_names_are_written_to_the_fields_that_every_audience_has(
    subject: Subject, fake: FakeMailchimp
) -> None:
    record = subject.record(1)
    named = type(record)(
        ordinal=1, identity=record.identity, contact={"first_name": "Ada", "last_name": "Byron"}
    )

    subject.send(Operation.ADD, [named])

    fields = (fake.contact(address(1)) or {})["merge_fields"]
    assert (fields["FNAME"], fields["LNAME"]) == ("Ada", "Byron")


def test_the_fields_of_who_leaves_are_emptied_and_those_of_others_stay(
    subject: Subject, fake: FakeMailchimp
) -> None:
    subject.add(1, 2, fields={"WHY": "They buy less."})
    records = [subject.record(number, fields={"WHY": ""}) for number in (1, 9)]
    before = subject.harness.contacts()

    outcomes = subject.send(Operation.REMOVE, records)

    assert kinds(outcomes) == {Accepted}
    held = [
        subject.harness.fields_of(subject.audience, subject.harness.identity(number))["WHY"]
        for number in (1, 2)
    ]
    assert held == ["", "They buy less."]
    assert subject.harness.contacts() == before
    subject.holds(2)


def test_a_long_text_is_cut_between_letters_where_a_field_ends(
    subject: Subject, fake: FakeMailchimp
) -> None:
    (outcome,) = subject.add(1, fields={"WHY": "x" + "é" * 200})

    assert isinstance(outcome, Accepted)
    assert (fake.contact(address(1)) or {})["merge_fields"]["WHY"] == "x" + "é" * 127


def test_the_address_itself_is_no_field_to_write_to(subject: Subject) -> None:
    with pytest.raises(ConfigError, match="EMAIL"):
        subject.reopened(field_why="EMAIL").check()


def test_a_segment_whose_making_was_not_answered_is_found_and_not_made_twice(
    subject: Subject, fake: FakeMailchimp
) -> None:
    wanted = Fault("writes, then 500", wanted=lambda asked: asked.path.endswith("/segments"))
    wanted.skip = 1
    fake.faults.append(wanted)
    with pytest.raises(Exception, match="error of its own"):
        subject.connector.ensure_audience("Lost", "")

    again = subject.connector.ensure_audience("Lost", "")

    assert not again.created
    assert [one["name"] for one in fake.state["segments"].values()].count("Lost") == 1


def test_an_audience_that_is_not_there_is_told_and_accepts_nothing(
    subject: Subject, fake: FakeMailchimp
) -> None:
    subject.connector = subject.reopened(list="abc123")

    with pytest.raises(ConfigError, match="abc123"):
        subject.connector.check()
    with pytest.raises(ConfigError, match="abc123"):
        subject.connector.erase([subject.record(1)])
    for operation in (Operation.ADD, Operation.ENRICH):
        with pytest.raises(ConfigError, match="abc123"):
            subject.send(operation, [subject.record(1)])


def test_who_is_erased_is_forgotten_and_not_only_archived(
    subject: Subject, fake: FakeMailchimp
) -> None:
    subject.add(1)

    subject.connector.erase([subject.record(1)])

    assert hashed(address(1)) in fake.state["forgotten"]


@pytest.mark.parametrize(
    ("option", "value"),
    [("key", "no-data-centre"), ("list", "../x"), ("status", "cleaned"), ("timeout", "soon")],
)
def test_options_that_make_no_sense_are_told(option: str, value: str) -> None:
    options = {"url": "", "key": "k-us21", "list": "a1", "status": "subscribed", "timeout": "60"}

    with pytest.raises(ConfigError):
        open_connector({**options, option: value}, wire=Wire())
