"""What is odd about Slack: lists are replaced, groups cannot be empty, refusals are polite."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations import registry
from integrations.connectors.slack.connector import open_connector
from integrations.errors import AudienceGone, AuthError, ConfigError, TransientError
from integrations.protocol import Accepted, Rejected, RetryAfter, Split, Unknown
from tests.integrations.connectors.slack.fake import ADMIN, FakeSlack
from tests.integrations.connectors.slack.harness import open_harness
from tests.integrations.contract.subject import Subject, kinds, open_subject

pytestmark = pytest.mark.xdist_group("slack")


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("slack"), harness, open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeSlack:
    assert isinstance(subject.fake, FakeSlack)
    return subject.fake


def state_of(subject: Subject) -> tuple[bool, list[str]]:
    """Whether the group is in use, and whom it remembers."""
    group = subject.fake.state["groups"][subject.audience.remote_id]
    return group["date_delete"] == 0, group["users"]


def test_who_is_not_in_the_workspace_is_refused(subject: Subject) -> None:
    outcomes = subject.add(1, 5_000)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected]
    subject.holds(1)


@pytest.mark.parametrize("about", [{"is_bot": True}, {"is_restricted": True}])
def test_guests_and_bots_are_refused_before_they_spoil_the_list(
    subject: Subject, fake: FakeSlack, about: dict[str, bool]
) -> None:
    fake.join("customer-900@shop.example", **about)

    outcomes = subject.add(1, 900)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected]
    subject.holds(1)


def test_a_member_who_became_a_guest_can_be_taken_off(subject: Subject, fake: FakeSlack) -> None:
    subject.add(1, 2)
    fake.state["users"][subject.remote_ids["Customer-1@shop.example"]]["is_restricted"] = True
    # Nobody remembers the id: neither the core, nor this connector from before.
    subject.remote_ids.clear()
    subject.connector = subject.reopened()

    assert kinds(subject.remove(1)) == {Accepted}
    subject.holds(2)


def test_a_list_that_is_refused_is_split_and_the_strangers_stay(
    subject: Subject, fake: FakeSlack
) -> None:
    subject.harness.put(subject.audience, subject.harness.identity(77))
    subject.harness.poison(subject.harness.identity(2))

    assert [type(one) for one in subject.add(1, 2, 5_000)] == [Split, Split, Rejected]
    assert kinds(subject.add(2)) == {Rejected}
    subject.holds(77)


def test_a_group_that_we_emptied_is_disabled_and_counts_as_empty(subject: Subject) -> None:
    subject.add(1, 2)
    assert kinds(subject.remove(1, 2)) == {Accepted}

    assert state_of(subject)[0] is False
    subject.holds()
    again = subject.reopened().ensure_audience(subject.audience.name, subject.audience.remote_id)
    assert again.remote_id == subject.audience.remote_id


def test_whom_a_disabled_group_remembers_does_not_come_back(subject: Subject) -> None:
    subject.add(1, 2)
    subject.remove(1, 2)

    subject.add(3)

    assert state_of(subject) == (True, [subject.remote_ids["Customer-3@shop.example"]])
    subject.holds(3)


def test_a_group_is_disabled_again_when_its_new_members_are_refused(
    subject: Subject, fake: FakeSlack
) -> None:
    subject.add(1)
    subject.remove(1)
    subject.harness.poison(subject.harness.identity(2))

    assert kinds(subject.add(2)) == {Rejected}
    assert state_of(subject)[0] is False
    subject.holds()


def test_a_group_with_strangers_is_never_disabled(subject: Subject) -> None:
    subject.add(1)
    subject.harness.put(subject.audience, subject.harness.identity(77))

    subject.remove(1)

    assert state_of(subject)[0] is True
    subject.holds(77)


def test_a_group_that_others_disabled_is_taken_up_again_by_its_name(
    subject: Subject, fake: FakeSlack
) -> None:
    subject.add(1)
    fake.switch(subject.audience.remote_id, is_on=False, by=ADMIN)
    with pytest.raises(AudienceGone):
        subject.add(2)

    again = subject.connector.ensure_audience(subject.audience.name, "")

    assert again.remote_id == subject.audience.remote_id
    subject.holds(1)


@pytest.mark.parametrize(
    "about", [{"is_external": True}, {"auto_type": "owner"}, {"auto_provision": True}]
)
def test_groups_that_others_look_after_are_refused(
    subject: Subject, fake: FakeSlack, about: dict[str, object]
) -> None:
    group = fake.found("Looked after", **about)

    for remembered in ("", group):
        with pytest.raises(ConfigError, match="Looked after"):
            subject.connector.ensure_audience("Looked after", remembered)


def test_whom_the_answer_does_not_name_is_not_accepted(subject: Subject, fake: FakeSlack) -> None:
    user = fake.user(subject.harness.identity(2))
    assert user is not None
    fake.passed_over = {user["id"]}

    outcomes = subject.add(1, 2)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Unknown]


def test_nobody_is_looked_up_twice(subject: Subject, fake: FakeSlack) -> None:
    subject.add(1, 2)
    subject.remove(1)
    subject.remote_ids.clear()
    subject.remove(2)

    assert len([e for e in fake.ledger if "lookupByEmail" in e.asked.path]) == 2


def test_nothing_is_written_where_everything_is_as_it_should_be(
    subject: Subject, fake: FakeSlack
) -> None:
    subject.add(1)
    before = len(fake.writes())

    subject.add(1)
    subject.remove(9)

    assert len(fake.writes()) == before


def test_who_is_erased_leaves_every_group_we_may_write_to(
    subject: Subject, fake: FakeSlack
) -> None:
    subject.add(1, 2)
    me = subject.remote_ids["Customer-1@shop.example"]
    other = fake.found("Theirs", users=[me, "U00050"])
    alone = fake.found("Only me", users=[me])
    automatic = fake.found("Owners", users=[me], auto_type="owner")

    outcomes = subject.connector.erase([subject.record(1), subject.record(7_000)])

    assert kinds(outcomes) == {Accepted}
    subject.holds(2)
    assert fake.members(other) == {"customer-50@shop.example"}
    assert fake.members(alone) == set()
    assert me in fake.state["groups"][automatic]["users"]


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        ("token_revoked", AuthError),
        ("account_inactive", AuthError),
        ("permission_denied", AuthError),
        ("paid_teams_only", ConfigError),
        ("target_team_must_be_specified_in_org_context", ConfigError),
        ("internal_error", TransientError),
    ],
)
def test_refusals_with_status_200_are_understood(
    subject: Subject, fake: FakeSlack, error: str, meant: type[Exception]
) -> None:
    fake.refusal = error

    with pytest.raises(meant):
        subject.add(1)
    with pytest.raises(meant):
        subject.connector.check()


def test_a_wish_to_wait_with_status_200_is_one(subject: Subject, fake: FakeSlack) -> None:
    subject.connector = subject.reopened(timeout="1")
    fake.refusal = "ratelimited"

    assert kinds(subject.try_to_add(1)) == {RetryAfter}


@pytest.mark.parametrize("scope", ["usergroups:read", "users:read.email"])
def test_scopes_that_are_missing_are_named(subject: Subject, fake: FakeSlack, scope: str) -> None:
    fake.scopes.discard(scope)

    with pytest.raises(AuthError, match=scope):
        subject.connector.check()


def test_options_that_make_no_sense_are_refused(subject: Subject) -> None:
    for options in ({"timeout": "soon"}, {"timeout": "0"}, {"url": "slack.com"}):
        with pytest.raises(ConfigError):
            subject.reopened(**options)
