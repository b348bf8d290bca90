"""A directory of the test's own."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.integrations.contract import answers
from tests.integrations.contract.harness import Harness

LINES = "a file holds lines and no contacts: there is nothing beside an id that could be kept"
LOCAL = "nothing goes over a network; what a disk does is tried in test_disk"


class FilesHarness(Harness):
    exempt = {
        **{scenario.__name__: LOCAL for scenario in answers.SCENARIOS},
        "a_list_that_was_renamed_over_there_is_found_by_its_id": "a file is its name",
        "a_list_of_a_kind_that_cannot_be_written_to_is_refused": "see test_disk: the file says why",
        "who_is_known_already_is_matched_and_not_made_again": LINES,
        "nobody_is_made_twice": LINES,
        "what_a_tool_keeps_of_its_own_is_left_alone": LINES,
        "removal_takes_off_the_list_and_keeps_the_contact": LINES,
        "fields_are_written_and_written_anew": LINES,
        "fields_of_one_are_not_those_of_another": LINES,
        "enriching_writes_fields_and_touches_no_list": LINES,
        "who_opted_out_over_there_is_told_to_us": LINES,
        "wrong_credentials_are_told": "a directory asks for none; rights are the process's own",
        "rights_that_are_missing_are_told": "tried in test_disk",
        "a_field_that_does_not_exist_is_told_by_its_name": LINES,
        "a_field_that_cannot_be_written_is_told_by_its_name": LINES,
        "a_check_writes_nothing": LOCAL,
        "a_tool_that_does_not_answer_is_told": LOCAL,
    }

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def options(self) -> Mapping[str, Any]:
        return {"directory": self._folder}

    def audience_name(self) -> str:
        return f"{super().audience_name()}: ünïcode/…"

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self._file(audience).open("a", encoding="utf-8") as file:
            file.write(f"{identity}\n")

    def take(self, audience: AudienceRef, identity: str) -> None:
        lines = self._file(audience).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line != identity]
        self._file(audience).write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def destroy(self, audience: AudienceRef) -> None:
        self._file(audience).unlink()

    def held(self, audience: AudienceRef) -> set[str]:
        with self._file(audience).open(encoding="utf-8", newline="") as file:
            return {row[0] for row in csv.reader(file)} - {"customer_id"}

    def has_contact(self, identity: str) -> bool:
        return any(identity in path.read_text().split() for path in self._folder.glob("*.csv"))

    def _file(self, audience: AudienceRef) -> Path:
        return self._folder / f"{audience.remote_id}.csv"


def open_harness(request: pytest.FixtureRequest, tmp_path: Path) -> FilesHarness:
    return FilesHarness(tmp_path)
