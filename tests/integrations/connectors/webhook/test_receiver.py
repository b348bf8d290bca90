"""What receivers may do, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integrations import registry
from integrations.connectors.webhook.connector import list_id, open_connector
from integrations.errors import AudienceGone, AuthError, ConfigError, TransientError
from integrations.http import Wire
from integrations.protocol import Accepted, Operation, Rejected, Unverifiable
from tests.integrations.connectors.webhook.fake import MOST_BYTES, NEW, OLD, FakeReceiver
from tests.integrations.connectors.webhook.harness import open_harness
from tests.integrations.contract.subject import STAMP, Subject, open_subject


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    (manifest,) = [one for one in registry.manifests() if one.name == "webhook"]
    return open_subject(manifest, open_harness(request, tmp_path), open_connector)


@pytest.fixture
def fake(subject: Subject) -> FakeReceiver:
    assert isinstance(subject.fake, FakeReceiver)
    return subject.fake


@pytest.fixture
def plain(subject: Subject, fake: FakeReceiver) -> Subject:
    """A receiver that answers with a status only, and cannot be asked."""
    fake.talks = False
    subject.connector = subject.reopened(answers="status", read_url="")
    return subject


def with_retries(subject: Subject) -> Any:
    """The connector as the core opens it, which tries a request three times."""
    blank = {option.name: option.default for option in subject.manifest.options}
    wire = Wire(limits=subject.manifest.limits, private_hosts=frozenset({"127.0.0.1"}))
    return open_connector({**blank, **subject.harness.options}, wire=wire)


def test_any_2xx_of_a_plain_receiver_takes_all(plain: Subject, fake: FakeReceiver) -> None:
    outcomes = plain.add(1, 2, 3)

    assert all(isinstance(one, Accepted) for one in outcomes)
    assert fake.members(plain.audience.remote_id) == {"customer-1", "customer-2", "customer-3"}


def test_a_plain_receiver_is_unverifiable_and_says_so(plain: Subject) -> None:
    assert isinstance(plain.connector.read_back(plain.audience), Unverifiable)
    assert "cannot be asked" in plain.connector.check()


def test_a_list_at_a_plain_receiver_keeps_its_id(plain: Subject) -> None:
    made = plain.connector.ensure_audience("At risk", "")
    again = plain.connector.ensure_audience("Another name", made.remote_id)

    assert again.remote_id == made.remote_id == list_id("At risk")
    assert not again.created


def test_names_that_look_alike_are_two_lists() -> None:
    names = ("At risk", "at-risk", "At  risk", "漢字", "漢", "")
    assert len({list_id(name) for name in names}) == len(names)


def test_all_attempts_of_a_delivery_have_one_id_and_are_taken_once(
    subject: Subject, fake: FakeReceiver
) -> None:
    subject.connector = with_retries(subject)
    fake.break_writes("writes, then resets", times=2)

    outcomes = subject.add(1, 2)

    ids = [asked.headers["webhook-id"] for asked in fake.writes()]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert all(isinstance(one, Accepted) for one in outcomes)
    assert [one.identity for one in fake.memberships] == ["customer-1", "customer-2"]


def test_a_batch_that_was_not_answered_is_sent_again_under_its_id(
    subject: Subject, fake: FakeReceiver
) -> None:
    fake.break_writes("500", times=1)
    subject.try_to_add(1)
    subject.add(1)

    ids = [asked.headers["webhook-id"] for asked in fake.writes()]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_what_is_told_anew_is_another_event(subject: Subject, fake: FakeReceiver) -> None:
    for _ in range(2):
        subject.add(1)
        subject.remove(1)

    ids = [asked.headers["webhook-id"] for asked in fake.writes()]
    assert len(set(ids)) == 4
    subject.holds()


def test_a_secret_is_changed_without_a_gap(subject: Subject, fake: FakeReceiver) -> None:
    fake.secret = OLD
    subject.connector = subject.reopened(secret=f"{NEW}  {OLD}")
    subject.add(1)
    fake.secret = NEW
    subject.add(2)

    signatures = fake.writes()[-1].headers["webhook-signature"].split(" ")
    assert [one.partition(",")[0] for one in signatures] == ["v1", "v1"]
    subject.holds(1, 2)


def test_a_receiver_that_is_gone_switches_the_destination_off(
    subject: Subject, fake: FakeReceiver
) -> None:
    fake.is_off = True

    with pytest.raises(AuthError) as refused:
        subject.add(1)
    assert "410" in refused.value.sentence


def test_nothing_at_the_address_is_told_by_the_check(subject: Subject, fake: FakeReceiver) -> None:
    with pytest.raises(ConfigError) as refused:
        subject.reopened(url=f"{fake.url}/elsewhere").check()
    assert not isinstance(refused.value, AudienceGone)


def test_an_address_that_does_not_tell_of_lists_is_found_before_anybody_is_sent(
    subject: Subject, fake: FakeReceiver
) -> None:
    with pytest.raises(TransientError) as refused:
        subject.reopened(read_url=f"{fake.url}/elsewhere").ensure_audience("Another", "")
    assert "read_url" in refused.value.sentence


def test_who_is_refused_one_by_one_is_parked_and_the_others_are_there(
    subject: Subject, fake: FakeReceiver
) -> None:
    fake.unwanted.add("customer-2")

    outcomes = subject.add(1, 2, 3)

    assert [type(one) for one in outcomes] == [Accepted, Rejected, Accepted]
    subject.holds(1, 3)


@pytest.mark.parametrize(
    "answer",
    [
        {"received": 1, "refused": []},
        {"received": 2, "refused": [{"id": "customer-9", "reason": "x"}]},
        {"received": True, "refused": []},
        {"received": 2},
        {"received": 2, "refused": [{"reason": "x"}]},
        {},
    ],
)
def test_an_answer_that_does_not_account_for_everybody_accepts_nobody(
    subject: Subject, fake: FakeReceiver, answer: dict[str, Any]
) -> None:
    taken = fake._taken
    fake._taken = lambda event: replace(taken(event), content=answer)  # type: ignore[method-assign]

    assert not [one for one in subject.try_to_add(1, 2) if isinstance(one, Accepted)]


def test_a_list_that_changes_while_it_is_read_is_no_read_back(
    subject: Subject, fake: FakeReceiver
) -> None:
    fake.page = 2
    subject.add(1, 2, 3)
    listed = fake._list

    def changing(asked: Any) -> Any:
        answer = listed(asked)
        fake.take(subject.audience.remote_id, "customer-1")
        return answer

    fake._list = changing  # type: ignore[method-assign]

    with pytest.raises(TransientError):
        subject.connector.read_back(subject.audience)


def test_bodies_stay_below_twenty_kilobytes(subject: Subject, fake: FakeReceiver) -> None:
    names = [f"field_{number}" for number in range(6)]
    for text in ("x", "für " * 50):
        records = [
            subject.record(number, fields=dict.fromkeys(names, text)) for number in range(400)
        ]
        subject.send(Operation.ADD, records)

    assert max(len(asked.body) for asked in fake.writes()) <= MOST_BYTES


def test_erasing_is_an_event_of_its_own(subject: Subject, fake: FakeReceiver) -> None:
    subject.add(1, 2)

    subject.connector.erase([subject.record(1)])

    last = fake.ledger[-1].asked.json()
    assert last["type"] == "people.erased"
    assert last["data"] == {"people": [{"id": "customer-1"}]}
    assert not [name for name, held in fake.state["lists"].items() if "customer-1" in held]


def test_a_seal_tells_the_version(subject: Subject, fake: FakeReceiver) -> None:
    subject.add(1)
    for _ in range(2):
        subject.connector.seal(subject.audience, STAMP)

    assert fake.state["sealed"] == {subject.audience.remote_id: 7}


def test_who_leaves_has_blank_fields(subject: Subject, fake: FakeReceiver) -> None:
    subject.add(1, fields={"why": "so"})
    subject.send(Operation.REMOVE, [subject.record(1, fields={"why": ""})])

    assert fake.state["people"]["customer-1"]["fields"]["why"] == ""


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("url", "http://example.org/hook"),
        ("url", "ftp://127.0.0.1/hook"),
        ("read_url", "http://example.org/lists"),
        ("secret", "whsec_dG9vIHNob3J0"),
        ("secret", "c2VjcmV0IHdpdGhvdXQgYSBwcmVmaXgsIGxvbmcgZW5vdWdo"),
        ("secret", "whsec_not/base64!!"),
        ("secret", "  "),
        ("answers", "perhaps"),
        ("timeout", "600"),
    ],
)
def test_options_that_cannot_work_are_refused(subject: Subject, option: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        subject.reopened(**{option: value}).check()
    assert option != "secret" or not value.strip() or value not in str(refused.value)
