"""The rounds of one connector, in a process with a migrated database of its own; its last line is
JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.faults.rounds import ROUNDS, Round
from tests.faults.world import World

CALM_ROUNDS = 4


def main(name: str, seed: int, faults: int, folder: Path) -> None:
    import django

    django.setup()
    logging.disable(logging.CRITICAL)

    from tests.faults.judging import play, play_calm
    from tests.faults.preparing import lift_rates, plant_bug

    bug = os.environ["PLANTED_BUG"]
    (folder / "data").mkdir(exist_ok=True)
    lift_rates()
    with ExitStack() as stack:
        world = World(name, folder, seed, stack)
        play_calm(world, CALM_ROUNDS)
        plant_bug()
        for round_ in chosen(world, list(ROUNDS.items())):
            if world.tally.faults.total() >= faults or (bug and not world.tally.is_clean):
                break
            play(world, round_)
        counts = world.tally.counts
        needed = counts["changes"] * world.writes_per_change
        counts["writes_needed"] = round(needed)
        counts["writes_more"] = max(0, round(counts["writes"] - needed))
        print(json.dumps(world.tally.row()))


def chosen(world: World, kinds: list[tuple[Round, int]]) -> Iterator[Round]:
    """Rounds without end: at random by their weights, or, where a bug is to be caught, each kind in
    turn."""
    while True:
        if os.environ["PLANTED_BUG"]:
            yield from (kind for kind, _ in world.random.sample(kinds, len(kinds)))
        else:
            yield from world.random.choices(*zip(*kinds, strict=True), k=10)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
