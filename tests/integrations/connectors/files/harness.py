"""A directory of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from integrations.protocol import AudienceRef


class FilesHarness:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def options(self) -> Mapping[str, Any]:
        return {"directory": self._folder}

    def audience_name(self) -> str:
        return "At risk: ünïcode/…"

    def identity(self, number: int) -> str:
        return f"customer-{number}"

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self._file(audience).open("a", encoding="utf-8") as file:
            file.write(f"{identity}\n")

    def take(self, audience: AudienceRef, identity: str) -> None:
        lines = self._file(audience).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line != identity]
        self._file(audience).write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def destroy(self, audience: AudienceRef) -> None:
        self._file(audience).unlink()

    def _file(self, audience: AudienceRef) -> Path:
        return self._folder / f"{audience.remote_id}.csv"


def open_harness(request: pytest.FixtureRequest, tmp_path: Path) -> FilesHarness:
    return FilesHarness(tmp_path)
