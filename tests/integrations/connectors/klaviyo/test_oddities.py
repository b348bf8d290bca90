"""What is peculiar to Klaviyo: jobs that take their time, profiles that are one by address, and
searches that lag behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from integrations import registry
from integrations.connectors.klaviyo.connector import open_connector
from integrations.errors import AudienceGone, AuthError, ConfigError
from integrations.http import Wire
from integrations.protocol import Accepted, Operation, Outcome, Record, Rejected, Split, Unknown
from tests.fakes.vendor import Fault
from tests.integrations.connectors.klaviyo.fake import FakeKlaviyo
from tests.integrations.connectors.klaviyo.harness import KlaviyoHarness, open_harness
from tests.integrations.contract.subject import Subject, kinds, open_subject


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("klaviyo"), harness, open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeKlaviyo:
    assert isinstance(subject.harness, KlaviyoHarness)
    return subject.harness.fake


def add(subject: Subject, *records: Record) -> list[Outcome]:
    return subject.send(Operation.ADD, records)


def mailed(subject: Subject, number: int, email: str) -> Record:
    return replace(subject.record(number), contact={"email": email})


def test_an_import_is_asked_after_until_it_is_over(subject: Subject, fake: FakeKlaviyo) -> None:
    fake.polls = 3

    outcomes = subject.add(1, 2)

    assert kinds(outcomes) == {Accepted}
    subject.holds(1, 2)


def test_an_import_that_is_never_over_accepts_nobody(subject: Subject, fake: FakeKlaviyo) -> None:
    fake.polls = 1_000
    subject.connector = subject.reopened(timeout="0.5")

    assert kinds(subject.add(1, 2)) == {Unknown}
    subject.holds()

    fake.polls = 1
    subject.settle(1, 2)
    subject.holds(1, 2)


@pytest.mark.parametrize("ending", ["cancelled", "forgotten"])
def test_an_import_that_came_to_nothing_accepts_nobody(
    subject: Subject, fake: FakeKlaviyo, ending: str
) -> None:
    fake.job_ends = ending

    assert kinds(subject.add(1, 2)) == {Unknown}
    subject.holds()

    fake.job_ends = "complete"
    subject.settle(1, 2)
    subject.holds(1, 2)


def test_a_row_that_an_import_refuses_is_rejected_and_the_others_are_added(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    outcomes = add(subject, subject.record(1), mailed(subject, 2, "nobody"), subject.record(3))

    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected, Accepted]
    subject.holds(1, 3)


def test_a_reason_of_klaviyo_shows_no_address(subject: Subject, fake: FakeKlaviyo) -> None:
    _, outcome = add(subject, subject.record(1), mailed(subject, 2, "no@body"))

    assert isinstance(outcome, Rejected)
    assert "@" not in outcome.reason


def test_a_failure_that_names_nobody_accepts_nobody_until_it_is_known_who(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    fake.places_told = False

    outcomes = add(subject, subject.record(1), mailed(subject, 2, "nobody"))

    assert kinds(outcomes) == {Unknown}
    subject.holds()
    subject.settle(1)
    subject.holds(1)


def test_who_is_imported_and_not_yet_found_is_asked_of_the_job(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    fake.lag = 1

    assert kinds(subject.add(1, 2)) == {Accepted}
    subject.holds(1, 2)


def test_who_is_not_found_yet_is_removed_by_the_id_that_was_told(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    fake.lag = 10
    subject.add(1, 2)

    assert kinds(subject.remove(1)) == {Accepted}
    subject.holds(2)


def test_an_id_that_is_another_customers_by_now_is_left_alone(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.add(1)
    (profile,) = fake.state["profiles"].values()
    profile["external_id"] = "customer-7"

    assert kinds(subject.remove(1)) == {Accepted}
    subject.holds(7)
    assert kinds(subject.connector.erase([subject.record(1)])) == {Accepted}
    subject.holds(7)


def test_a_stranger_with_our_address_is_not_taken_over(subject: Subject, fake: FakeKlaviyo) -> None:
    fake.make(email="customer1@shop.example")

    stranger, other = subject.add(1, 2)

    assert isinstance(stranger, Rejected)
    assert "adopt" in stranger.reason
    assert isinstance(other, Accepted)
    subject.holds(2)


def test_a_stranger_with_our_address_becomes_ours_where_that_is_wanted(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.connector = subject.reopened(adopt="yes")
    profile = fake.make(email="customer1@shop.example", first_name="Ada")

    (outcome,) = subject.add(1)

    assert outcome == Accepted(remote_id=profile["id"])
    kept = fake.profile("customer-1") or {}
    assert (kept["id"], kept["first_name"]) == (profile["id"], "Ada")
    assert len(fake.state["profiles"]) == 1
    subject.holds(1)


def test_another_customers_profile_is_never_taken_over(subject: Subject, fake: FakeKlaviyo) -> None:
    subject.connector = subject.reopened(adopt="yes")
    fake.make(email="customer1@shop.example", external_id="customer-9")

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Rejected)
    assert fake.profile("customer-9") is not None
    subject.holds()


def test_of_two_customers_with_one_address_the_first_has_the_profile(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    email = "family@shop.example"

    first, second = add(subject, mailed(subject, 1, email), mailed(subject, 2, email.upper()))

    assert isinstance(first, Accepted)
    assert isinstance(second, Rejected)
    subject.holds(1)


def test_an_external_id_that_two_profiles_have_is_told(subject: Subject, fake: FakeKlaviyo) -> None:
    fake.make(external_id="customer-1")
    fake.make(external_id="customer-1")

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Rejected)
    assert "several" in outcome.reason
    assert kinds(subject.remove(1)) == {Rejected}


def test_who_is_there_already_is_not_imported_again(subject: Subject, fake: FakeKlaviyo) -> None:
    subject.add(1, 2)
    before = len(fake.ledger)

    subject.add(1, 2)

    assert [entry.asked.method for entry in fake.ledger[before:]] == ["GET", "GET", "POST"]


def test_the_fields_of_who_leaves_are_emptied_and_those_of_others_stay(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.add(1, 2, fields={"segment_why": "They buy less."})
    records = [subject.record(number, fields={"segment_why": ""}) for number in (1, 9)]
    before = subject.harness.contacts()

    outcomes = subject.send(Operation.REMOVE, records)

    assert kinds(outcomes) == {Accepted}
    held = [
        subject.harness.fields_of(subject.audience, subject.harness.identity(number))["segment_why"]
        for number in (1, 2)
    ]
    assert held == ["", "They buy less."]
    assert subject.harness.contacts() == before
    subject.holds(2)


def test_a_name_or_address_that_is_kept_over_there_is_left_alone(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    fake.make(external_id="customer-1", email="new@shop.example")

    subject.add(1, fields={"segment_why": "They buy less."})

    profile = fake.profile("customer-1") or {}
    assert profile["email"] == "new@shop.example"
    assert profile["properties"]["segment_why"] == "They buy less."


@pytest.mark.parametrize(
    "marketing",
    [
        {"suppression": [{"reason": "USER_SUPPRESSED"}]},
        {"consent": "UNSUBSCRIBED"},
    ],
)
def test_who_is_suppressed_over_there_is_refused_and_read_back_as_such(
    subject: Subject, fake: FakeKlaviyo, marketing: Mapping[str, object]
) -> None:
    subject.add(1, 2)
    (fake.profile("customer-1") or {})["subscriptions"]["email"]["marketing"] |= marketing

    observed = subject.connector.read_back(subject.audience)
    (again,) = subject.add(1)

    assert isinstance(again, Rejected)
    assert again.opted_out
    assert list(observed.opted_out) == ["customer-1"]


def test_who_left_this_list_has_opted_out_and_who_left_another_has_not(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.add(1, 2)
    for number, list_id in ((1, subject.audience.remote_id), (2, "L99999")):
        marketing = (fake.profile(f"customer-{number}") or {})["subscriptions"]["email"][
            "marketing"
        ]
        marketing["list_suppressions"] = [{"reason": "UNSUBSCRIBE", "list_id": list_id}]

    assert list(subject.connector.read_back(subject.audience).opted_out) == ["customer-1"]
    first, second = subject.add(1, 2)
    assert isinstance(first, Rejected)
    assert first.opted_out
    assert isinstance(second, Accepted)


def test_an_address_whose_mail_came_back_has_not_opted_out(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.add(1)
    marketing = (fake.profile("customer-1") or {})["subscriptions"]["email"]["marketing"]
    marketing["suppression"] = [{"reason": "HARD_BOUNCE"}]

    assert list(subject.connector.read_back(subject.audience).opted_out) == []
    assert kinds(subject.add(1)) == {Accepted}


def test_a_profile_without_our_id_is_read_back_as_a_stranger(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    stranger = fake.make(email="stranger@else.example")
    fake.put(subject.audience.remote_id, stranger["id"])
    subject.add(1)

    assert subject.read() == ["Klaviyo profile " + stranger["id"], "customer-1"]


def test_a_profile_that_went_meanwhile_is_found_by_halves(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    fake.tells_missing, fake.lag = True, 10
    subject.add(1, 2)
    del fake.state["profiles"][subject.remote_ids["customer-1"]]

    assert kinds(subject.remove(1, 2)) == {Split}
    assert kinds(subject.remove(1)) == {Accepted}
    assert kinds(subject.remove(2)) == {Accepted}
    subject.holds()


def test_nobody_counts_as_taken_off_a_list_that_is_gone(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.add(1, 2)
    subject.harness.destroy(subject.audience)

    with pytest.raises(AudienceGone):
        subject.remove(1)


def test_a_profile_that_is_not_deleted_in_time_is_not_said_to_be(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    subject.add(1)
    fake.deletes = False
    subject.connector = subject.reopened(timeout="0.3")

    (outcome,) = subject.connector.erase([subject.record(1)])

    assert isinstance(outcome, Unknown)


def test_two_lists_of_one_name_are_told(subject: Subject, fake: FakeKlaviyo) -> None:
    fake.open_list("Twins")
    fake.open_list("Twins")

    with pytest.raises(ConfigError, match="2 lists called Twins"):
        subject.connector.ensure_audience("Twins", "")


def test_a_list_whose_making_was_not_answered_is_found_and_not_made_twice(
    subject: Subject, fake: FakeKlaviyo
) -> None:
    fake.faults.append(Fault("writes, then 500", wanted=lambda asked: asked.method == "POST"))
    with pytest.raises(Exception, match="error of its own"):
        subject.connector.ensure_audience("Lost", "")

    again = subject.connector.ensure_audience("Lost", "")

    assert not again.created
    assert [one["name"] for one in fake.state["lists"].values()].count("Lost") == 1


def test_a_list_with_an_odd_name_is_found_among_many(subject: Subject, fake: FakeKlaviyo) -> None:
    for number in range(25):
        fake.open_list(f"List {number}")
    name = 'Says "no", (again)'
    made = subject.connector.ensure_audience(name, "")

    assert subject.connector.ensure_audience(name, "").remote_id == made.remote_id


def test_a_key_without_scopes_is_told_which_it_needs(subject: Subject, fake: FakeKlaviyo) -> None:
    fake.state["may_write"] = False

    with pytest.raises(AuthError, match="profiles:write"):
        subject.connector.check()


@pytest.mark.parametrize(("option", "value"), [("adopt", "maybe"), ("timeout", "0")])
def test_options_that_make_no_sense_are_told(option: str, value: str) -> None:
    options = {"url": "https://a.klaviyo.com", "key": "k", "adopt": "no", "timeout": "60"}

    with pytest.raises(ConfigError):
        open_connector({**options, option: value}, wire=Wire())
