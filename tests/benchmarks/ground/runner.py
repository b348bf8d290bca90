"""Contestants in processes of their own, none with another one's memory or threads."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.benchmarks.ground.scale import Scale

ROOT = Path(__file__).resolve().parents[3]


class ContestantFailed(Exception):
    """A contestant could not do what it was asked; the message is its traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a task found, and the seconds it took over there."""

    seconds: float
    found: Any


class Runner:
    """A process of `serving` for one contestant on one scale."""

    def __init__(self, who: str, scale: Scale, folder: Path) -> None:
        self.who = who
        numbers = (scale.customers, scale.events, scale.edges)
        module = "tests.benchmarks.ground.serving"
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, who, str(folder), *map(str, numbers)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._is_ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def ready(self) -> Self:
        """Wait until it has made its tables and the like."""
        if not self._is_ready:
            self._read("start")
            self._is_ready = True
        return self

    def ask(self, task: str, **options: object) -> Answer:
        """Have it do a task, once it is ready. Raises ContestantFailed."""
        self.ready()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"task": task, **options}) + "\n")
        self._process.stdin.flush()
        return self._read(task)

    def _read(self, task: str) -> Answer:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "it ended"}
        if "error" in answer:
            raise ContestantFailed(f"{self.who}, {task}: {answer['error']}")
        return Answer(**answer)
