"""What Salesforce does that others do not."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from integrations import registry
from integrations.connectors.salesforce.client import quoted
from integrations.connectors.salesforce.connector import open_connector
from integrations.errors import AuthError, ConfigError, TransientError
from integrations.protocol import Accepted, Observed, Operation, Rejected, RetryAfter, Unknown
from tests.integrations.connectors.salesforce.fake import REFRESH, FakeSalesforce
from tests.integrations.connectors.salesforce.harness import client_of, open_harness
from tests.integrations.connectors.salesforce.schema import ID_FIELD
from tests.integrations.contract.subject import Subject, open_subject


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    (manifest,) = [one for one in registry.manifests() if one.name == "salesforce"]
    return open_subject(manifest, open_harness(request, tmp_path), open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeSalesforce:
    assert isinstance(subject.fake, FakeSalesforce)
    return subject.fake


def logins(fake: FakeSalesforce) -> int:
    return sum(entry.asked.path.endswith("/token") for entry in fake.ledger)


def test_a_session_that_ended_is_renewed_once_by_all_threads(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.forget_tokens()
    before = logins(fake)
    fake.latency = 0.05

    threads = [threading.Thread(target=subject.read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert logins(fake) == before + 1


def test_two_threads_whose_token_was_refused_get_one_new_one(fake: FakeSalesforce) -> None:
    tokens = client_of(fake).tokens
    refused = threading.Barrier(2)

    def ask() -> None:
        tokens.header()
        refused.wait(timeout=5)
        tokens.renew()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    before = logins(fake)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert logins(fake) == before + 2, "the first, and one that replaces it"


def test_an_address_that_is_none_for_this_flow_is_told(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.is_common = True

    with pytest.raises(ConfigError) as refused:
        subject.reopened().check()
    assert "My Domain" in refused.value.sentence


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [{"id": "003", "success": True, "errors": []}],
        [{"id": "003", "success": True, "errors": []}] * 3,
        [{"id": "", "success": True, "errors": []}] * 2,
        [{"id": "003", "success": "true", "errors": []}] * 2,
        [{"id": "003", "success": False, "errors": []}] * 2,
        [{"id": "003", "errors": []}] * 2,
        {"id": "003", "success": True, "errors": []},
    ],
)
def test_an_answer_that_does_not_account_for_every_record_accepts_nobody(
    subject: Subject, fake: FakeSalesforce, answer: Any
) -> None:
    fake.collections_say = answer

    outcomes = subject.try_to_add(1, 2)

    assert {type(one) for one in outcomes} == {Unknown}


def test_a_refresh_token_that_was_revoked_switches_off(
    subject: Subject, fake: FakeSalesforce
) -> None:
    subject.reopened(refresh_token=REFRESH).check()

    with pytest.raises(AuthError) as refused:
        subject.reopened(refresh_token="another").check()
    assert "another" not in str(refused.value)


def test_an_account_that_lives_elsewhere_is_told(subject: Subject, fake: FakeSalesforce) -> None:
    fake.instance = "https://example.my.salesforce.com"

    with pytest.raises(ConfigError) as refused:
        subject.reopened().check()
    assert "https://example.my.salesforce.com" in refused.value.sentence


def test_the_daily_allowance_is_waited_for_and_is_no_loss_of_rights(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.allowance = 0

    (outcome,) = subject.add(1)

    assert isinstance(outcome, RetryAfter)
    assert outcome.seconds > 600
    fake.allowance = 100_000
    subject.connector = subject.reopened()
    subject.settle(1)


def test_a_record_that_is_locked_is_sent_later_and_the_others_are_there(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.locked.add("customer-2")

    outcomes = subject.add(1, 2, 3)

    assert [type(one) for one in outcomes] == [Accepted, RetryAfter, Accepted]
    fake.locked.clear()
    subject.settle(2)
    subject.holds(1, 2, 3)


def test_a_remembered_contact_that_was_deleted_is_made_anew(
    subject: Subject, fake: FakeSalesforce
) -> None:
    subject.add(1, 2)
    fake.drop(subject.remote_ids["customer-1"])

    outcomes = subject.add(1, 2)

    assert all(isinstance(one, Accepted) for one in outcomes)
    subject.holds(1, 2)


def test_who_is_remembered_is_neither_looked_for_nor_written_to(
    subject: Subject, fake: FakeSalesforce
) -> None:
    subject.add(*range(10))
    began = len(fake.ledger)

    subject.add(*range(10))

    assert len(fake.ledger) == began + 1


def test_a_duplicate_rule_parks_with_what_to_do(subject: Subject, fake: FakeSalesforce) -> None:
    fake.duplicates.add("customer-1")

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Rejected)
    assert "adopt" in outcome.reason


def test_the_fields_of_those_who_leave_are_emptied(subject: Subject, fake: FakeSalesforce) -> None:
    subject.add(1, 2, fields={"Why__c": "has not called"})
    leaving = [subject.record(number, fields={"Why__c": ""}) for number in (1, 88)]

    outcomes = subject.send(Operation.REMOVE, leaving)

    assert all(isinstance(one, Accepted) for one in outcomes)
    assert fake.state["contacts"][fake.contact_of("customer-1")]["Why__c"] is None
    assert fake.state["contacts"][fake.contact_of("customer-2")]["Why__c"] == "has not called"
    assert len(fake.state["contacts"]) == 2
    subject.holds(2)


def test_only_the_one_contact_of_an_address_is_adopted(
    subject: Subject, fake: FakeSalesforce
) -> None:
    alone = fake.make_contact(LastName="Alone", Email="C1@shop.example")
    for _ in range(2):
        fake.make_contact(LastName="Twice", Email="c2@shop.example")
    subject.connector = subject.reopened(adopt="yes")

    subject.add(1, 2)

    assert fake.contact_of("customer-1") == alone
    assert fake.state["contacts"][alone]["LastName"] == "Alone"
    assert len(fake.state["contacts"]) == 4
    subject.holds(1, 2)


def test_nobody_is_adopted_unless_it_is_asked_for(subject: Subject, fake: FakeSalesforce) -> None:
    theirs = fake.make_contact(LastName="Alone", Email="c1@shop.example")

    subject.add(1)

    assert ID_FIELD not in fake.state["contacts"][theirs]


def test_leads_and_contacts_without_our_id_are_foreign_and_stay(
    subject: Subject, fake: FakeSalesforce
) -> None:
    subject.add(1)
    fake.join(subject.audience.remote_id, LeadId="00Q000000000001AAA")
    fake.join(subject.audience.remote_id, ContactId=fake.make_contact(LastName="Theirs"))

    observed = subject.connector.read_back(subject.audience)
    subject.remove(1)

    assert isinstance(observed, Observed)
    assert "2 members" in observed.notes[0]
    assert len(fake.state["members"]) == 2
    assert len(subject.read()) == 2


def test_a_query_that_salesforce_forgot_is_no_read_back(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.page = 2
    subject.add(*range(5))
    fake.forgets_cursors = True

    with pytest.raises(TransientError):
        subject.read()


def test_a_query_with_fewer_rows_than_it_says_is_no_read_back(
    subject: Subject, fake: FakeSalesforce
) -> None:
    subject.add(1, 2)
    fake.rows_lost = 1

    with pytest.raises(TransientError):
        subject.read()


def test_a_campaign_is_asked_for_once_even_where_calls_are_tried_again(
    fake: FakeSalesforce,
) -> None:
    fault = fake.break_all("writes, then 500", times=1)
    fault.wanted = lambda asked: bool(asked.path.endswith("/sobjects/Campaign/"))

    with pytest.raises(TransientError):
        client_of(fake).make_campaign("Once")

    names = [one["Name"] for one in fake.state["campaigns"].values()]
    assert names.count("Once") == 1


def test_an_erasure_that_salesforce_refuses_is_told(subject: Subject, fake: FakeSalesforce) -> None:
    subject.add(1, 2)
    fake.undeletable.add("customer-1")

    outcomes = subject.connector.erase([subject.record(1), subject.record(2)])

    assert [type(one) for one in outcomes] == [Rejected, Accepted]
    assert "cases" in getattr(outcomes[0], "reason", "")


def test_ids_that_differ_in_case_are_two_people(subject: Subject) -> None:
    for name in ("Abc", "aBC"):
        subject.send(Operation.ADD, [subject.record(1, name)])

    assert subject.read() == ["Abc", "aBC"]


def test_an_id_field_that_takes_two_people_for_one_is_refused(subject: Subject) -> None:
    for name, word in (("Careless_Id__c", "case sensitive"), ("Title", "unique")):
        with pytest.raises(ConfigError) as refused:
            subject.reopened(id_field=name).check()
        assert word in refused.value.sentence


def test_a_refused_address_is_not_quoted(subject: Subject) -> None:
    record = subject.record(1)
    spoiled = type(record)(
        ordinal=1, identity="x", contact={"last_name": "X", "email": "0151 234 no address"}
    )

    (outcome,) = subject.send(Operation.ADD, [spoiled])

    assert isinstance(outcome, Rejected)
    assert "0151" not in outcome.reason
    assert "Email" in outcome.reason


def test_a_campaign_whose_making_was_not_answered_is_found_and_not_made_again(
    subject: Subject, fake: FakeSalesforce
) -> None:
    def is_making(asked: Any) -> bool:
        return bool(asked.path.endswith("/sobjects/Campaign/"))

    fault = fake.break_all("writes, then resets", times=1)
    fault.wanted = is_making
    with pytest.raises(TransientError):
        subject.connector.ensure_audience("Lost answer", "")

    found = subject.connector.ensure_audience("Lost answer", "")

    names = [one["Name"] for one in fake.state["campaigns"].values()]
    assert not found.created
    assert names.count("Lost answer") == 1


def test_a_campaign_is_found_by_its_exact_name_and_long_ones_stay_apart(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.make_campaign("at RISK of leaving")
    made = subject.connector.ensure_audience("At risk of leaving", "")
    long = [subject.connector.ensure_audience("x" * 90 + end, "") for end in "ab"]

    assert made.created
    assert long[0].remote_id != long[1].remote_id
    again = subject.connector.ensure_audience("x" * 90 + "a", "")
    assert again.remote_id == long[0].remote_id


def test_a_contact_that_is_gone_as_soon_as_it_was_made_is_not_accepted(
    subject: Subject, fake: FakeSalesforce
) -> None:
    fake.break_writes("says yes and does nothing", times=50)

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Unknown)


def test_many_long_ids_are_asked_for_in_addresses_that_fit(subject: Subject) -> None:
    records = [subject.record(number, f"{number}-{'ü' * 100}") for number in range(60)]

    outcomes = subject.send(Operation.ADD, records)
    subject.remote_ids.clear()
    again = subject.send(Operation.REMOVE, records)

    assert all(isinstance(one, Accepted) for one in (*outcomes, *again))
    subject.holds()


def test_texts_cannot_leave_their_quotes() -> None:
    assert quoted("a' OR Name != '") == "'a\\' OR Name != \\''"
    assert quoted("\\'") == "'\\\\\\''"
