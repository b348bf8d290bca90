"""The main job on CDNOW's orders: its numbers agree with pandas, and it notices what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from demo.cdnow.checks import NotAsItShould, check_load, check_refresh, check_sync
from tests.demo.cdnow_oracle import SEGMENTS, members, read_orders

ROOT = Path(__file__).parents[2]
INSTANTS = ("1998-07-01", "1998-08-01")
# One worker runs the job once for all of these.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("cdnow")]

LOOK = """
import json, os, sys
import django
django.setup()
from datetime import datetime
from catalogue import published
from catalogue.published import Purpose
for key in json.loads(sys.argv[1]):
    for instant in json.loads(sys.argv[2]):
        version = published.as_of(key, datetime.fromisoformat(instant + "T00:00:00+00:00"))
        people = published.people(version, purpose=Purpose.EXPORT, viewer=None)
        ids = [customer for _, customer in people.ids()]
        print(json.dumps({"key": key, "instant": instant, "ids": ids}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of the job printed, and who was in each segment at each instant."""

    lines: list[dict[str, object]]
    said: str
    ids: Mapping[tuple[str, str], list[str]]

    def line(self, segment: str, destination: str) -> dict[str, object]:
        (found,) = (
            line
            for line in self.lines
            if (line["segment"], line["destination"]) == (segment, destination)
        )
        return found


def own_environment(**more: str) -> dict[str, str]:
    """The environment of somebody at a shell, without what pytest sets for this process."""
    taken = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    return {name: value for name, value in os.environ.items() if name not in taken} | more


def run_job(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo.cdnow.main_job", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=own_environment(**more), capture_output=True, text=True, timeout=300
    )


def rows_of(text: str) -> Iterator[dict[str, object]]:
    return (json.loads(line) for line in text.splitlines())


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The whole job with Mailman, once."""
    folder = tmp_path_factory.mktemp("cdnow")
    done = run_job("--json", "--keep", str(folder))
    assert done.returncode == 0, done.stderr
    environment = own_environment(
        DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="config.settings.dev", LOG_LEVEL="ERROR"
    )
    command = [sys.executable, "-c", LOOK, json.dumps(list(SEGMENTS)), json.dumps(INSTANTS)]
    looked = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert looked.returncode == 0, looked.stderr
    ids = {(row["key"], row["instant"]): row["ids"] for row in rows_of(looked.stdout)}
    return Outcome(lines=list(rows_of(done.stdout)), said=done.stderr, ids=ids)


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return read_orders()


def test_the_master_file_has_255_rows_that_are_identical_to_another(orders: pd.DataFrame) -> None:
    assert len(orders) == 69_659
    assert orders["customer"].nunique() == 23_570
    assert orders.duplicated(["customer", "at", "cds", "dollars"]).sum() == 255


@pytest.mark.parametrize("key", SEGMENTS)
@pytest.mark.parametrize("instant", INSTANTS)
def test_pandas_finds_the_same_members(
    outcome: Outcome, orders: pd.DataFrame, key: str, instant: str
) -> None:
    ids = outcome.ids[key, instant]
    assert len(set(ids)) == len(ids)
    assert set(ids) == members(orders, key, pd.Timestamp(instant, tz="UTC"))


@pytest.mark.parametrize("key", SEGMENTS)
def test_pandas_finds_the_numbers_of_the_table(
    outcome: Outcome, orders: pd.DataFrame, key: str
) -> None:
    before, after = (members(orders, key, pd.Timestamp(i, tz="UTC")) for i in INSTANTS)
    where = "letters" if key == "good-buyers-gone-quiet" else "drop"
    line = outcome.line(key, where)
    assert (line["size"], line["entered"], line["left"]) == (
        len(after),
        len(after - before),
        len(before - after),
    )
    assert (line["held"], line["drift"]) == (len(after), 0)
    assert float(str(line["milliseconds"])) >= 0


def test_the_segments_are_neither_everybody_nor_all_the_same(
    outcome: Outcome, orders: pd.DataFrame
) -> None:
    sizes = {key: len(outcome.ids[key, INSTANTS[1]]) for key in SEGMENTS}
    assert len(set(sizes.values())) == len(SEGMENTS)
    assert 200 <= sizes["good-buyers-gone-quiet"] <= 500
    assert all(200 <= size < 0.7 * 23_570 for size in sizes.values())


def test_the_meddling_is_seen_and_repaired_and_the_stranger_stays(outcome: Outcome) -> None:
    key = "good-buyers-gone-quiet"
    size = outcome.line(key, "letters")["size"]
    meddled = outcome.line(key, "letters, meddled with")
    repaired = outcome.line(key, "letters, synced again")
    # One of ours is gone, one stranger is there: as many addresses as before, but one is missing.
    assert (meddled["held"], meddled["drift"]) == (size, 1)
    assert (repaired["held"], repaired["drift"]) == (int(str(size)) + 1, 0)
    assert "stranger@elsewhere.example" in outcome.said


def test_a_damaged_download_ends_the_job_with_a_sentence(tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    (downloads / "Lifetimes-0.11.3-py3-none-any.whl").write_bytes(b"not this one")
    done = run_job("--quick", DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "is not the wheel that was expected" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_few_orders_are_noticed() -> None:
    with pytest.raises(NotAsItShould, match="69,404 orders of 23,570 customers"):
        check_load({"rows_loaded": 69_404, "customers_created": 23_570})


def refreshed(**changed: object) -> dict[str, object]:
    return {"key": "a", "size": 12, "entered": 4, "left": 2, "error": "", **changed}


def test_a_refresh_that_adds_up_passes() -> None:
    check_refresh([refreshed()], {"a": 10}, {"a"})


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (refreshed(size=13), "should 12"),
        (refreshed(error="unknown event"), "refused"),
        (refreshed(size=0, entered=0, left=10), "holds 0"),
        (refreshed(key="b"), "not \\['a'\\]"),
    ],
)
def test_a_refresh_that_does_not_add_up_is_noticed(row: dict[str, object], why: str) -> None:
    with pytest.raises(NotAsItShould, match=why):
        check_refresh([row], {"a": 10}, {"a"})


@pytest.mark.parametrize(("held", "drift"), [(11, 1), (11, 0), (13, 0)])
def test_a_tool_that_does_not_hold_the_members_is_noticed(held: int, drift: int) -> None:
    row = {"segment": "a", "destination": "drop", "held": held, "drift": drift, "foreign": 0}
    with pytest.raises(NotAsItShould, match="a in drop"):
        check_sync([row], {"a": 12})
