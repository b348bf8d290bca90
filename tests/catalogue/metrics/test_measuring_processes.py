"""Measurings in real processes: killed at any step, and racing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.metrics.asking import request_measurement
from catalogue.metrics.due import request_due_measurements
from catalogue.metrics.measuring import run_measurement
from catalogue.models import Lease, Measurement, Reading, RunState
from catalogue.tasks import measure_run
from tests.catalogue.workspace import NOW, define, load_workspace, refresh
from tests.zygote import Zygote

# Each process loads the libraries of statistics, which takes some seconds.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.long,
]

AT = ("--now", NOW.isoformat())


@pytest.fixture
def zygote(child_env: dict[str, str]) -> Iterator[Zygote]:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    refresh()
    with Zygote(child_env) as zygote:
        yield zygote


def written() -> int:
    return Reading.objects.filter(measurement__isnull=False).count()


@pytest.mark.parametrize(
    "place", ["measure: claimed", "measure: measured", "measure: readings written"]
)
def test_a_killed_worker_leaves_nothing_half_written_and_the_next_one_does_it_again(
    zygote: Zygote, place: str
) -> None:
    assert zygote.run("measure", *AT, crash_at=f"{place}:1").was_killed
    assert written() == 0
    # As the tick finds it once the lease has run out.
    Lease.objects.update(expires_at=None)
    (number, *_) = request_due_measurements()
    measure_run(number)
    done = Measurement.objects.get(pk=number)
    assert (done.state, done.attempts) == (RunState.SUCCEEDED, 2)
    assert written() > 20


def test_two_workers_at_once_write_one_measuring_once(zygote: Zygote) -> None:
    asked = request_measurement(keys=[], now=NOW)
    started = [zygote.start("measure", *AT) for _ in range(2)]
    assert [zygote.wait(pid).code for pid in started] in ([0, 0], [0, 1], [1, 0])
    once = Reading.objects.filter(measurement=asked).count()
    run_measurement(measurement_id=asked.pk)
    assert Reading.objects.filter(measurement=asked).count() == once
    assert once > 20
