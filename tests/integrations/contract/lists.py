"""Scenarios of lists and who is on them: sentences that have to hold for every connector."""

from __future__ import annotations

import pytest

from integrations.errors import AudienceGone, ConfigError
from integrations.protocol import Accepted, Operation, Rejected
from tests.integrations.contract.subject import STAMP, Subject


def a_new_list_is_empty_and_says_that_it_was_made(subject: Subject) -> None:
    assert subject.audience.created
    assert subject.audience.remote_id
    subject.holds()


def a_list_is_found_again_by_its_id_and_by_its_name(subject: Subject) -> None:
    subject.add(1)
    by_id = subject.connector.ensure_audience(subject.audience.name, subject.audience.remote_id)
    by_name = subject.reopened().ensure_audience(subject.audience.name, "")

    assert by_id.remote_id == by_name.remote_id == subject.audience.remote_id
    assert not by_id.created
    assert not by_name.created
    subject.holds(1)


def a_list_that_was_renamed_over_there_is_found_by_its_id(subject: Subject) -> None:
    again = subject.connector.ensure_audience("Another name", subject.audience.remote_id)

    assert again.remote_id == subject.audience.remote_id
    assert not again.created


def who_is_added_is_on_the_list(subject: Subject) -> None:
    outcomes = subject.add(1, 2, 3)

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    subject.holds(1, 2, 3)


def who_is_removed_is_gone_and_the_others_stay(subject: Subject) -> None:
    subject.add(1, 2, 3)

    (outcome,) = subject.remove(2)

    assert isinstance(outcome, Accepted)
    subject.holds(1, 3)


def the_same_batch_twice_changes_nothing_and_is_accepted(subject: Subject) -> None:
    subject.add(1, 2)
    assert all(isinstance(outcome, Accepted) for outcome in subject.add(1, 2))
    subject.holds(1, 2)

    subject.remove(1)
    assert all(isinstance(outcome, Accepted) for outcome in subject.remove(1))
    subject.holds(2)


def removing_somebody_who_was_never_there_is_accepted(subject: Subject) -> None:
    subject.add(1)

    (outcome,) = subject.remove(9)

    assert isinstance(outcome, Accepted)
    subject.holds(1)


def who_was_removed_can_come_back(subject: Subject) -> None:
    subject.add(1)
    subject.remove(1)

    (outcome,) = subject.add(1)

    assert isinstance(outcome, Accepted)
    subject.holds(1)


def who_is_added_with_what_was_there_already_is_accepted(subject: Subject) -> None:
    subject.add(1, 2)

    outcomes = subject.add(2, 3)

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    subject.holds(1, 2, 3)


def odd_identities_are_held_exactly_or_refused_with_a_reason(subject: Subject) -> None:
    plain = subject.harness.identity(1)
    odd = [f"{mark}{plain}" for mark in ("é", "漢", "🎈", "o'n+x", "50%", 'q"', "a,b", "A/b", "ß;")]
    records = [subject.record(1), *(subject.record(2, name) for name in odd)]
    outcomes = []
    for record in records:
        outcomes += subject.send(Operation.ADD, [record])

    kept = [
        record.identity
        for record, outcome in zip(records, outcomes, strict=True)
        if isinstance(outcome, Accepted)
    ]
    assert plain in kept
    assert all(isinstance(outcome, Accepted | Rejected) for outcome in outcomes)
    assert all(outcome.reason for outcome in outcomes if isinstance(outcome, Rejected))
    wanted = sorted(subject.connector.canonical(identity) for identity in kept)
    assert sorted(subject.harness.held(subject.audience)) == wanted
    for identity in kept:
        subject.send(Operation.REMOVE, [subject.record(1, identity)])
    subject.holds()


def a_full_batch_is_taken(subject: Subject) -> None:
    size = min(subject.manifest.limits.claimed, 600)

    assert all(isinstance(outcome, Accepted) for outcome in subject.add(*range(size)))
    subject.holds(*range(size))
    assert all(isinstance(outcome, Accepted) for outcome in subject.remove(*range(size)))
    subject.holds()


def a_list_longer_than_a_page_is_read_to_its_end(subject: Subject) -> None:
    step = min(subject.manifest.limits.claimed, 600)
    many = subject.harness.many
    for start in range(0, many, step):
        subject.add(*range(start, min(start + step, many)))

    subject.holds(*range(many))


def strangers_stay_whatever_we_do(subject: Subject) -> None:
    subject.add(1, 2)
    subject.harness.put(subject.audience, subject.harness.identity(77))
    subject.add(3)
    subject.remove(1, 2, 3)

    subject.holds(77)


def what_others_remove_is_seen(subject: Subject) -> None:
    subject.add(1, 2)
    subject.harness.take(subject.audience, subject.harness.identity(1))

    subject.holds(2)


def two_lists_of_one_tool_do_not_mix(subject: Subject) -> None:
    subject.add(1, 2)
    first = subject.audience
    subject.audience = subject.connector.ensure_audience(subject.harness.audience_name(), "")
    subject.add(2, 3)
    subject.remove(2)

    subject.holds(3)
    subject.audience = first
    subject.holds(1, 2)


def a_seal_changes_no_member(subject: Subject) -> None:
    subject.add(1)
    subject.connector.seal(subject.audience, STAMP)

    subject.holds(1)


def a_list_that_is_gone_is_reported_and_not_made_again(subject: Subject) -> None:
    subject.add(1)
    subject.harness.destroy(subject.audience)

    with pytest.raises(AudienceGone):
        subject.connector.ensure_audience(subject.audience.name, subject.audience.remote_id)
    for operation in (Operation.ADD, Operation.REMOVE):
        with pytest.raises(AudienceGone):
            subject.send(operation, [subject.record(2)])
    if subject.manifest.read_back != "none":
        with pytest.raises(AudienceGone):
            subject.read()


def a_list_of_a_kind_that_cannot_be_written_to_is_refused(subject: Subject) -> None:
    name = subject.harness.audience_name()
    subject.harness.make_unwritable(name)

    with pytest.raises(ConfigError) as refused:
        subject.reopened().ensure_audience(name, "")
    assert not isinstance(refused.value, AudienceGone)
    assert name in refused.value.sentence


SCENARIOS = (
    a_new_list_is_empty_and_says_that_it_was_made,
    a_list_is_found_again_by_its_id_and_by_its_name,
    a_list_that_was_renamed_over_there_is_found_by_its_id,
    who_is_added_is_on_the_list,
    who_is_removed_is_gone_and_the_others_stay,
    the_same_batch_twice_changes_nothing_and_is_accepted,
    removing_somebody_who_was_never_there_is_accepted,
    who_was_removed_can_come_back,
    who_is_added_with_what_was_there_already_is_accepted,
    odd_identities_are_held_exactly_or_refused_with_a_reason,
    a_full_batch_is_taken,
    a_list_longer_than_a_page_is_read_to_its_end,
    strangers_stay_whatever_we_do,
    what_others_remove_is_seen,
    two_lists_of_one_tool_do_not_mix,
    a_seal_changes_no_member,
    a_list_that_is_gone_is_reported_and_not_made_again,
    a_list_of_a_kind_that_cannot_be_written_to_is_refused,
)
