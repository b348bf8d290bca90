"""Leases: one holder at a time, and an old fence counts for nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

import pytest
from django.db import connection

from catalogue.models import Lease
from catalogue.warehouse import leases

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


def test_a_held_lease_cannot_be_taken() -> None:
    assert leases.take("work", "one", 60) == 1
    assert leases.take("work", "two", 60) is None
    holder = leases.held_by("work")
    assert holder is not None
    assert (holder.name, holder.fence) == ("one", 1)


def test_an_expired_lease_is_taken_over_and_the_old_fence_counts_for_nothing() -> None:
    assert leases.take("work", "one", -1) == 1
    assert leases.take("work", "two", 60) == 2
    assert not leases.renew("work", 1, 60)
    assert not leases.still_mine("work", 1)
    leases.release("work", 1)
    assert leases.still_mine("work", 2)


def test_an_expired_lease_cannot_be_renewed_even_if_nobody_took_it() -> None:
    fence = leases.take("work", "one", -1)
    assert fence is not None
    assert not leases.renew("work", fence, 60)


def test_a_released_lease_is_free_and_its_fence_goes_on() -> None:
    fence = leases.take("work", "one", 60)
    assert fence is not None
    leases.release("work", fence)
    assert leases.held_by("work") is None
    assert leases.take("work", "two", 60) == fence + 1


def test_renewing_puts_the_end_off() -> None:
    fence = leases.take("work", "one", 5)
    assert fence is not None
    before = Lease.objects.get(name="work").expires_at
    assert leases.renew("work", fence, 500)
    after = Lease.objects.get(name="work").expires_at
    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() > 400


def test_of_many_at_once_one_gets_it() -> None:
    leases.release("work", leases.take("work", "zero", 60) or 0)
    got: list[int | None] = []
    start = threading.Barrier(6)

    def claim(number: int) -> None:
        start.wait()
        got.append(leases.take("work", f"holder {number}", 60))
        connection.close()

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fence for fence in got if fence) == [2]


def test_a_holder_of_this_machine_that_is_no_more_is_known_to_be_dead() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name, dead in (
        (f"{socket.gethostname()}:{ended.pid}", True),
        (f"{socket.gethostname()}:{os.getpid()}", False),
        (f"elsewhere:{ended.pid}", False),
        ("somebody", False),
    ):
        leases.take(name, name, 60)
        holder = leases.held_by(name)
        assert holder is not None
        assert leases.is_dead(holder) is dead
