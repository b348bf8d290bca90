"""What is odd about Zendesk: jobs, tags that are replaced, a search that is behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integrations import registry
from integrations.connectors.zendesk.connector import open_connector, tag_of
from integrations.errors import AuthError, ConfigError, TransientError
from integrations.protocol import Accepted, Observed, Operation, Rejected, RetryAfter, Unknown
from tests.integrations.connectors.zendesk.fake import TOKEN, FakeZendesk
from tests.integrations.connectors.zendesk.harness import ZendeskHarness, open_harness
from tests.integrations.contract.subject import Subject, kinds, open_subject

pytestmark = pytest.mark.xdist_group("zendesk")


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("zendesk"), harness, open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeZendesk:
    assert isinstance(subject.fake, FakeZendesk)
    return subject.fake


def email_of(number: int, subject: Subject) -> Any:
    record = subject.record(number)
    return type(record)(
        ordinal=number, identity=record.identity, contact={"email": f"c{number}@shop.example"}
    )


def test_a_job_is_asked_after_until_it_is_over(subject: Subject, fake: FakeZendesk) -> None:
    fake.polls = 3

    assert kinds(subject.add(1)) == {Accepted}
    asked = [entry for entry in fake.ledger if "job_statuses" in entry.asked.path]
    assert len(asked) == 4


def test_a_job_that_is_not_over_in_time_is_unknown(subject: Subject, fake: FakeZendesk) -> None:
    subject.connector = subject.reopened(timeout="0.5", poll="0.1")
    fake.polls = 1_000

    assert kinds(subject.try_to_add(1)) == {Unknown}


@pytest.mark.parametrize("end", ["failed", "killed", "forgotten"])
def test_a_job_that_ends_badly_accepts_nobody(
    subject: Subject, fake: FakeZendesk, end: str
) -> None:
    fake.job_end = end
    assert kinds(subject.try_to_add(1, 2)) == {Unknown}

    fake.job_end = "completed"
    subject.settle(1, 2)
    subject.holds(1, 2)


def test_too_many_jobs_are_waited_for(subject: Subject, fake: FakeZendesk) -> None:
    fake.most_jobs = 0

    (outcome,) = subject.try_to_add(1)

    assert outcome == RetryAfter(1.0)


def test_jobs_that_nobody_asks_after_come_to_their_end(
    subject: Subject, fake: FakeZendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.most_jobs = 1
    fake.break_all("resets", times=100, wanted=lambda asked: "job_statuses" in asked.path)
    assert kinds(subject.try_to_add(1)) == {Unknown}
    fake.heal()
    # The job that was left behind is under way …
    assert kinds(subject.try_to_add(2)) == {RetryAfter}

    # … and over some time later.
    monkeypatch.setattr("tests.integrations.connectors.zendesk.fake.JOB_SECONDS", 0.0)
    assert kinds(subject.add(2)) == {Accepted}
    subject.holds(1, 2)


def test_whom_a_job_passes_over_is_not_accepted(subject: Subject, fake: FakeZendesk) -> None:
    fake.passed_over = {subject.harness.identity(2)}

    outcomes = subject.add(1, 2, 3)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Unknown, Accepted]
    subject.holds(1, 3)


def test_a_user_that_was_changed_too_often_is_left_for_a_minute(
    subject: Subject, fake: FakeZendesk
) -> None:
    subject.add(1, 2)
    fake.too_often = {subject.harness.identity(1)}

    assert subject.remove(1, 2) == [RetryAfter(60.0), Accepted(subject.remote_ids["customer-2"])]


def test_other_tags_stay_in_an_update_that_replaces_all(
    subject: Subject, fake: FakeZendesk
) -> None:
    subject.harness.own(subject.harness.identity(1))

    subject.add(1)

    user = fake.user(subject.harness.identity(1))
    assert user is not None
    assert set(user["tags"]) == {"theirs", "vip", subject.audience.remote_id}


def test_somebody_of_the_same_address_is_not_taken_over(
    subject: Subject, fake: FakeZendesk
) -> None:
    known = fake.make(email="c1@shop.example", tags=["theirs"])

    outcomes = subject.send(Operation.ADD, [email_of(n, subject) for n in (1, 2)])

    assert [type(outcome) for outcome in outcomes] == [Rejected, Accepted]
    assert "@" not in str(outcomes[0]).replace("[address]", "")
    assert fake.state["users"][known]["tags"] == ["theirs"]
    assert fake.state["users"][known]["external_id"] is None


def test_the_vendors_own_upsert_would_have_taken_them_over(
    subject: Subject, fake: FakeZendesk
) -> None:
    """Why `create_or_update_many` is not used."""
    known = fake.make(email="c1@shop.example", tags=["theirs"])
    client = subject.connector._client._http  # type: ignore[attr-defined]

    user = {"external_id": "customer-1", "email": "c1@shop.example", "tags": ["ours"], "name": "A"}
    client.request("POST", "/api/v2/users/create_or_update_many", body={"users": [user]})

    assert fake.state["users"][known]["tags"] == ["ours"]


def test_somebody_of_the_same_address_becomes_ours_where_that_is_wanted(
    subject: Subject, fake: FakeZendesk
) -> None:
    known = fake.make(email="c1@shop.example", tags=["theirs"])
    other = fake.make(email="c2@shop.example", external_id="another customer")
    subject.connector = subject.reopened(adopt="yes")

    outcomes = subject.send(Operation.ADD, [email_of(n, subject) for n in (1, 2)])

    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected]
    assert set(fake.state["users"][known]["tags"]) == {"theirs", subject.audience.remote_id}
    assert fake.state["users"][known]["external_id"] == "customer-1"
    assert fake.state["users"][other]["tags"] == []


def test_what_we_wrote_is_read_though_the_search_is_behind(
    subject: Subject, fake: FakeZendesk
) -> None:
    subject.add(1, 2)
    fake.reindex()
    fake.search_is_behind = True
    subject.remove(1)
    subject.add(3)

    assert subject.read() == subject.expected(2, 3)


def test_the_export_is_read_to_its_last_page(subject: Subject, fake: FakeZendesk) -> None:
    # Nobody here was written by us: those would be looked up by name.
    strangers = [f"stranger-{number}" for number in range(250)]
    for name in strangers:
        subject.harness.put(subject.audience, name)

    assert subject.read() == sorted(strangers)
    fake.break_reads("500", times=50, skip=2)
    with pytest.raises(TransientError):
        subject.read()


def test_what_others_wrote_is_read_late_and_the_read_back_says_so(
    subject: Subject, fake: FakeZendesk
) -> None:
    fake.search_is_behind = True
    subject.harness.put(subject.audience, "stranger")

    observed = subject.connector.read_back(subject.audience)

    assert isinstance(observed, Observed)
    assert (list(observed.identities), len(observed.notes)) == ([], 1)
    fake.reindex()
    assert subject.read() == ["stranger"]


def test_tagged_users_without_an_external_id_are_nobody_of_ours_and_can_be_taken_off(
    subject: Subject, fake: FakeZendesk
) -> None:
    user_id = fake.make(tags=[subject.audience.remote_id, "theirs"])
    (stranger,) = subject.read()
    assert stranger == f"zendesk user {user_id}"

    record = subject.record(1, stranger)
    assert kinds(subject.send(Operation.REMOVE, [record])) == {Accepted}

    assert fake.state["users"][user_id]["tags"] == ["theirs"]
    subject.holds()


def test_case_does_not_count_in_external_ids(subject: Subject, fake: FakeZendesk) -> None:
    fake.make(external_id="CUSTOMER-1")

    assert kinds(subject.add(1)) == {Accepted}
    assert len(fake.state["users"]) == 1


def test_new_users_are_not_made_where_imports_are_off(subject: Subject, fake: FakeZendesk) -> None:
    fake.make(external_id=subject.harness.identity(1))
    fake.may_import = False

    assert kinds(subject.add(1)) == {Accepted}
    with pytest.raises(ConfigError, match="data imports"):
        subject.add(2)


def test_no_mail_goes_to_users_who_are_made(subject: Subject, fake: FakeZendesk) -> None:
    subject.send(Operation.ADD, [email_of(1, subject)])

    (asked,) = fake.writes()
    (user,) = asked.json()["users"]
    assert user["skip_verify_email"] is True


def test_a_user_with_open_tickets_is_not_erased_and_that_is_said(
    subject: Subject, fake: FakeZendesk
) -> None:
    subject.add(1)
    for user in fake.state["users"].values():
        user["has_open_tickets"] = True

    (outcome,) = subject.connector.erase([subject.record(1)])

    assert isinstance(outcome, Rejected)


def test_an_erasure_that_broke_off_half_way_is_finished(
    subject: Subject, fake: FakeZendesk
) -> None:
    subject.add(1)
    fake.break_all("500", skip=2)

    subject.connector.erase([subject.record(1)])
    (again,) = subject.connector.erase([subject.record(1)])

    assert isinstance(again, Accepted)
    assert fake.state["deleted"] == {}


def test_users_without_tags_are_found_by_the_check(subject: Subject, fake: FakeZendesk) -> None:
    fake.tagging = False

    with pytest.raises(ConfigError, match="Tags on users"):
        subject.connector.check()


def test_a_nobody_is_found_by_the_check(subject: Subject, fake: FakeZendesk) -> None:
    fake.me = {"id": None, "role": "end-user"}

    with pytest.raises(AuthError):
        subject.connector.check()


def test_an_agent_with_a_custom_role_passes_the_check(subject: Subject, fake: FakeZendesk) -> None:
    fake.me = {"id": 1, "role": "agent", "custom_role_id": 7}

    assert "custom role" in subject.connector.check()


@pytest.mark.parametrize(("option", "key"), [("field_why", "old"), ("field_message", "entered_on")])
def test_fields_that_take_no_text_are_found_by_the_check(
    subject: Subject, option: str, key: str
) -> None:
    with pytest.raises(ConfigError, match=key):
        subject.reopened(**{option: key}).check()


def test_a_date_takes_the_day_somebody_entered(subject: Subject) -> None:
    assert subject.reopened(field_entered_at="entered_on").check()


def test_an_access_token_goes_as_bearer(subject: Subject, fake: FakeZendesk) -> None:
    subject.reopened(user="").check()

    assert fake.ledger[-1].asked.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "options", [{"adopt": "perhaps"}, {"poll": "soon"}, {"timeout": "0"}, {"url": "ftp://x"}]
)
def test_options_that_make_no_sense_are_refused(subject: Subject, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        subject.reopened(**options)


def test_names_of_tags_are_readable_and_never_shared() -> None:
    assert tag_of("at-risk") == "at-risk"
    assert tag_of("At risk") != tag_of("at risk") != tag_of("at_risk")
    assert tag_of("Kündigung?").startswith("k_ndigung")


def test_requests_are_those_of_the_published_examples(subject: Subject, fake: FakeZendesk) -> None:
    """There is no official Python client: paths, parameters and bodies are those of the pages on
    users, tags, search and jobs at developer.zendesk.com."""
    subject.add(1)
    subject.remove(1)
    subject.read()
    asked = [(entry.asked.method, entry.asked.path) for entry in fake.ledger[2:]]

    job = "/api/v2/job_statuses/job-"
    assert [(method, path if job not in path else job) for method, path in asked] == [
        ("GET", "/api/v2/users/show_many"),
        ("POST", "/api/v2/users/create_many"),
        ("GET", job),
        ("GET", "/api/v2/users/show_many"),
        ("PUT", "/api/v2/users/update_many"),
        ("GET", job),
        ("GET", "/api/v2/search/export"),
        ("GET", "/api/v2/users/show_many"),
    ]
    created, updated = (asked.json() for asked in fake.writes())
    assert set(created["users"][0]) == {"external_id", "name", "role", "skip_verify_email", "tags"}
    assert updated["users"] == [{"id": int(subject.remote_ids["customer-1"]), "tags": []}]
    exported = next(e.asked.query for e in fake.ledger if "export" in e.asked.path)
    assert exported == {
        "query": f"tags:{subject.audience.remote_id}",
        "filter[type]": "user",
        "page[size]": "1000",
    }


def test_ids_with_a_comma_are_asked_for_by_themselves(subject: Subject, fake: FakeZendesk) -> None:
    harness = subject.harness
    assert isinstance(harness, ZendeskHarness)
    records = [subject.record(1), subject.record(2, "a,b"), subject.record(3)]

    subject.send(Operation.ADD, records)

    asked = [e.asked.query for e in fake.ledger if e.asked.path == "/api/v2/users"]
    assert asked == [{"external_id": "a,b"}]
    assert harness.held(subject.audience) == {"customer-1", "a,b", "customer-3"}


def test_long_ids_are_looked_up_in_addresses_of_bearable_length(
    subject: Subject, fake: FakeZendesk
) -> None:
    records = [subject.record(n, f"{n:03}" + "é" * 150) for n in range(100)]

    assert kinds(subject.send(Operation.ADD, records)) == {Accepted}
    asked = [entry.asked.query.get("external_ids", "") for entry in fake.ledger]
    assert max(len(names.encode()) for names in asked) <= 6_000
