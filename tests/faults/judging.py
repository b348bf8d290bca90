"""After each round: bring the list to rest, and judge by the fake's ledger and final sets alone."""

from __future__ import annotations

import time

from tests.fakes.vendor import Asked, Membership
from tests.faults.rounds import COUNTED, HONEST, Round
from tests.faults.world import World

MOST_SYNCS = 4
# Seconds between requests that began together, as those of a list that is read back do.
TOGETHER = 0.02


def play(world: World, round_: Round) -> None:
    """One round from a list at rest to a list at rest."""
    world.let_time_pass()
    world.move(far=round_ in COUNTED)
    world.round, world.measured = round_.__name__, 0
    asked_before, changed_before = len(world.fake.ledger), len(world.fake.memberships)
    round_(world)
    world.tally.faults[round_.__name__] += 1
    _judge_waits(world, asked_before)
    world.heal()
    world.person_looks_after_it()
    healed_at = time.monotonic()
    drift = max(world.measured, come_to_rest(world))
    world.tally.recovery.append(time.monotonic() - healed_at)
    changes = world.fake.memberships[changed_before:]
    judge(world, changes)
    if drift and round_ in HONEST:
        world.count("unexplained_drift", f"{drift} after {world.round}: nobody lied to us")
    world.tally.counts["drift_found"] += drift > 0
    world.tally.counts["drift_healed"] += drift > 0 and world.held() >= world.wanted()
    if round_ in COUNTED:
        _count_requests(world, asked_before, changes)
    world.lift_all()


def come_to_rest(world: World) -> int:
    """Sync as the timetable would, until nothing is due; the largest difference seen on the way."""
    worst = 0
    for _ in range(MOST_SYNCS):
        world.let_time_pass()
        if not world.is_due():
            return worst
        run = world.sync()
        drift = world.last.drift
        if drift is not None:
            worst = max(worst, drift.missing + drift.extra)
        if run.state not in ("succeeded", "incomplete"):
            break
    world.note(f"not at rest after {world.round}: {run.state}: {run.sentence}")
    return worst


def judge(world: World, changes: list[Membership]) -> None:
    """Who should be there, who is, and who was sent against somebody's wish."""
    held, wanted = world.held(), world.wanted()
    world.tally.counts["expected"] += len(wanted)
    world.tally.opportunities["foreign_present"] += 1
    for name, people in (
        ("lost", wanted - held),
        ("invented", held - wanted - world.strangers),
        ("foreign_removed", world.strangers - held),
    ):
        if people:
            world.count(name, f"{len(people)} after {world.round}")
    barred = {world.canonical(number) for number in world.suppressed}
    since = world.suppressed_at
    sent = [
        one
        for one in changes
        if one.is_added and one.by == "api" and one.at > since and one.identity in barred
    ]
    if sent:
        world.count("suppressed_sent", f"{len(sent)} sent after they were suppressed")
    if world.suppressed and barred & held:
        world.count("suppressed_sent", f"{len(barred & held)} still on the list")
    _judge_contacts(world)


def _judge_contacts(world: World) -> None:
    """Nobody was made twice: who was ever wanted, and strangers, are all that a tool can know."""
    try:
        there = world.harness.contacts()
    except NotImplementedError:
        return
    most = world.contacts_before + len(world.ever) + len(world.strangers)
    if there > most:
        world.count("duplicated", f"{there} contacts for {most} people")


def play_calm(world: World, rounds: int) -> None:
    """Rounds without a fault: how many writes a change of membership takes."""
    began, changed = len(world.fake.writes()), len(world.fake.memberships)
    for _ in range(rounds):
        world.move(far=True)
        come_to_rest(world)
        judge(world, [])
    world.writes_per_change = (len(world.fake.writes()) - began) / max(
        1, len(world.fake.memberships) - changed
    )


def _count_requests(world: World, since: int, changes: list[Membership]) -> None:
    """Writes that arrived whole, against those that the same changes take without a fault."""
    writes = [e for e in world.fake.ledger[since:] if world.fake.is_write(e.asked)]
    world.tally.counts["writes"] += len(writes)
    ours = sum(1 for one in changes if one.by == "api")
    world.tally.counts["changes"] += ours


def _judge_waits(world: World, since: int) -> None:
    """Nothing was asked in the second after a tool asked for a second."""
    entries = world.fake.ledger[since:]
    for number, entry in enumerate(entries):
        if entry.fault != "429" or entry.retry_after != "1":
            continue
        after = [one for one in entries[number + 1 :] if one.asked.at - entry.asked.at < 0.9]
        beside = [one for one in after if _is_read_beside(world, one.asked, entry.asked)]
        later = [one for one in after if one not in beside[: world.manifest.rate.concurrency - 1]]
        if len(later) > _under_way(world):
            first = later[0].asked
            world.count(
                "asked_too_early",
                f"{len(later)} requests within the second after {world.round}:"
                f" {first.method} {first.path} {first.at - entry.asked.at:.3f} s after"
                f" {entry.asked.method} {entry.asked.path}",
            )


def _is_read_beside(world: World, asked: Asked, refused: Asked) -> bool:
    """Whether a request may have been under way before another one was refused: a list is read back
    in several at once. One that asks the same again was not."""
    is_other = (asked.path, asked.query, asked.body) != (refused.path, refused.query, refused.body)
    is_read = not world.fake.is_write(asked) and not world.fake.is_write(refused)
    return is_read and is_other and asked.at - refused.at < TOGETHER


def _under_way(world: World) -> int:
    """Requests that may be under way when an answer comes: they cannot be called back. A batch that
    fits into one request leaves none."""
    is_whole = world.manifest.limits.records >= world.audience.destination.batch_records
    return 0 if is_whole else int(world.manifest.rate.concurrency)
