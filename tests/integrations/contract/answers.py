"""Scenarios of tools that answer badly. What they all ask: nothing is accepted that the tool did
not say, and once it is well again, the same push brings the list to what it should hold."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from integrations.errors import AuthError, IntegrationError, TransientError
from integrations.http import waiting_time
from integrations.protocol import Accepted, Operation, Outcome, Rejected, RetryAfter, Split, Unknown
from tests.fakes.vendor import in_seconds, in_the_past
from tests.integrations.contract.subject import Subject, kinds

SHORT = {"timeout": "2"}


def a_wish_to_wait_in_seconds_is_honoured(subject: Subject) -> None:
    subject.fake.break_writes("429", retry_after="1")
    began = len(subject.fake.ledger)

    subject.settle(1)

    asked = [entry.asked.at for entry in subject.fake.ledger[began:]]
    refused_at = next(e.asked.at for e in subject.fake.ledger[began:] if e.fault == "429")
    later = [at for at in asked if at > refused_at]
    assert min(later) - refused_at >= 0.95, "nothing is asked before the time is over"
    subject.holds(1)


def a_wish_to_wait_until_a_date_is_honoured(subject: Subject) -> None:
    subject.fake.break_writes("429", retry_after=in_seconds(3_600))

    outcomes = subject.try_to_add(1)
    asked = len(subject.fake.ledger)
    later = subject.try_to_add(2, 3)

    assert kinds(outcomes) == kinds(later) == {RetryAfter}
    assert min(seconds_of(outcome) for outcome in (*outcomes, *later)) > 3_000
    assert len(subject.fake.ledger) == asked, "nothing is asked before the time is over"
    subject.fake.heal()


def a_wish_to_wait_without_a_time_is_a_wish_to_wait(subject: Subject) -> None:
    subject.fake.break_writes("429", times=50)

    outcomes = subject.try_to_add(1)

    assert kinds(outcomes) == {RetryAfter}
    assert seconds_of(outcomes[0]) > 0


def absurd_times_to_wait_are_not_believed(subject: Subject) -> None:
    for text in ("-5", "soon", "1e9", in_the_past(), "99999999999999"):
        assert 0 <= waiting_time(text, now=datetime.now(UTC)) <= 86_400
    subject.fake.break_writes("429", retry_after="99999999999999")

    outcomes = subject.try_to_add(1)

    assert kinds(outcomes) == {RetryAfter}
    assert seconds_of(outcomes[0]) <= 86_400


def a_tool_that_is_down_for_maintenance_is_left_alone(subject: Subject) -> None:
    subject.fake.break_all("503", times=50, retry_after="120")

    outcomes = subject.try_to_add(1, 2)

    assert kinds(outcomes) == {RetryAfter}
    subject.fake.heal()


def a_refusal_of_every_kind_accepts_nobody(subject: Subject) -> None:
    for kind in ("500", "502", "504"):
        subject.fake.break_writes(kind, times=50)
        assert Accepted not in kinds(subject.try_to_add(1, 2))
        subject.fake.heal()
        subject.holds()
    subject.settle(1, 2)
    subject.holds(1, 2)


def what_was_written_before_an_error_is_not_accepted_and_not_doubled(subject: Subject) -> None:
    before = contacts(subject)
    subject.fake.break_writes("writes, then 500", times=50)
    assert Accepted not in kinds(subject.try_to_add(1, 2))
    subject.fake.heal()

    subject.settle(1, 2)

    subject.holds(1, 2)
    assert contacts(subject) in (before + 2, before)


def a_line_that_breaks_before_anything_is_written_accepts_nobody(subject: Subject) -> None:
    subject.fake.break_writes("resets", times=50)
    assert Accepted not in kinds(subject.try_to_add(1, 2))
    subject.fake.heal()
    subject.holds()

    subject.settle(1, 2)
    subject.holds(1, 2)


def a_line_that_breaks_after_writing_accepts_nobody(subject: Subject) -> None:
    subject.fake.break_writes("writes, then resets", times=50)
    assert Accepted not in kinds(subject.try_to_add(1, 2))
    subject.fake.heal()

    subject.settle(1, 2)
    subject.holds(1, 2)


def a_batch_of_which_half_was_written_is_completed_by_the_next(subject: Subject) -> None:
    subject.fake.break_writes("writes half, then resets", times=50)
    assert Accepted not in kinds(subject.try_to_add(1, 2, 3, 4))
    subject.fake.heal()

    subject.settle(1, 2, 3, 4)
    subject.holds(1, 2, 3, 4)


def a_removal_whose_answer_was_lost_can_be_sent_again(subject: Subject) -> None:
    subject.add(1, 2)
    subject.fake.break_writes("writes, then resets", times=50)
    with_errors(subject, Operation.REMOVE, 1)
    subject.fake.heal()

    (outcome,) = subject.remove(1)

    assert isinstance(outcome, Accepted)
    subject.holds(2)


def a_yes_that_nothing_came_of_is_found_by_reading(subject: Subject) -> None:
    subject.fake.break_writes("says yes and does nothing", times=50)
    subject.try_to_add(1, 2)
    subject.fake.heal()

    subject.holds()
    subject.remote_ids.clear()
    subject.settle(1, 2)
    subject.holds(1, 2)


def an_empty_answer_accepts_nobody(subject: Subject) -> None:
    _refused_answer(subject, "empty")


def an_answer_that_makes_no_sense_accepts_nobody(subject: Subject) -> None:
    _refused_answer(subject, "nonsense")


def an_answer_of_other_types_accepts_nobody(subject: Subject) -> None:
    _refused_answer(subject, "wrong types")


def an_answer_without_end_is_broken_off(subject: Subject) -> None:
    subject.fake.break_all("huge", times=50)

    assert Accepted not in kinds(subject.try_to_add(1))


def an_answer_that_drips_is_broken_off_in_time(subject: Subject) -> None:
    subject.connector = subject.reopened(**SHORT)
    subject.fake.break_all("drips", times=50)
    began = time.monotonic()

    assert Accepted not in kinds(subject.try_to_add(1))
    assert time.monotonic() - began < 8


def a_redirect_is_not_followed(subject: Subject) -> None:
    subject.fake.break_all("redirects", times=50)

    assert Accepted not in kinds(subject.try_to_add(1))
    assert not [entry for entry in subject.fake.ledger if "elsewhere" in entry.asked.path]


def refused_credentials_end_the_sync(subject: Subject) -> None:
    subject.fake.break_all("401", times=50)

    with pytest.raises(AuthError):
        subject.add(1)


def rights_that_were_taken_away_end_the_sync(subject: Subject) -> None:
    subject.harness.refuse_rights()

    with pytest.raises(AuthError):
        subject.add(1)


def one_record_that_spoils_a_request_is_found_and_the_others_are_sent(subject: Subject) -> None:
    bad = 5
    subject.harness.poison(subject.harness.identity(bad))
    waiting, rejected, pushes = [tuple(range(8))], [], 0
    while waiting:
        piece = waiting.pop(0)
        outcomes = subject.try_to_add(*piece)
        pushes += 1
        split = [n for n, outcome in zip(piece, outcomes, strict=True) if type(outcome) is Split]
        rejected += [n for n, o in zip(piece, outcomes, strict=True) if isinstance(o, Rejected)]
        if len(split) == 1:
            rejected += split
        elif split:
            middle = len(split) // 2
            waiting += [tuple(split[:middle]), tuple(split[middle:])]

    assert rejected == [bad]
    assert pushes <= 2 * 3 + 1
    subject.holds(*(number for number in range(8) if number != bad))


def no_request_holds_more_than_the_tool_takes(subject: Subject) -> None:
    subject.add(*range(min(subject.manifest.limits.claimed, 600)))

    assert max(subject.harness.request_sizes()) <= subject.manifest.limits.records
    assert subject.fake.peak_open <= max(1, subject.manifest.rate.concurrency)


def a_read_back_that_breaks_half_way_is_no_read_back(subject: Subject) -> None:
    step = min(subject.manifest.limits.claimed, 600)
    many = subject.harness.many
    for start in range(0, many, step):
        subject.add(*range(start, min(start + step, many)))
    subject.fake.break_reads("500", times=50, skip=1)

    with pytest.raises(TransientError):
        subject.read()


def no_error_tells_a_secret_or_an_address(subject: Subject) -> None:
    secrets = [
        str(subject.harness.options[option.name])
        for option in subject.manifest.options
        if option.secret and subject.harness.options.get(option.name)
    ]
    for kind in ("401", "500", "nonsense", "resets"):
        subject.fake.break_all(kind, times=50)
        try:
            said = " ".join(str(outcome) for outcome in subject.add(1))
        except IntegrationError as fault:
            said = f"{fault} {fault!r} {vars(fault)}"
        subject.fake.heal()
        assert not [secret for secret in secrets if secret in said]
        assert "@" not in said.replace("[address]", "")


def every_request_is_written_down_without_an_address(subject: Subject) -> None:
    subject.exchanges.clear()
    began = len(subject.fake.ledger)

    subject.add(1, 2)

    assert len(subject.exchanges) == len(subject.fake.ledger) - began
    assert all(one.status and one.status < 400 or one.status == 404 for one in subject.exchanges)
    assert not [one.path for one in subject.exchanges if "@" in one.path or "%40" in one.path]


def seconds_of(outcome: Outcome) -> float:
    return outcome.seconds if isinstance(outcome, RetryAfter) else 0.0


def with_errors(subject: Subject, operation: Operation, number: int) -> None:
    """A push of which nothing is expected."""
    try:
        outcomes = subject.send(operation, [subject.record(number)])
    except TransientError:
        return
    assert kinds(outcomes) <= {Unknown, RetryAfter}


def contacts(subject: Subject) -> int:
    """How many contacts there are, 0 in tools without contacts."""
    try:
        return subject.harness.contacts()
    except NotImplementedError:
        return 0


def _refused_answer(subject: Subject, kind: str) -> None:
    subject.fake.break_writes(kind, times=50)
    assert Accepted not in kinds(subject.try_to_add(1, 2))
    subject.fake.heal()
    subject.holds()
    subject.settle(1, 2)
    subject.holds(1, 2)


SCENARIOS = (
    a_wish_to_wait_in_seconds_is_honoured,
    a_wish_to_wait_until_a_date_is_honoured,
    a_wish_to_wait_without_a_time_is_a_wish_to_wait,
    absurd_times_to_wait_are_not_believed,
    a_tool_that_is_down_for_maintenance_is_left_alone,
    a_refusal_of_every_kind_accepts_nobody,
    what_was_written_before_an_error_is_not_accepted_and_not_doubled,
    a_line_that_breaks_before_anything_is_written_accepts_nobody,
    a_line_that_breaks_after_writing_accepts_nobody,
    a_batch_of_which_half_was_written_is_completed_by_the_next,
    a_removal_whose_answer_was_lost_can_be_sent_again,
    a_yes_that_nothing_came_of_is_found_by_reading,
    an_empty_answer_accepts_nobody,
    an_answer_that_makes_no_sense_accepts_nobody,
    an_answer_of_other_types_accepts_nobody,
    an_answer_without_end_is_broken_off,
    an_answer_that_drips_is_broken_off_in_time,
    a_redirect_is_not_followed,
    refused_credentials_end_the_sync,
    rights_that_were_taken_away_end_the_sync,
    one_record_that_spoils_a_request_is_found_and_the_others_are_sent,
    no_request_holds_more_than_the_tool_takes,
    a_read_back_that_breaks_half_way_is_no_read_back,
    no_error_tells_a_secret_or_an_address,
    every_request_is_written_down_without_an_address,
)
