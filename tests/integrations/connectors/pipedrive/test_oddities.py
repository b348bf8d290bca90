"""What is odd about Pipedrive, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.errors import AudienceGone, AuthError, ConfigError, RateLimited
from integrations.protocol import Accepted, Operation, Rejected, RetryAfter, Unknown
from tests.fakes.vendor import Answer
from tests.integrations.connectors.pipedrive.fake import KEY, FakePipedrive
from tests.integrations.contract.subject import Subject, kinds


def test_labels_that_others_gave_since_the_last_sync_stay(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    person = int(pipedrive.remote_ids["customer-1"])
    fake.set_labels(person, [5, *fake.persons()[person]["label_ids"], 6])

    pipedrive.add(1, fields={"Why": "x"})
    pipedrive.remove(1)

    assert fake.persons()[person]["label_ids"] == [5, 6]


def test_a_person_whose_making_was_not_answered_is_found_and_not_made_again(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    fake.break_writes("writes, then resets")
    (lost,) = pipedrive.try_to_add(2)

    assert type(lost) is Unknown
    assert kinds(pipedrive.add(2)) == {Accepted}
    assert len(fake.known("customer-2")) == 1


def test_a_person_made_by_another_worker_a_moment_ago_is_found(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    theirs = fake.make_person("customer-2")

    assert pipedrive.add(2) == [Accepted(str(theirs))]


def test_ids_that_differ_in_case_are_two_persons(pipedrive: Subject, fake: FakePipedrive) -> None:
    records = [pipedrive.record(1, "Abc"), pipedrive.record(2, "abc")]

    assert kinds(pipedrive.send(Operation.ADD, records)) == {Accepted}
    assert [len(fake.known("Abc")), len(fake.known("abc"))] == [1, 1]


def test_a_merged_person_is_found_under_the_id_that_stayed(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    other = fake.make_person()
    fake.merge(int(pipedrive.remote_ids["customer-1"]), into=other)

    assert pipedrive.add(1) == [Accepted(str(other))]
    pipedrive.holds(1)
    pipedrive.remove(1)
    pipedrive.holds()


def test_a_person_that_was_deleted_is_made_anew(pipedrive: Subject, fake: FakePipedrive) -> None:
    pipedrive.add(1)
    fake.delete(int(pipedrive.remote_ids["customer-1"]))

    pipedrive.add(1)

    pipedrive.holds(1)
    assert len(fake.known("customer-1")) == 1


def test_a_person_whose_id_was_emptied_by_hand_gets_it_again(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    person = int(pipedrive.remote_ids["customer-1"])
    fake.persons()[person]["custom_fields"][KEY] = None

    assert pipedrive.add(1) == [Accepted(str(person))]
    pipedrive.holds(1)


def test_a_person_who_became_another_customer_is_left_alone(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    person = int(pipedrive.remote_ids["customer-1"])
    fake.persons()[person]["custom_fields"][KEY] = "customer-9"

    pipedrive.remove(1)

    pipedrive.holds(9)


def test_everybody_who_was_doubled_by_hand_is_taken_off_and_erased(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1, 2)
    label = int(pipedrive.audience.remote_id)
    for identity in ("customer-1", "customer-2"):
        fake.set_labels(fake.make_person(identity), [label, 5])

    pipedrive.remove(1)
    pipedrive.connector.erase([pipedrive.record(2)])

    pipedrive.holds()
    assert not fake.known("customer-2")


def test_a_person_of_the_same_address_is_left_alone_unless_adoption_is_allowed(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    emails = [{"value": "Customer-1@shop.example", "primary": True, "label": "work"}]
    theirs = fake.make_person(emails=emails, label_ids=[5])
    pipedrive.add(2)
    assert not fake.persons()[theirs]["custom_fields"][KEY]

    pipedrive.connector = pipedrive.reopened(adopt="yes")
    assert pipedrive.add(1) == [Accepted(str(theirs))]

    pipedrive.holds(1, 2)
    assert 5 in fake.persons()[theirs]["label_ids"]


def test_two_customers_of_one_address_do_not_adopt_the_same_person(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.connector = pipedrive.reopened(adopt="yes")
    fake.make_person(emails=[{"value": "both@shop.example"}])
    both = {"email": "both@shop.example"}
    records = [replace(pipedrive.record(number), contact=both) for number in (*range(1, 12), 21)]

    outcomes = pipedrive.send(Operation.ADD, records)

    assert len({one.remote_id for one in outcomes if isinstance(one, Accepted)}) == 12
    pipedrive.holds(*range(1, 12), 21)


def test_a_mirror_takes_off_members_without_our_id_by_pipedrives(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    fake.set_labels(fake.make_person(), [5, int(pipedrive.audience.remote_id)])
    pipedrive.add(1)
    (stranger,) = [one for one in pipedrive.read() if one != "customer-1"]

    (outcome,) = pipedrive.send(Operation.REMOVE, [pipedrive.record(9, stranger)])

    assert isinstance(outcome, Accepted)
    pipedrive.holds(1)


def test_a_label_that_is_deleted_while_we_write_rejects_nobody(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    label = int(pipedrive.audience.remote_id)
    answered = fake.answer

    def answer(asked: Any) -> Answer:
        if asked.method == "POST":
            fake.state["labels"].pop(label, None)
        return answered(asked)

    fake.answer = answer  # type: ignore[method-assign]

    with pytest.raises(AudienceGone):
        pipedrive.add(1, 2)


def test_faults_in_the_middle_of_a_piece_leave_what_was_accepted(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    fake.break_writes("429", skip=2, retry_after="0")

    outcomes = pipedrive.add(1, 2, 3, 4, 5)

    assert [type(one) for one in outcomes] == [Accepted, Accepted, *[RetryAfter] * 3]
    pipedrive.holds(1, 2)


def test_a_429_says_in_headers_of_its_own_how_long(pipedrive: Subject, fake: FakePipedrive) -> None:
    _say(fake, Answer(status=429, content={"success": False}, headers={"x-ratelimit-reset": "2"}))

    with pytest.raises(RateLimited) as told:
        pipedrive.connector.check()
    assert told.value.retry_after == 2


def test_a_used_up_day_is_waited_for_an_hour_at_a_time(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    headers = {"x-daily-ratelimit-token-remaining": "0", "x-ratelimit-reset": "2"}
    _say(fake, Answer(status=429, content={"success": False}, headers=headers))

    with pytest.raises(RateLimited) as told:
        pipedrive.connector.check()
    assert told.value.retry_after == 3_600


def test_the_gateway_shuting_us_out_is_no_matter_of_credentials(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    _say(fake, Answer(status=403, content=b"<!DOCTYPE html><title>Access denied</title>"))

    with pytest.raises(RateLimited):
        pipedrive.connector.check()


def test_a_limit_of_the_plan_is_no_matter_of_credentials(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    said = {"success": False, "error": "Limit reached", "code": "feature_capping_custom_fields"}
    _say(fake, Answer(status=403, content=said))

    with pytest.raises(ConfigError, match="plan"):
        pipedrive.connector.check()


def test_a_field_name_that_two_fields_have_is_told(pipedrive: Subject) -> None:
    with pytest.raises(ConfigError, match="2 person fields called 'Shared'"):
        pipedrive.reopened(field_why="Shared").check()
    assert pipedrive.reopened(field_why="3" * 40).check()


def test_a_field_that_is_no_text_is_told(pipedrive: Subject) -> None:
    with pytest.raises(ConfigError, match="Revenue"):
        pipedrive.reopened(field_why="Revenue").check()


def test_an_id_field_that_is_not_there_is_told(pipedrive: Subject) -> None:
    with pytest.raises(ConfigError, match="Customer number"):
        pipedrive.reopened(id_field="Customer number").check()


def test_a_company_without_campaigns_is_read_without_opt_outs(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    fake.has_campaigns = False
    pipedrive.connector = pipedrive.reopened(campaigns="no")
    pipedrive.add(1)

    pipedrive.holds(1)


def test_who_is_removed_has_its_fields_emptied(pipedrive: Subject, fake: FakePipedrive) -> None:
    pipedrive.add(1, fields={"Why": "Quiet"})

    pipedrive.send(Operation.REMOVE, [pipedrive.record(1, fields={"Why": ""})])

    assert pipedrive.harness.fields_of(pipedrive.audience, "customer-1")["Why"] is None
    pipedrive.holds()


def test_an_identity_that_is_too_long_is_refused(pipedrive: Subject) -> None:
    (outcome,) = pipedrive.send(Operation.ADD, [pipedrive.record(1, "x" * 256)])

    assert isinstance(outcome, Rejected)
    assert "ERR_SCHEMA_VALIDATION_FAILED" in outcome.reason


class TestAnOAuthApp:
    @pytest.fixture
    def app(self, pipedrive: Subject, fake: FakePipedrive) -> Subject:
        fake.state["refresh"].add("refresh-me")
        pipedrive.connector = pipedrive.reopened(**_app(fake, "refresh-me"))
        return pipedrive

    def test_gets_a_token_when_it_needs_one(self, app: Subject) -> None:
        assert app.connector.check()
        app.add(1)
        app.holds(1)

    def test_gets_one_new_token_when_the_old_one_ran_out(
        self, app: Subject, fake: FakePipedrive
    ) -> None:
        app.add(*range(60))
        fake.state["tokens"] = {one for one in fake.state["tokens"] if not one.startswith("short")}

        assert kinds(app.remove(*range(60))) == {Accepted}
        asked = [one.asked.path for one in fake.ledger]
        assert asked.count("/oauth/token") == 2

    def test_is_switched_off_when_it_was_disconnected(
        self, app: Subject, fake: FakePipedrive
    ) -> None:
        app.connector = app.reopened(**_app(fake, "another"))

        with pytest.raises(AuthError) as refused:
            app.connector.check()
        assert "app-secret" not in str(vars(refused.value))


def test_credentials_have_to_be_given_whole(pipedrive: Subject) -> None:
    with pytest.raises(ConfigError, match="refresh_token"):
        pipedrive.reopened(api_token="", client_id="app")


def _app(fake: FakePipedrive, refresh_token: str) -> dict[str, str]:
    secret = {"client_secret": "app-secret", "refresh_token": refresh_token}
    return {"api_token": "", "client_id": "app", "oauth_url": fake.url, **secret}


def _say(fake: FakePipedrive, answer: Answer) -> None:
    """Whatever is asked, the fake says this."""

    def said(asked: Any) -> Answer:
        return answer

    fake.answer = said  # type: ignore[method-assign]
