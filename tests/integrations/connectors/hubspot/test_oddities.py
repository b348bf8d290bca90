"""What is odd about HubSpot, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.errors import AuthError, ConfigError, RateLimited, TransientError
from integrations.protocol import Accepted, Operation, Rejected, RetryAfter, Split, Unknown
from tests.fakes.vendor import Answer
from tests.integrations.connectors.hubspot.fake import READ_SCOPES, TOKEN, WRITE_SCOPES, FakeHubspot
from tests.integrations.contract.subject import Subject, kinds


def test_who_is_refused_in_a_207_is_rejected_with_hubspots_reason(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    fake.is_multi_status = True
    fake.poison.add("customer-2")

    outcomes = hubspot.add(1, 2, 3)

    assert [type(one) for one in outcomes] == [Accepted, Rejected, Accepted]
    assert "INVALID_EMAIL" in str(outcomes[1])
    hubspot.holds(1, 3)


def test_a_contact_that_a_batch_does_not_mention_is_not_accepted(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    fake.unmentioned.add("customer-2")

    assert [type(one) for one in hubspot.add(1, 2)] == [Accepted, Unknown]
    assert type(hubspot.remove(2)[0]) is Unknown


def test_a_contact_whose_writing_is_not_mentioned_is_not_enriched(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1, 2)
    fake.unmentioned.add(hubspot.remote_ids["customer-2"])
    records = [hubspot.record(number, fields={"goal": "met"}) for number in (1, 2)]

    outcomes = hubspot.send(Operation.ENRICH, records)

    assert [type(one) for one in outcomes] == [Accepted, Unknown]


def test_a_batch_that_is_not_complete_accepts_nobody(hubspot: Subject, fake: FakeHubspot) -> None:
    answered = fake.answer

    def answer(asked: Any) -> Answer:
        said = answered(asked)
        is_batch = asked.path.endswith("/upsert")
        return replace(said, content={**said.content, "status": "PENDING"}) if is_batch else said

    fake.answer = answer  # type: ignore[method-assign]

    assert kinds(hubspot.add(1, 2)) == {Unknown}


def test_a_contact_that_the_list_passes_over_in_silence_is_not_accepted(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1, 2)
    hubspot.remove(2)
    fake.unmentioned.add(hubspot.remote_ids["customer-2"])

    assert [type(one) for one in hubspot.add(1, 2)] == [Accepted, Unknown]
    fake.unmentioned.clear()
    hubspot.holds(1)


def test_a_contact_that_stays_on_the_list_in_silence_is_not_taken_for_removed(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1, 2)
    fake.unmentioned.add(hubspot.remote_ids["customer-2"])

    assert [type(one) for one in hubspot.remove(1, 2)] == [Accepted, Unknown]
    fake.unmentioned.clear()
    hubspot.holds(2)


def test_a_member_that_hubspot_tells_nothing_of_is_no_read_back(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1, 2)
    fake.unmentioned.add(hubspot.remote_ids["customer-2"])

    with pytest.raises(TransientError):
        hubspot.read()


def test_a_member_that_was_deleted_while_the_list_was_read_is_not_on_it(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1, 2)
    # Its membership lingers, as it does for a moment after a deletion.
    del fake.contacts()[hubspot.remote_ids["customer-2"]]

    assert hubspot.read() == ["customer-1"]


def test_merged_contacts_are_removed_though_the_remembered_id_is_gone(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1)
    other = fake.make_contact(firstname="Ann")
    fake.merge(hubspot.remote_ids["customer-1"], other)

    (outcome,) = hubspot.remove(1)

    assert isinstance(outcome, Accepted)
    hubspot.holds()


def test_who_lost_our_id_by_hand_is_removed_by_the_remembered_one(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1)
    fake.contacts()[hubspot.remote_ids["customer-1"]]["segment_catalogue_id"] = ""

    (outcome,) = hubspot.remove(1)

    assert isinstance(outcome, Accepted)
    assert not fake.members(hubspot.audience.remote_id)


def test_members_without_our_id_are_read_back_under_hubspots(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    stranger = fake.make_contact(firstname="Ann")
    fake.put(hubspot.audience.remote_id, stranger)

    assert hubspot.read() == [f"hubspot:{stranger}"]


def test_a_mirror_takes_off_members_without_our_id_by_hubspots(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    fake.put(hubspot.audience.remote_id, fake.make_contact(firstname="Ann"))
    hubspot.add(1)
    (stranger,) = [one for one in hubspot.read() if one != "customer-1"]

    (outcome,) = hubspot.send(Operation.REMOVE, [hubspot.record(9, stranger)])

    assert isinstance(outcome, Accepted)
    hubspot.holds(1)


def test_a_contact_of_the_same_address_is_left_alone_unless_adoption_is_allowed(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    theirs = fake.make_contact(email="customer-1@shop.example", favourite_colour="green")
    (refused,) = hubspot.add(1)
    assert isinstance(refused, Rejected)
    assert "e-mail" in refused.reason
    assert "segment_catalogue_id" not in fake.contacts()[theirs]

    hubspot.connector = hubspot.reopened(adopt="yes")
    assert hubspot.add(1) == [Accepted(theirs)]

    hubspot.holds(1)
    assert fake.contacts()[theirs]["favourite_colour"] == "green"
    assert len(fake.contacts()) == 1


def test_a_batch_with_such_a_contact_is_sent_again_in_halves(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    fake.make_contact(email="customer-1@shop.example")

    assert kinds(hubspot.add(1, 3, 4)) == {Split}
    hubspot.holds()


def test_a_contact_of_another_customer_is_never_adopted(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.connector = hubspot.reopened(adopt="yes")
    fake.make_contact(email="customer-1@shop.example", segment_catalogue_id="customer-9")

    (refused,) = hubspot.add(1)

    assert isinstance(refused, Rejected)
    assert fake.contact("customer-9")
    assert not fake.contact("customer-1")


def test_who_was_erased_is_not_let_in_again(hubspot: Subject) -> None:
    hubspot.add(1)
    hubspot.connector.erase([hubspot.record(1)])

    hubspot.remote_ids.clear()
    outcomes = hubspot.try_to_add(1)

    assert "BLOCKLISTED" in str(outcomes[0])
    hubspot.holds()


def test_a_used_up_day_is_waited_for_an_hour_at_a_time(hubspot: Subject, fake: FakeHubspot) -> None:
    _say(fake, Answer(status=429, content={"policyName": "DAILY", "message": "no"}))

    with pytest.raises(RateLimited) as told:
        hubspot.connector.check()
    assert told.value.retry_after == 3_600


@pytest.mark.parametrize("status", [423, 477])
def test_a_locked_or_moving_account_is_waited_for(
    hubspot: Subject, fake: FakeHubspot, status: int
) -> None:
    _say(fake, Answer(status=status, content={}, headers={"Retry-After": "900"}))

    assert hubspot.try_to_add(1) == [RetryAfter(900)]


def test_a_property_that_is_not_unique_is_told(hubspot: Subject) -> None:
    with pytest.raises(ConfigError, match="favourite_colour.*unique"):
        hubspot.reopened(id_property="favourite_colour").check()


def test_scopes_that_are_missing_are_named(hubspot: Subject, fake: FakeHubspot) -> None:
    fake.state["tokens"][TOKEN] = [*READ_SCOPES, WRITE_SCOPES[0]]

    with pytest.raises(ConfigError, match=WRITE_SCOPES[1]):
        hubspot.connector.check()


def test_a_list_of_companies_is_refused(hubspot: Subject, fake: FakeHubspot) -> None:
    fake.make_list("Firms", object_type="0-2")
    theirs = fake.make_list("Firms too", object_type="0-2")

    with pytest.raises(ConfigError, match="holds no contacts"):
        hubspot.connector.ensure_audience("Firms too", theirs)
    assert hubspot.connector.ensure_audience("Firms of ours", "").created


class TestAnOAuthApp:
    @pytest.fixture
    def app(self, hubspot: Subject, fake: FakeHubspot) -> Subject:
        fake.state["refresh"]["refresh-me"] = [*READ_SCOPES, *WRITE_SCOPES]
        hubspot.connector = hubspot.reopened(**_app("refresh-me"))
        return hubspot

    def test_gets_a_token_when_it_needs_one(self, app: Subject) -> None:
        assert "777" in app.connector.check()
        app.add(1)
        app.holds(1)

    def test_gets_one_new_token_when_the_old_one_ran_out(
        self, app: Subject, fake: FakeHubspot
    ) -> None:
        app.add(*range(400))
        for token in [one for one in fake.state["tokens"] if one.startswith("short")]:
            del fake.state["tokens"][token]

        assert kinds(app.remove(*range(400))) == {Accepted}
        asked = [one.asked.path for one in fake.ledger]
        assert asked.count("/oauth/v1/token") == 2

    def test_is_switched_off_when_it_was_disconnected(
        self, app: Subject, fake: FakeHubspot
    ) -> None:
        app.connector = app.reopened(**_app("another"))

        with pytest.raises(AuthError) as refused:
            app.connector.check()
        assert "another" not in str(vars(refused.value))

    def test_keeps_its_token_out_of_what_is_written_down(self, app: Subject) -> None:
        app.connector.check()

        assert not [one.path for one in app.exchanges if "short-lived" in one.path]


def test_credentials_have_to_be_given_whole(hubspot: Subject) -> None:
    with pytest.raises(ConfigError, match="refresh_token"):
        hubspot.reopened(access_token="", client_id="app")


def test_enriching_writes_by_our_id_though_the_remembered_one_is_wrong(
    hubspot: Subject, fake: FakeHubspot
) -> None:
    hubspot.add(1, 2)
    hubspot.remote_ids["customer-1"] = hubspot.remote_ids["customer-2"]

    hubspot.send(Operation.ENRICH, [hubspot.record(1, fields={"goal": "met"})])

    goals = [fake.contacts()[fake.contact(one)].get("goal") for one in ("customer-1", "customer-2")]
    assert goals == ["met", None]


def test_who_is_removed_has_its_fields_emptied(hubspot: Subject, fake: FakeHubspot) -> None:
    hubspot.add(1, 2, fields={"goal": "met", "segment": "at-risk"})

    hubspot.send(Operation.REMOVE, [hubspot.record(1, fields={"goal": "", "segment": ""})])

    held = [hubspot.harness.fields_of(hubspot.audience, f"customer-{number}") for number in (1, 2)]
    assert [one["goal"] for one in held] == ["", "met"]
    hubspot.holds(2)


def _app(refresh_token: str) -> dict[str, str]:
    secret = {"client_secret": "app-secret", "refresh_token": refresh_token}
    return {"access_token": "", "client_id": "app", **secret}


def _say(fake: FakeHubspot, answer: Answer) -> None:
    """Whatever is asked, the fake says this."""

    def said(asked: Any) -> Answer:
        return answer

    fake.answer = said  # type: ignore[method-assign]
