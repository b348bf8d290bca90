"""What must be so at each step of the job. A check that fails ends it with a sentence."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from demo.cdnow.table import Line
from demo.cdnow.workspace import Row

ORDERS, CUSTOMERS = 69_659, 23_570
MAILED = range(200, 501)


class NotAsItShould(Exception):
    """The job ran, and something is not as it should be."""


def check(is_so: bool, sentence: str) -> None:
    """Raise NotAsItShould with the sentence unless it is so."""
    if not is_so:
        raise NotAsItShould(sentence)


def check_load(row: Row) -> None:
    """Every order is there, the 255 identical ones too."""
    check(
        (row["rows_loaded"], row["customers_created"]) == (ORDERS, CUSTOMERS),
        f"{row['rows_loaded']:,} orders of {row['customers_created']:,} customers were loaded, not"
        f" {ORDERS:,} of {CUSTOMERS:,}.",
    )


def check_refresh(rows: Iterable[Row], before: dict[str, int], wanted: set[str]) -> None:
    """Every segment was judged, holds somebody, and its size is the one before, plus who entered,
    minus who left."""
    found = {row["key"]: row for row in rows}
    check(set(found) == wanted, f"{sorted(found)} were refreshed, not {sorted(wanted)}.")
    for key, row in found.items():
        check(not row["error"], f"{key} was refused: {row['error']}")
        check(0 < row["size"] < CUSTOMERS, f"{key} holds {row['size']:,} of all customers.")
        expected = before.get(key, 0) + row["entered"] - row["left"]
        check(row["size"] == expected, f"{key} holds {row['size']:,}, but should {expected:,}.")


def check_sync(rows: Iterable[Row], sizes: dict[str, int]) -> None:
    """Every tool holds exactly the members it should."""
    for row in rows:
        where = f"{row['segment']} in {row['destination']}"
        held, size = row["held"], sizes[row["segment"]]
        check(row["drift"] == 0, f"{where} is off by {row['drift']} after its sync.")
        check(held - row["foreign"] == size, f"{where} holds {held}, but has {size} members.")


def check_file(folder: Path, line: Line, instant: str) -> None:
    """The file and its manifest say the same as the table, read without any of our code."""
    for manifest in folder.glob("*.manifest.json"):
        said = json.loads(manifest.read_text(encoding="utf-8"))
        if line.segment in said.values():
            break
    else:
        raise NotAsItShould(f"There is no file for {line.segment} in {folder}.")
    data = manifest.with_name(manifest.name.replace(".manifest.json", ".csv")).read_bytes()
    ids = [row[0] for row in csv.reader(data.decode().splitlines())][1:]
    check(len(set(ids)) == len(ids) == line.size, f"The file of {line.segment} has {len(ids)} ids.")
    shown = json.dumps(said)
    check(hashlib.sha256(data).hexdigest() in shown, f"The checksum of {line.segment} is wrong.")
    check(instant in shown, f"The manifest of {line.segment} is not as of {instant}.")
