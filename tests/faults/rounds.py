"""Rounds of faults: the segment moves on, a sync meets a fault, the tool gets well, and the next
syncs have to bring the list to exactly what it should hold."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

from tests.fakes.vendor import FAULTS, LOSES_CHANGES, in_the_past
from tests.faults.proxy import WAYS, Trouble
from tests.faults.world import KEY, World

# Statuses, and how a tool words its wish to wait.
STATUSES = ("429", "500", "502", "503", "504")
WAITS = (None, "0", "1", "1", "1", "-3", "soon", in_the_past(), "1e9")
SLOW = ("hangs", "drips", "huge")
PLACES = ("sync.leased", "sync.found", "sync.planned", "sync.claimed", "sync.pushed")
PLACES += ("sync.settled", "sync.sealed")
# Seconds, of a worker that is to sleep longer than that.
SHORT_LEASE = 1.5
# Where a sync that is stopped still has all of its requests, or one of them, before it.
BEFORE_SENDING = "sync.planned"
# The scenario from which tools are exempt whose lists cannot go.
GONE = "a_list_that_is_gone_is_reported_and_not_made_again"
Round = Callable[[World], None]


def tool_answers_badly(world: World) -> None:
    """A request goes wrong in one of the ways in which fakes can."""
    kinds = [kind for kind in FAULTS if kind not in SLOW or world.random.random() < 0.1]
    kind = world.random.choice(kinds)
    _break(world, kind)
    world.sync()


def tool_answers_with_a_status(world: World) -> None:
    """A request is refused, perhaps with a wish to wait."""
    status = world.random.choice(STATUSES)
    wait = world.random.choice(WAITS) if status in ("429", "503") else None
    _break(world, status, retry_after=wait)
    world.sync()


def tool_asks_to_wait(world: World) -> None:
    """The first request of a sync is answered by a wish to wait for a second."""
    world.fake.break_all("429", retry_after="1")
    world.sync()


def line_is_cut(world: World) -> None:
    """The line breaks somewhere in a request or in an answer."""
    where = world.random.choice(WAYS)
    times = world.random.choice((1, 1, 2, 40))
    count = world.random.randint(1, 600)
    world.proxy.troubles.append(Trouble(where=where, count=count, times=times))
    world.tally.opportunities["answers_lost"] += where == "answer"
    world.sync()


def line_is_slow(world: World) -> None:
    """Requests or answers drip: some are slower than we wait for a whole call, some are not."""
    pause = world.random.choice((0.02, 0.2, 2.0))
    times = world.random.choice((1, 2))
    trouble = Trouble(where=world.random.choice(WAYS), pause=pause, times=times)
    world.proxy.troubles.append(trouble)
    world.sync()


def segment_moves_on_after_lost_answers(world: World) -> None:
    """What was written is not known, and some of those people have left again by the next sync."""
    world.fake.break_writes(LOSES_CHANGES, times=60)
    world.tally.opportunities["answers_lost"] += 1
    world.sync()
    newcomers = sorted(world.target - world.acknowledged() - world.suppressed)
    leaving = world.random.sample(newcomers, len(newcomers) // 2)
    world.publish(world.target - set(leaving))


def worker_is_killed_at_a_step(world: World) -> None:
    """SIGKILL at the k-th step, so that over the rounds every step is met."""
    world.steps += 1
    done = world.zygote.run("sync", KEY, crash_at=world.steps)
    if not done.was_killed:
        world.steps = 0


def worker_is_killed_at_any_moment(world: World) -> None:
    """SIGKILL after some milliseconds."""
    pid = world.zygote.start("sync", KEY)
    time.sleep(world.random.uniform(0.0, 0.35))
    os.kill(pid, signal.SIGKILL)
    world.zygote.wait(pid)


def message_comes_twice(world: World) -> None:
    """Two or three workers take up the same list at once, and once more after that."""
    pids = [world.zygote.start("sync", KEY) for _ in range(world.random.choice((2, 3)))]
    for pid in pids:
        world.zygote.wait(pid)
    world.zygote.run("sync", KEY)


def worker_sleeps_past_its_lease(world: World) -> None:
    """A worker is stopped until its lease has run out, another one goes on with a newer version,
    and the first one wakes."""
    place = world.random.choice(PLACES)
    lease = {"SYNC_LEASE_SECONDS": SHORT_LEASE}
    pid = world.zygote.start("sync", KEY, stop_at=place, settings=lease)
    if not _is_stopped(world, pid):
        return
    time.sleep(SHORT_LEASE)
    world.let_time_pass()
    world.move()
    world.sync()
    before = len(world.fake.writes())
    held = world.held()
    _wake(pid)
    world.zygote.wait(pid)
    world.tally.opportunities["stale_workers_woken"] += 1
    # The one batch that it had claimed may still go out; it can mean nothing new to the tool.
    more = len(world.fake.writes()) - before
    allowed = 1 if place in ("sync.claimed", BEFORE_SENDING) else 0
    if more > allowed * _requests_of_a_batch(world):
        world.count("stale_writes", f"{place}: {more} writes after another worker took over")
    if place != "sync.claimed" and world.held() != held:
        world.count("stale_writes", f"{place}: the list changed by a worker without a lease")


def somebody_is_suppressed_between_plan_and_claim(world: World) -> None:
    """The plan is made, then somebody on it is suppressed, then it is sent."""
    newcomers = sorted(world.target - world.acknowledged() - world.suppressed)
    if not newcomers:
        return
    pid = world.zygote.start("sync", KEY, stop_at=BEFORE_SENDING)
    if not _is_stopped(world, pid):
        return
    for number in world.random.sample(newcomers, min(2, len(newcomers))):
        world.suppress(number)
        world.tally.opportunities["suppressed_between_plan_and_claim"] += 1
    _wake(pid)
    world.zygote.wait(pid)


def somebody_is_suppressed_after_sending(world: World) -> None:
    """Who is on the list already has to leave it, though the segment does not move."""
    world.sync()
    world.let_time_pass()
    there = sorted(world.target & world.acknowledged())
    for number in world.random.sample(there, min(2, len(there))):
        world.suppress(number)
        world.tally.opportunities["suppressed_after_sending"] += 1
    if not world.is_due():
        world.count("suppressed_sent", "a suppression made no sync due")


def one_record_is_poison(world: World) -> None:
    """Every request that holds one record is refused; all others have to arrive."""
    newcomers = sorted(world.target - world.acknowledged() - world.suppressed)
    if not newcomers:
        return
    bad = world.random.choice(newcomers)
    world.harness.poison(world.harness.identity(bad))
    for _ in range(2):
        world.sync()
        world.let_time_pass()
    missing = world.wanted() - world.held() - {world.canonical(bad)}
    if missing:
        world.count("lost", f"poison kept back {len(missing)} others")


def list_is_deleted_by_hand(world: World) -> None:
    """The list is gone: nothing is made in its place until a person says so."""
    if GONE in world.harness.exempt:
        return
    gone = world.ref
    world.harness.destroy(gone)
    run = world.sync()
    world.tally.opportunities["lists_deleted"] += 1
    if run.state != "stopped" or world.ref.remote_id != gone.remote_id:
        world.count("remade_lists", f"a list deleted by hand: {run.state}")
    world.let_time_pass()
    world.sync(recreate=True)
    world.restore_strangers()


def credentials_are_revoked(world: World) -> None:
    """From some request on the tool does not know us; a person renews, and checks."""
    from integrations.errors import IntegrationError
    from integrations.sync.destinations import check_destination

    world.fake.break_all("401", times=10_000, skip=world.random.randint(0, 5))
    world.sync()
    world.fake.heal()
    try:
        check_destination(world.audience.destination)
    except IntegrationError as fault:
        world.note(fault.sentence)


def clock_is_wrong(world: World) -> None:
    """One worker's clock is two hours off, either way."""
    sign = world.random.choice((-1, 1))
    world.sync(skew=timedelta(hours=2 * sign))


