"""A batch goes out in as many requests as it takes, and each record gets its own outcome back."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    PermanentError,
    RateLimited,
    TransientError,
)
from integrations.manifest import Rate
from integrations.pieces import MOST_SILENT, Send, cut, send_pieces, weight_of
from integrations.protocol import (
    Accepted,
    BrokenOff,
    Limits,
    Outcome,
    Record,
    Rejected,
    RetryAfter,
    Split,
    Unknown,
)
from integrations.throttle import Throttle
from integrations.wire import Wire

TWO = Limits(records=2, bytes=1_000)


def people(count: int) -> list[Record]:
    return [Record(ordinal=number, identity=f"c{number}") for number in range(count)]


def wire(concurrency: int = 1) -> Wire:
    throttle = Throttle(name="tool", rate=Rate(concurrency=concurrency))
    return Wire(limits=TWO, throttle=throttle)


def failing(fault: IntegrationError, at: str) -> tuple[list[list[str]], Send]:
    """What was asked, and a way to send that fails for the request with that person in it."""
    asked: list[list[str]] = []

    def send(records: Sequence[Record]) -> list[Outcome]:
        asked.append([record.identity for record in records])
        if at in asked[-1]:
            raise fault
        return [Accepted() for _ in records]

    return asked, send


def test_pieces_hold_as_many_as_a_request_may_and_one_too_large_goes_alone() -> None:
    small, large = people(5), Record(ordinal=9, identity="é" * 600)
    assert weight_of(large) == 1_200
    found = [[one.ordinal for one in piece] for piece in cut([*small[:3], large, *small[3:]], TWO)]
    assert found == [[0, 1], [2], [9], [3, 4]]


def test_outcomes_come_back_in_the_order_of_the_records_whoever_is_answered_first() -> None:
    def send(records: Sequence[Record]) -> list[Outcome]:
        time.sleep(0.05 if records[0].ordinal == 0 else 0)
        return [Accepted(remote_id=record.identity) for record in records]

    outcomes = send_pieces(people(5), send, wire=wire(3))
    assert outcomes == [Accepted(remote_id=f"c{number}") for number in range(5)]
    assert send_pieces([], send, wire=wire(3)) == []


def test_as_many_requests_are_under_way_as_the_tool_allows() -> None:
    together = threading.Barrier(3, timeout=5)

    def send(records: Sequence[Record]) -> list[Outcome]:
        # Nobody gets on before three have come.
        together.wait()
        return [Accepted() for _ in records]

    assert send_pieces(people(6), send, wire=wire(3)) == [Accepted()] * 6


def test_threads_take_short_turns_while_requests_are_under_way() -> None:
    before, turns = sys.getswitchinterval(), []

    def send(records: Sequence[Record]) -> list[Outcome]:
        turns.append(sys.getswitchinterval())
        return [Accepted() for _ in records]

    send_pieces(people(6), send, wire=wire())

    assert max(turns) < before / 10
    assert sys.getswitchinterval() == before


def test_the_first_request_is_under_way_while_the_rest_is_still_being_cut() -> None:
    is_out = threading.Event()

    class Slow(list[Record]):
        """Gives its last records only once something was sent."""

        def __iter__(self) -> Iterator[Record]:
            for number, record in enumerate(super().__iter__()):
                assert number < 4 or is_out.wait(timeout=5)
                yield record

    def send(records: Sequence[Record]) -> list[Outcome]:
        is_out.set()
        return [Accepted() for _ in records]

    assert send_pieces(Slow(people(6)), send, wire=wire()) == [Accepted()] * 6


@pytest.mark.parametrize(
    ("at", "outcome"), [("c0", Split("no good")), ("c4", Rejected("no good"))], ids=["two", "one"]
)
def test_a_refused_request_is_split_and_a_refused_record_is_rejected(
    at: str, outcome: Outcome
) -> None:
    asked, send = failing(PermanentError("no good", vendor="tool"), at)
    outcomes = send_pieces(people(5), send, wire=wire())
    wrong = {"c0": [0, 1], "c4": [4]}[at]
    assert outcomes == [outcome if number in wrong else Accepted() for number in range(5)]
    assert len(asked) == 3


def test_after_a_wish_to_wait_nothing_more_is_asked() -> None:
    asked, send = failing(RateLimited("wait", retry_after=7, vendor="tool"), "c2")
    outcomes = send_pieces(people(6), send, wire=wire())
    assert outcomes == [Accepted(), Accepted(), *[RetryAfter(7)] * 4]
    assert asked == [["c0", "c1"], ["c2", "c3"]]


def test_a_tool_that_is_silent_too_often_in_a_row_is_left_alone() -> None:
    def send(records: Sequence[Record]) -> list[Outcome]:
        asked.append(records[0].ordinal)
        if records[0].ordinal != 2:
            raise TransientError("silent", vendor="tool")
        return [Accepted() for _ in records]

    asked: list[int] = []
    outcomes = send_pieces(people(14), send, wire=wire())
    # An answer in between begins the count anew.
    assert asked == [0, 2, 4, 6, 8]
    assert len(asked) == MOST_SILENT + 2
    silent: list[Outcome] = [Unknown("silent")] * 2
    answered: list[Outcome] = [Accepted()] * 2
    assert outcomes == [*silent, *answered, *silent, *silent, *silent, *[RetryAfter()] * 4]


@pytest.mark.parametrize("fault", [AuthError("no", vendor="t"), ConfigError("no", vendor="t")])
def test_refused_credentials_end_a_batch_and_keep_what_was_written_before(
    fault: IntegrationError,
) -> None:
    asked, send = failing(fault, "c2")
    with pytest.raises(BrokenOff) as caught:
        send_pieces(people(6), send, wire=wire())
    assert caught.value.fault is fault
    assert list(caught.value.outcomes) == [Accepted(), Accepted(), *[RetryAfter()] * 4]
    assert len(asked) == 2

    asked, send = failing(fault, "c0")
    with pytest.raises(type(fault)):
        send_pieces(people(6), send, wire=wire())
    assert len(asked) == 1


def test_an_answer_that_leaves_somebody_out_is_believed_of_nobody() -> None:
    outcomes = send_pieces(people(4), lambda records: [Accepted()], wire=wire())
    assert outcomes == [Unknown("not one outcome per record")] * 4
