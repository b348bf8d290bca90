"""A refresh that follows from the one before finds exactly what a full one finds."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged, Outcome
from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.snapshot import open_snapshot, read_snapshot, write_snapshot
from tests.generative.timelines import Moment, timeline

STEPS = 10
FEW, MANY = 3, 20


def follow(rng: Random, steps: int) -> Counter[tuple[str, bool]]:
    """How many scans of each kind were updates, and how many were not."""
    kept = Kept(1 << 30)
    seen: Counter[tuple[str, bool]] = Counter()
    for moment in timeline(rng, steps):
        full = evaluate(moment.segments, moment.tables, now=moment.now)
        following = evaluate(moment.segments, moment.tables, now=moment.now, kept=kept)
        assert differences(moment, following.outcomes, full.outcomes) == {}
        seen.update((scan.kind, scan.is_update) for scan in following.scans)
    return seen


def begun_from(path: Path, kept: Kept, moment: Moment) -> Kept:
    """What another process remembers that has nothing but what was written."""
    told = BytesIO()
    write_snapshot(kept, moment.tables, {}, {}, told)
    path.write_bytes(told.getvalue())
    fresh = Kept(1 << 30)
    with path.open("rb") as file:
        read_snapshot(fresh, open_snapshot(file), lambda _: True)
    return fresh


def follow_from_files(rng: Random, steps: int, path: Path) -> Counter[tuple[str, bool]]:
    """The same, where now and then another process goes on with what was written."""
    kept = Kept(1 << 30)
    seen: Counter[tuple[str, bool]] = Counter()
    has_begun = False
    for moment in timeline(rng, steps):
        full = evaluate(moment.segments, moment.tables, now=moment.now)
        following = evaluate(moment.segments, moment.tables, now=moment.now, kept=kept)
        assert differences(moment, following.outcomes, full.outcomes) == {}
        if has_begun:
            seen.update((scan.kind, scan.is_update) for scan in following.scans)
        has_begun = rng.random() < 0.6
        if has_begun:
            kept = begun_from(path, kept, moment)
        elif rng.random() < 0.5:
            # Else its arrays lie in the file for one more refresh.
            kept.leave_the_file()
    return seen


def differences(
    moment: Moment, following: dict[str, Outcome], full: dict[str, Outcome]
) -> dict[str, object]:
    pairs = {key: (plain(following[key]), plain(full[key])) for key in moment.segments}
    return {key: (pair, moment.segments[key]) for key, pair in pairs.items() if pair[0] != pair[1]}


def plain(outcome: Outcome) -> object:
    return list(outcome.members) if isinstance(outcome, Judged) else str(outcome.error)


def test_the_first_few_timelines_are_followed_exactly_and_mostly_without_a_scan() -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for seed in range(FEW):
        seen += follow(Random(seed), STEPS)

    assert seen["events", True] > seen["events", False]
    assert seen["trait", True] > 0
    assert seen["sample", True] > 0


def test_the_first_few_timelines_are_followed_exactly_from_files(tmp_path: Path) -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for seed in range(2 * FEW):
        seen += follow_from_files(Random(seed), STEPS, tmp_path / "kept")

    assert seen["events", True] > seen["events", False]
    assert seen["trait", True] > 0
    assert seen["sample", True] > 0


@pytest.mark.generated
@pytest.mark.parametrize("seed", range(FEW, MANY))
def test_a_timeline_is_followed_exactly(seed: int) -> None:
    follow(Random(seed), 2 * STEPS)


@pytest.mark.generated
@pytest.mark.parametrize("seed", range(2 * FEW, 2 * MANY))
def test_a_timeline_is_followed_exactly_from_files(seed: int, tmp_path: Path) -> None:
    follow_from_files(Random(seed), 2 * STEPS, tmp_path / "kept")
