"""The rounds of one connector, in a process with a database of its own; its last line is JSON."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import ExitStack
from pathlib import Path

CALM_ROUNDS = 4


def main(name: str, seed: int, faults: int, folder: Path) -> None:
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    from tests.faults.judging import play, play_calm
    from tests.faults.preparing import lift_rates, plant_bug
    from tests.faults.rounds import ROUNDS
    from tests.faults.world import World

    (folder / "data").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    lift_rates()
    with ExitStack() as stack:
        world = World(name, folder, seed, stack)
        play_calm(world, CALM_ROUNDS)
        plant_bug()
        kinds, weights = list(ROUNDS), list(ROUNDS.values())
        while world.tally.faults.total() < faults:
            (round_,) = world.random.choices(kinds, weights)
            play(world, round_)
        counts = world.tally.counts
        needed = counts["changes"] * world.writes_per_change
        counts["writes_needed"] = round(needed)
        counts["writes_more"] = max(0, round(counts["writes"] - needed))
        print(json.dumps(world.tally.row()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
