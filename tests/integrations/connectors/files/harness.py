"""A directory of the test's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from integrations.connectors.files.client import safe_name
from integrations.protocol import AudienceRef
from tests.integrations.contract import answers
from tests.integrations.contract.harness import Harness

REAL = "the disk; S3, SFTP and Google Cloud Storage in test_stores"
LINE = "a line is all that a file knows of somebody: off the list, nothing is left"
LOCAL = "nothing goes over a network; what a disk does is tried in test_disk, others in test_stores"
FIELDS = {
    "field_segment_key": "segment",
    "field_segment_name": "called",
    "field_why": "reason, in words",
    "field_message": "message",
    "field_entered_at": "entered_at",
    "field_goal_state": "goal",
}


class FilesHarness(Harness):
    """Hands on a place for files; those of other places override the five at the end."""

    exempt: Mapping[str, str] = {
        "a_list_that_was_renamed_over_there_is_found_by_its_id": "a file is its name",
        "removal_takes_off_the_list_and_keeps_the_contact": LINE,
        "enriching_writes_fields_and_touches_no_list": LINE,
        "who_opted_out_over_there_is_told_to_us": "nobody can opt out in a file",
        "a_field_that_does_not_exist_is_told_by_its_name": "a column is made when it is mapped",
    }

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def options(self) -> Mapping[str, Any]:
        return {"directory": self._folder, **FIELDS}

    def audience_name(self) -> str:
        return f"{super().audience_name()}: ünïcode/…"

    def put(self, audience: AudienceRef, identity: str) -> None:
        name = f"{audience.remote_id}.csv"
        self._write(name, f"{self._read(name)}{identity}\n")

    def take(self, audience: AudienceRef, identity: str) -> None:
        name = f"{audience.remote_id}.csv"
        lines = self._read(name).splitlines(keepends=True)
        self._write(name, "".join(line for line in lines if line.split(",")[0].strip() != identity))

    def destroy(self, audience: AudienceRef) -> None:
        self._remove(f"{audience.remote_id}.csv")

    def held(self, audience: AudienceRef) -> set[str]:
        return {row["customer_id"] for row in self._rows(f"{audience.remote_id}.csv")}

    def contacts(self) -> int:
        return len(self._everybody())

    def has_contact(self, identity: str) -> bool:
        return identity in self._everybody()

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        rows = self._rows(f"{audience.remote_id}.csv")
        return next(row for row in rows if row["customer_id"] == identity)

    def own(self, identity: str) -> object:
        self._write("theirs.csv", f"customer_id,note\n{identity},ours alone\n")
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        return self._read("theirs.csv")

    def make_unwritable(self, name: str) -> None:
        self._write(f"{safe_name(name)}.csv", "Dear colleague,\n")

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "customer_id"}

    def _everybody(self) -> set[str]:
        files = [name for name in self._names() if name.endswith(".csv")]
        return {row["customer_id"] for name in files for row in self._rows(name)}

    def _rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self._read(name), newline="")))

    def _read(self, name: str) -> str:
        return (self._folder / name).read_bytes().decode()

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_bytes(text.encode())

    def _remove(self, name: str) -> None:
        (self._folder / name).unlink()

    def _names(self) -> list[str]:
        return [path.name for path in self._folder.iterdir()]


class DiskHarness(FilesHarness):
    exempt = {
        **FilesHarness.exempt,
        **{scenario.__name__: LOCAL for scenario in answers.SCENARIOS},
        "wrong_credentials_are_told": "a directory asks for none",
        "rights_that_are_missing_are_told": "a directory's rights are the process's own; rights of"
        " others are tried in test_stores",
        "a_check_writes_nothing": LOCAL,
        "a_tool_that_does_not_answer_is_told": LOCAL,
    }


def open_harness(request: pytest.FixtureRequest, tmp_path: Path) -> DiskHarness:
    return DiskHarness(tmp_path)