def others_change_the_list(world: World) -> None:
    """Somebody takes members of ours off by hand: drift, to be found and put right."""
    world.sync()
    world.let_time_pass()
    there = [n for n in sorted(world.target) if world.canonical(n) in world.held()]
    taken = world.random.sample(there, min(2, len(there)))
    for number in taken:
        world.harness.take(world.ref, world.harness.identity(number))
        world.tally.opportunities["removed_by_hand"] += 1
    found = world.measure()
    if found != len(taken):
        world.count("drift_missed", f"{found} found of {len(taken)} who were taken off by hand")


def source_is_empty(world: World) -> None:
    """A load went wrong and the segment is empty: nobody is removed without a person."""
    world.sync()
    world.let_time_pass()
    before, kept = world.held(), set(world.target)
    world.publish(set())
    run = world.sync()
    world.tally.opportunities["emptied_sources"] += 1
    if run.state != "braked" or world.held() != before:
        world.count("sent_past_the_brake", f"an empty segment: {run.state}")
    world.publish(kept)


def _break(world: World, kind: str, *, retry_after: str | None = None) -> None:
    chosen = world.random.choice(("writes", "writes", "reads", "all"))
    times = world.random.choice((1, 1, 2, 3, 60)) if kind not in SLOW else 1
    skip = world.random.randint(0, 4)
    play = getattr(world.fake, f"break_{chosen}")
    play(kind, times=times, skip=skip, retry_after=retry_after)
    world.tally.opportunities["answers_lost"] += kind.startswith("writes")


