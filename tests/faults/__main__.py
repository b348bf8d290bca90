"""Runs rounds of faults over all connectors that have a fake, and prints one JSON summary last.

python -m tests.faults                 # 3,000 faults and more
python -m tests.faults --smoke         # some 300, under five minutes
python -m tests.faults --mutants       # plants each bug, and has to catch every one
python -m tests.faults --only hubspot --seed 7 --faults 50
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.tally import ZEROS, Tally

ROOT = Path(__file__).parents[2]
DATABASE = "catalogue.sqlite3"
# Processes at once: more than cores, since half of the time they wait for a tool.
AT_ONCE = 4
FULL, SMOKE, MUTANT = 3_200, 310, 120
# A tool with ids of its own, and one that knows people by their address.
MUTANT_CONNECTORS = ("hubspot", "mailchimp")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--bug", action="append", default=[], help="plant only these")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--faults", type=int, default=0)
    asked = parser.parse_args()
    names = asked.only or faked()
    if asked.mutants or asked.bug:
        return mutants(names, asked.seed, asked.faults or MUTANT, asked.bug)
    total = asked.faults or (SMOKE if asked.smoke else FULL)
    tally = run(names, asked.seed, total)
    for note in tally.notes:
        print(note)
    print(json.dumps(tally.summary(asked.seed)))
    return 0 if tally.is_clean and tally.faults.total() >= total else 1


def faked() -> list[str]:
    """The connectors to a vendor that is faked, by name; a store of files is none."""
    found = (ROOT / "tests/integrations/connectors").glob("*/fake.py")
    return sorted(path.parent.name for path in found if path.parent.name != "files")


def run(names: list[str], seed: int, faults: int, bug: str = "") -> Tally:
    """So many faults, spread over the connectors, some of them at a time."""
    each = -(-faults // len(names))
    tally = Tally()
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        ThreadPoolExecutor(max_workers=AT_ONCE) as pool,
    ):
        empty = migrated(Path(folder))
        for name, found in pool.map(lambda one: (one, _one(one, seed, each, bug, empty)), names):
            print(f"{name}: {found.faults.total()} faults, {_found(found)}", flush=True)
            tally.add(found)
    return tally


def migrated(folder: Path) -> Path:
    """A database without rows, which every connector's process begins with a copy of."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        env=dict(_environment(folder, "")),
        check=True,
        cwd=ROOT,
    )
    return folder / DATABASE


def mutants(names: list[str], seed: int, faults: int, bugs: list[str]) -> int:
    """Every bug planted in turn; which were caught, and by what."""
    from tests.faults.mutants import MUTANTS

    chosen = [name for name in names if name in MUTANT_CONNECTORS] or names
    caught = {}
    for bug in bugs or MUTANTS:
        found = run(chosen, seed, faults, bug)
        caught[bug] = sorted(name for name in ZEROS if found.counts[name])
        if found.counts["broken_runs"]:
            # That nothing goes on at all is no proof that the bug would be seen.
            print("\n".join(found.notes))
        print(f"{bug}: {', '.join(caught[bug]) or 'NOT CAUGHT'}", flush=True)
    missed = [bug for bug, by in caught.items() if not by]
    summary = {"seed": seed, "mutants": len(caught), "caught": len(caught) - len(missed)}
    print(json.dumps(summary | {"missed": missed}))
    return 1 if missed else 0


def _found(tally: Tally) -> str:
    if tally.counts["broken_runs"]:
        return "and then the run broke off: nothing is known of it"
    bad = {name: tally.counts[name] for name in ZEROS if tally.counts[name]}
    return json.dumps(bad) if bad else "nothing lost, doubled or sent against a wish"


def _one(name: str, seed: int, faults: int, bug: str, empty: Path) -> Tally:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        shutil.copy(empty, Path(folder) / DATABASE)
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.worker", name, str(seed), str(faults), folder],
            env=dict(_environment(Path(folder), bug)),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
        )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        tally = Tally()
        tally.counts["broken_runs"] += 1
        tally.notes.append(f"{name}: the run broke off with {done.returncode}")
        return tally
    return Tally.read(json.loads(lines[-1]))


def _environment(folder: Path, bug: str) -> Iterator[tuple[str, str]]:
    yield from os.environ.items()
    yield "DJANGO_SETTINGS_MODULE", "config.settings.dev"
    yield "DATABASE_URL", f"sqlite:///{folder}/{DATABASE}"
    yield "DATA_DIR", str(folder / "data")
    yield "WAREHOUSE_URL", f"lake://{folder}/lake"
    yield "SECRET_KEY", "only for tests"
    yield "REDIS_URL", ""
    yield "PYTHONPATH", str(ROOT)
    yield "PLANTED_BUG", bug
    yield "ZYGOTE_FIRST", "tests.faults.preparing:prepare"


if __name__ == "__main__":
    sys.exit(main())
