"""The master file: 69,659 orders, as it lies in the wheel of `lifetimes`.

The wheel is downloaded as a file and never imported or installed. It is kept, so that a second run
needs no network, and its checksum is checked each time.
"""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = "lifetimes==0.11.3"
WHEEL = "Lifetimes-0.11.3-py3-none-any.whl"
SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
MASTER = "lifetimes/datasets/CDNOW_master.txt"
# Read at the start: the job gives this process a DATA_DIR of its own.
DOWNLOADS = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "downloads"
COLUMNS = ("customer", "date", "number_of_cds", "dollar_value")


class NoMasterFile(Exception):
    """The master file cannot be had; the message is a sentence for people."""


def wheel() -> Path:
    """The wheel on this disk, downloaded if it is not here yet. Raises NoMasterFile."""
    kept = DOWNLOADS / WHEEL
    if not kept.exists():
        _download(DOWNLOADS)
    if _sha256(kept) != SHA256:
        raise NoMasterFile(f"{kept} is not the wheel that was expected. Delete it and try again.")
    return kept


def _download(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Beside its place first: two runs at once never see half a file.
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        command = [sys.executable, "-m", "pip", "download", REQUIREMENT, "--no-deps", "--quiet"]
        command += ["--only-binary", ":all:", "--disable-pip-version-check", "--dest", fresh]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        found = Path(fresh) / WHEEL
        if done.returncode or not found.exists():
            why = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
            raise NoMasterFile(f"{REQUIREMENT} could not be downloaded: {why[0]}")
        found.replace(folder / WHEEL)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def orders() -> Iterator[tuple[str, date, str, str]]:
    """Customer, day, number of CDs and dollars of each order, in the order of the file. The last
    two are text exactly as received."""
    with zipfile.ZipFile(wheel()) as archive:
        lines = archive.read(MASTER).decode("ascii").splitlines()[1:]
    for line in lines:
        customer, day, cds, dollars = line.split()
        yield customer, date.fromisoformat(day), cds, dollars


def write_csv(path: Path) -> None:
    """The master file as a CSV with the columns COLUMNS."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(orders())
