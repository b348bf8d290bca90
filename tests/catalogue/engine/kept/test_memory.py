"""Two lanes remember at once, and no more than there is room for."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from catalogue.engine.kept import memory
from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.traits import FoundByTrait, TraitQuestion
from tests.generative.growing import GrowingTables, State

NOW = datetime(2026, 5, 1, tzinfo=UTC)
EACH = 8


class Large:
    """What a scan leaves behind; while it is weighed the other lane has its turn."""

    @property
    def nbytes(self) -> int:
        time.sleep(0)
        return EACH


class Scanned:
    """Stands for scans of traits: they take no time here, so that the lanes meet often."""

    @staticmethod
    def scanned(question: TraitQuestion) -> tuple[Large, FoundByTrait]:
        return Large(), FoundByTrait(members={}, rows=0)


def remember(kept: Kept, count: int) -> None:
    tables = GrowingTables(State())

    def ask(lane: str) -> None:
        for number in range(count):
            kept.about_trait(
                TraitQuestion(
                    name=f"{lane}{number}",
                    subject="customer",
                    conditions=[],
                    tables=tables,
                    now=NOW,
                )
            )

    with ThreadPoolExecutor(2) as lanes:
        list(lanes.map(ask, ("left", "right")))


@pytest.fixture(autouse=True)
def quick_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KeptTrait", Scanned)


def test_two_lanes_remember_what_each_of_them_found() -> None:
    kept = Kept(1 << 20)
    remember(kept, 20)
    assert len(kept.traits) == 40
    assert kept.nbytes == 40 * EACH


def test_two_lanes_together_remember_no_more_than_there_is_room_for() -> None:
    kept = Kept(10 * EACH)
    remember(kept, 20)
    assert kept.nbytes == 10 * EACH