def _requests_of_a_batch(world: World) -> int:
    """The most requests that one claim can be sent in."""
    return 2 * world.audience.destination.batch_records


def _is_stopped(world: World, pid: int) -> bool:
    """Whether the worker has come to where it stops; one that ended before is waited for."""
    for _ in range(3_000):
        state = _state(pid)
        if state == "T":
            return True
        if state == "Z":
            world.zygote.wait(pid)
            return False
        time.sleep(0.01)
    raise AssertionError("a worker neither stops nor ends")


def _wake(pid: int) -> None:
    """Let a stopped worker go on to its end, however often it stops on the way."""
    for _ in range(6_000):
        state = _state(pid)
        if state == "Z":
            return
        if state == "T":
            os.kill(pid, signal.SIGCONT)
        time.sleep(0.005)
    raise AssertionError("a worker neither goes on nor ends")


def _state(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0]


# Each kind of round, and how often it comes among the others.
ROUNDS: dict[Round, int] = {
    tool_answers_badly: 22,
    tool_answers_with_a_status: 11,
    tool_asks_to_wait: 3,
    line_is_cut: 12,
    line_is_slow: 2,
    segment_moves_on_after_lost_answers: 6,
    worker_is_killed_at_a_step: 14,
    worker_is_killed_at_any_moment: 6,
    message_comes_twice: 5,
    worker_sleeps_past_its_lease: 5,
    somebody_is_suppressed_between_plan_and_claim: 6,
    somebody_is_suppressed_after_sending: 4,
    one_record_is_poison: 4,
    list_is_deleted_by_hand: 2,
    credentials_are_revoked: 3,
    clock_is_wrong: 3,
    others_change_the_list: 4,
    source_is_empty: 2,
}
# Rounds whose requests are counted against those that were needed: not where a tool asks to wait,
# where a record is searched for, or where a list is made anew or braked.
COUNTED = (
    worker_is_killed_at_a_step,
    worker_is_killed_at_any_moment,
    message_comes_twice,
    clock_is_wrong,
)
# Rounds in which the tool never says what is not so, and nobody else touches the list: what we
# believe has to be what a read-back then finds, whatever became of workers and lines.
HONEST = (
    *COUNTED,
    line_is_cut,
    line_is_slow,
    segment_moves_on_after_lost_answers,
    tool_answers_with_a_status,
    tool_asks_to_wait,
    credentials_are_revoked,
)
