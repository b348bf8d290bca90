"""A tool that misbehaves: what is confirmed is believed, nothing else; and it heals exactly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from integrations.models import Audience, Rejection, SyncBatch
from integrations.sync.run import Finished, NotNow
from integrations.sync.wanted import due_audiences
from tests.fakes.fake_mailman import FakeMailman, always, from_the, only_the, running_fake
from tests.integrations.ground import (
    Clock,
    acknowledged,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = pytest.mark.django_db

LIST = "risk.lists.example.org"
STRANGER = "stranger@else.example"
KNOWN_FAULTS = [
    "500",
    "502",
    "nonsense",
    "empty",
    "says yes and does nothing",
    "writes, then 500",
    "writes, then resets",
    "resets",
    "hangs",
    "drips",
    "429",
    "huge",
]


def address(customer: str) -> str:
    return f"{customer}@shop.example"


def ids(*numbers: int) -> list[str]:
    return [f"c{number}" for number in numbers]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailman]:
    monkeypatch.setenv("MAILMAN_PASSWORD", "very-secret")
    with running_fake() as fake:
        make_customers([f"c{number}" for number in range(400)])
        options = {
            "url": fake.url,
            "password": "env:MAILMAN_PASSWORD",
            "domain": "lists.example.org",
            "identity": "{customer_id}@shop.example",
            "batch_records": 5,
            "timeout": 0.4,
        }
        destination("news", "mailman", options)
        yield fake


def heal_and_finish(tool: FakeMailman, clock: Clock) -> Finished:
    """What happens once the tool is well: at most three more syncs, as the timetable makes them."""
    tool.heal()
    for _ in range(3):
        clock.advance(days=2)
        done = sync("risk", clock=clock)
        calm = done.drift is not None and not done.drift.is_different
        if done.run.state == "succeeded" and calm:
            return done
    raise AssertionError(f"it does not come to rest: {done.run.state} {done.run.sentence}")


@pytest.mark.parametrize("start", [1, 4])
@pytest.mark.parametrize("kind", KNOWN_FAULTS)
def test_after_any_fault_the_list_comes_to_hold_exactly_the_segment(
    tool: FakeMailman, kind: str, start: int
) -> None:
    clock = Clock()
    segment = live_segment("risk", to="news")
    publish(segment, ids(*range(8)))
    sync("risk", clock=clock)
    tool.lists[LIST].add(STRANGER)
    publish(segment, ids(*range(4, 16)))
    tool.on_write, tool.writes = from_the(start, kind), 0

    broken = sync("risk", clock=clock).run

    if kind != "says yes and does nothing":
        assert broken.state == "incomplete"
        assert broken.sentence
        if start == 1:
            assert acknowledged("risk") == set(ids(*range(8))), (
                "nothing was confirmed, nothing moves"
            )
    claimed = acknowledged("risk")
    there = {each.partition("@")[0] for each in tool.lists[LIST]}
    if kind != "says yes and does nothing":
        assert claimed <= there | set(ids(*range(4))), "nobody is believed without an answer"
    heal_and_finish(tool, clock)
    assert tool.lists[LIST] == {*map(address, ids(*range(4, 16))), STRANGER}
    assert acknowledged("risk") == set(ids(*range(4, 16)))


def test_members_written_without_an_answer_are_taken_off_when_they_leave(tool: FakeMailman) -> None:
    clock = Clock()
    segment = live_segment("risk", to="news")
    publish(segment, ids(*range(8)))
    tool.on_write = always("writes, then 500")
    sync("risk", clock=clock)
    assert acknowledged("risk") == set()
    assert tool.lists[LIST], "the tool has some of them all the same"
    publish(segment, ids(30))

    heal_and_finish(tool, clock)

    assert tool.lists[LIST] == {address("c30")}


def test_an_answer_that_was_lost_is_found_by_reading_back(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1, 2, 3))
    tool.on_write = lambda number: "writes, then 500" if number in (2, 3, 4) else "fine"

    done = sync("risk")

    # Attempt 2 wrote the second member, its repetitions say 500 as well.
    assert done.drift is not None
    assert not done.drift.is_different
    assert acknowledged("risk") == set(ids(1, 2, 3))


def test_one_member_that_breaks_the_tool_does_not_hold_up_the_others(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(*range(12)))
    # Every attempt for the fourth member fails, three in a row with the pauses between them.
    tool.on_write = lambda number: "500" if number in (4, 5, 6) else "fine"

    run = sync("risk").run

    assert run.state == "incomplete"
    assert len(acknowledged("risk")) >= 11


def test_nothing_is_sent_before_the_tool_allows_it(tool: FakeMailman) -> None:
    clock = Clock()
    publish(live_segment("risk", to="news"), ids(*range(12)))
    tool.on_write, tool.retry_after = from_the(3, "429"), "600"

    run = sync("risk", clock=clock).run

    assert (run.state, run.added) == ("incomplete", 2)
    asked = len(tool.requests)
    clock.advance(seconds=500)
    with pytest.raises(NotNow, match="no requests before"):
        sync("risk", clock=clock)
    assert due_audiences(now=clock()) == []
    assert len(tool.requests) == asked
    clock.advance(seconds=200)
    assert len(due_audiences(now=clock())) == 1
    heal_and_finish(tool, clock)
    assert len(tool.lists[LIST]) == 12


def test_a_short_wait_is_waited_for_within_the_call(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1, 2))
    tool.on_write, tool.retry_after = only_the(1, "429"), "0"

    assert sync("risk").run.state == "succeeded"


@pytest.mark.parametrize("said", ["-5", "soon", "1e9", "9999999999", "", "Wed, 99 Foo 2026"])
def test_a_senseless_wait_is_neither_believed_nor_ignored(tool: FakeMailman, said: str) -> None:
    clock = Clock()
    publish(live_segment("risk", to="news"), ids(1, 2))
    tool.on_write, tool.retry_after = always("429"), said

    sync("risk", clock=clock)

    until = Audience.objects.get(segment_key="risk").not_before
    assert until is not None
    assert timedelta(0) < until - clock() <= timedelta(days=1)


def test_wrong_credentials_switch_the_destination_off(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1, 2))
    tool.on_write = always("401")

    run = sync("risk").run

    assert run.state == "stopped"
    assert "very-secret" not in run.sentence
    with pytest.raises(NotNow, match="switched off"):
        sync("risk")


def test_a_list_deleted_by_hand_stops_the_sync_and_is_not_made_again(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1, 2))
    sync("risk")
    del tool.lists[LIST]

    run = sync("risk").run

    assert run.state == "stopped"
    assert "--recreate" in run.sentence
    assert tool.lists == {}
    assert due_audiences(now=Clock()()) == []
    assert sync("risk", recreate=True).run.state == "succeeded"
    assert tool.lists[LIST] == {address("c1"), address("c2")}


def test_a_list_deleted_under_way_stops_the_sync(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(*range(8)))

    def delete(number: int) -> str:
        if number == 3:
            tool.lists.clear()
        return "fine"

    tool.on_write = delete

    assert sync("risk").run.state == "stopped"
    assert tool.lists == {}


@pytest.mark.parametrize("kind", ["500", "nonsense", "empty", "hangs", "drips", "resets", "huge"])
def test_a_list_that_cannot_be_read_changes_nothing_that_we_believe(
    tool: FakeMailman, kind: str
) -> None:
    publish(live_segment("risk", to="news"), ids(1, 2))
    sync("risk")
    audience = Audience.objects.get(segment_key="risk")
    tool.on_read = kind

    run = sync("risk").run

    assert run.state == "incomplete"
    assert run.sentence
    after = Audience.objects.get(segment_key="risk")
    assert bytes(after.acknowledged) == bytes(audience.acknowledged)
    assert tool.lists[LIST] == {address("c1"), address("c2")}


def test_redirects_are_not_followed(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1))
    tool.on_write = always("redirects")

    run = sync("risk").run

    assert run.state == "stopped"
    assert not any("elsewhere" in path for _, path in tool.requests)


def test_no_error_holds_an_address_or_a_secret(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(*range(6)))
    tool.on_write = from_the(2, "500")

    run = sync("risk").run

    said = run.sentence + "".join(SyncBatch.objects.values_list("error", flat=True))
    assert "shop.example" not in said
    assert "very-secret" not in said


def test_an_address_the_tool_refuses_is_parked_with_a_reason(tool: FakeMailman) -> None:
    from catalogue.models import Customer

    Customer.objects.create(ordinal=900, external_id="jürgen")
    publish(live_segment("risk", to="news"), [*ids(1, 2), "jürgen"])

    run = sync("risk").run

    assert (run.state, run.added, run.rejected) == ("succeeded", 2, 1)
    before = tool.count("POST")
    assert sync("risk").run.rejected == 0
    assert tool.count("POST") == before


def test_one_refused_record_is_found_by_halving_and_the_others_go(tool: FakeMailman) -> None:
    segment = live_segment("risk", to="news")
    publish(segment, ids(*range(10)))
    sync("risk")
    publish(segment, ids(8, 9))
    tool.poison = {address("c3")}

    run = sync("risk").run

    assert (run.state, run.removed, run.rejected) == ("succeeded", 7, 1)
    assert tool.lists[LIST] == {address(name) for name in ids(3, 8, 9)}
    assert acknowledged("risk") == set(ids(3, 8, 9)), "who was refused is still there, and known"
    assert Rejection.objects.get().operation == "remove"


def test_a_refusal_is_forgotten_once_its_member_is_no_longer_in_question(tool: FakeMailman) -> None:
    segment = live_segment("risk", to="news")
    publish(segment, ids(1, 2))
    tool.poison = {address("c2")}
    assert "1 members" in sync("risk").run.sentence
    publish(segment, ids(1))

    assert sync("risk").run.state == "succeeded"
    assert not Rejection.objects.exists()


def test_a_long_list_is_read_to_its_last_page(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1, 2))
    sync("risk")
    strangers = {f"{number:05}@else.example" for number in range(1_203)}
    tool.lists[LIST] |= strangers

    drift = sync("risk").drift

    assert drift is not None
    assert (drift.held, drift.foreign, drift.missing) == (1_205, 1_203, 0)
