"""How fast syncs are: planning the difference of a segment of a million, the memory of its first
sync, and, for every connector with a fake, how much of what its tool allows is used at 200 ms an
answer (SIZE=small: a tenth of the people, and a few seconds for each connector)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
IS_SMALL = os.environ.get("SIZE", "small") == "small"
PEOPLE = 100_000 if IS_SMALL else 1_000_000
SECONDS = 6 if IS_SMALL else 25


def main() -> int:
    """Print a JSON line for each measurement; 0 if all are as promised."""
    from tests.benchmarks.ground.rows import Line, Row, line_of

    lines: list[Line] = []

    def show(row: Row, value: float, other: float | None = None) -> None:
        lines.append(line_of(row, value, other))
        print(lines[-1].json(), flush=True)

    million = run("million", str(PEOPLE))
    named = f"a segment of {PEOPLE:,} members"
    show(
        Row(
            measure=f"planning the difference of {named}, median",
            figure="plan",
            unit="ms",
            at_most=50,
        ),
        million["plan_ms"],
    )
    show(
        Row(
            measure=f"memory that the first sync of {named} adds, to a file",
            figure="memory",
            unit="MiB",
            at_most=300,
        ),
        million["memory_mib"],
    )
    show(
        Row(measure=f"first sync of {named}, to a file", figure="first"),
        million["first_s"],
    )
    broken = False
    for name in connectors():
        found = run("throughput", name, str(SECONDS))
        if "fault" in found:
            print(json.dumps({"not_measured": name, "why": found["fault"]}))
            broken = True
            continue
        show(
            Row(
                measure=f"{name}: {found['requests']} requests, {found['people']} people, at 200 ms"
                f" an answer; {found['limit']}",
                figure="took",
                against="allowed",
                beside="what the limits allow",
                at_least=0.95,
            ),
            found["took_s"],
            found["allowed_s"],
        )
    return 1 if broken or not all(line.ok for line in lines) else 0


def connectors() -> list[str]:
    """Those with a fake vendor."""
    from tests.faults.__main__ import faked

    return faked()


def run(*args: str) -> dict[str, float]:
    """One measurement, in a process and with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-sync-") as folder:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": f"sqlite:///{folder}/catalogue.sqlite3",
            "DATA_DIR": f"{folder}/data",
            "WAREHOUSE_URL": f"lake://{folder}/lake",
            "SECRET_KEY": "only for benchmarks",
            "REDIS_URL": "",
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.ground.syncing", *args, folder],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=ROOT,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
