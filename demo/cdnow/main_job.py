"""The main job once, on real data: `python -m demo.cdnow.main_job`, or `make demo`.

23,570 customers and their 69,659 orders become seven segments, refreshed twice; six go to files,
one to a mailing list of a real GNU Mailman. There somebody meddles behind our back; the drift is
shown, repaired and shown again. Every expectation is checked: exit 1 with a sentence if one fails.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from demo.cdnow import checks, master_file
from demo.cdnow.checks import NotAsItShould, check
from demo.cdnow.table import Line, lines_of_text
from demo.cdnow.workspace import CommandFailed, Row, manage, open_workspace

ROOT = Path(__file__).resolve().parents[2]
SEGMENTS = Path(__file__).resolve().parent / "segments"
INSTANTS = ("1998-07-01", "1998-08-01")
FILES, LETTERS = "drop", "letters"
MAILED = "good-buyers-gone-quiet"


@dataclass(kw_only=True)
class Job:
    """One run of it in a workspace of its own. `newest` is each segment's newest refresh."""

    folder: Path
    quick: bool
    newest: dict[str, Row] = field(default_factory=dict)

    @property
    def drop(self) -> Path:
        """Where files are dropped."""
        return self.folder / "drop"

    @property
    def sizes(self) -> dict[str, int]:
        """How many are in each segment."""
        return {key: int(row["size"]) for key, row in self.newest.items()}

    def run(self) -> list[Line]:
        """Everything, in the order in which it is to be read."""
        open_workspace(self.folder)
        self.collect()
        self.define()
        with self.tools():
            for instant in INSTANTS:
                self.refresh(instant)
                rows = self.sync()
            table = [self.line(row) for row in rows]
            self.check_files(table)
            if not self.quick:
                table += self.meddle()
        return table

    def collect(self) -> None:
        """The master file, loaded like any CSV. It has no event ids: all rows are kept."""
        orders = self.folder / "orders.csv"
        master_file.write_csv(orders)
        columns = ("--event", "order_paid", "--customer", "customer", "--time", "date")
        answer = manage("load", "events", str(orders), *columns, "--json")
        checks.check_load(next(row for row in answer.rows if row["type"] == "load"))
        say(f"Loaded {checks.ORDERS:,} orders of {checks.CUSTOMERS:,} customers.")

    def define(self) -> None:
        """The segment files, applied together."""
        manage("segments", "apply", str(SEGMENTS), "--json")
        self.keys = {file.stem for file in SEGMENTS.glob("*/*.yaml")}
        say(f"Applied {len(self.keys)} segments.")

    @contextmanager
    def tools(self) -> Iterator[None]:
        """The destinations, for as long as they are needed."""
        self.drop.mkdir()
        option = f"directory={self.drop}"
        manage("destinations", "add", "files", "--name", FILES, "--option", option, "--json")
        if self.quick:
            yield
            return
        from integrations.connectors.mailman.local_server import running_mailman

        folder, environment = self.folder / "mailman", ROOT / ".venv-mailman"
        with running_mailman(folder, environment=environment) as self.mailman:
            os.environ["DEMO_MAILMAN_PASSWORD"] = self.mailman.password
            options = {
                "url": self.mailman.url,
                "user": self.mailman.user,
                "password": "env:DEMO_MAILMAN_PASSWORD",
                "domain": "lists.cdnow.example",
                "identity": "{customer_id}@cdnow.example",
            }
            pairs = [part for pair in options.items() for part in ("--option", "=".join(pair))]
            manage("destinations", "add", "mailman", "--name", LETTERS, *pairs, "--json")
            say("A GNU Mailman is running.")
            yield

    def refresh(self, instant: str) -> None:
        """All segments as of one instant."""
        answer = manage("refresh", "--now", f"{instant}T00:00:00Z", "--json")
        checks.check_refresh(answer.rows, self.sizes, self.keys)
        self.newest = {row["key"]: row for row in answer.rows}
        size = self.sizes[MAILED]
        check(size in checks.MAILED, f"{MAILED} has {size} members, not 200 to 500.")
        say(f"Refreshed as of {instant}: {MAILED} has {size} members.")

    def sync(self) -> Sequence[Row]:
        """What is wanted of every tool that is there."""
        wanted = [FILES] if self.quick else [FILES, LETTERS]
        rows = [row for to in wanted for row in manage("sync", "--to", to, "--json").rows]
        expected = self.keys - {MAILED} if self.quick else self.keys
        check({row["segment"] for row in rows} == expected, "Not every segment was synced.")
        checks.check_sync(rows, self.sizes)
        return rows

    def check_files(self, table: Sequence[Line]) -> None:
        """Every file says what the table says. An unchanged refresh makes no version: there the
        older one still stands."""
        for line in (line for line in table if line.destination == FILES):
            instant = INSTANTS[1 if line.entered + line.left else 0]
            checks.check_file(self.drop, line, instant)

    def line(self, row: Row, *, event: str = "") -> Line:
        """One line of the table, of a row of `sync` or `drift`."""
        newest = self.newest[row["segment"]]
        return Line(
            segment=row["segment"],
            size=newest["size"],
            entered=newest["entered"],
            left=newest["left"],
            milliseconds=float(newest["milliseconds"]),
            destination=f"{row['destination']}{event}",
            held=row["held"],
            drift=row["drift"] if "drift" in row else row["missing"] + row["extra"],
        )

    def meddle(self) -> list[Line]:
        """Somebody takes one member off the list and puts a stranger on it."""
        from demo.cdnow.meddling import STRANGER, BackDoor

        door = BackDoor(self.mailman)
        ours = door.members()
        check(len(ours) == self.sizes[MAILED], f"Mailman itself says {len(ours)} members.")
        victim = min(ours)
        door.remove(victim)
        door.add(STRANGER)
        (seen,) = manage("drift", MAILED, "--to", LETTERS, "--json", codes=(2,)).rows
        found = (seen["missing"], seen["extra"], seen["foreign"])
        check(found == (1, 0, 1), f"The drift is {found}: missing, extra, foreign.")
        (synced,) = manage("sync", MAILED, "--to", LETTERS, "--json").rows
        (after,) = manage("drift", MAILED, "--to", LETTERS, "--json").rows
        found = (after["missing"], after["extra"], after["foreign"])
        check(found == (0, 0, 1), f"After the sync the drift is {found}: missing, extra, foreign.")
        check(door.members() == ours | {STRANGER}, f"Not {victim} and the stranger are there.")
        say(
            f"Took {victim} off the list and put {STRANGER} on it; a sync brought back the first"
            " and left the second."
        )
        return [
            self.line(seen, event=", meddled with"),
            self.line(after, event=", synced again"),
        ]


def say(sentence: str) -> None:
    """Progress goes to stderr, so that the table can be piped."""
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    """Run the job in a temporary workspace and print its table."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave Mailman out")
    parser.add_argument("--json", action="store_true", help="print JSON Lines, not a table")
    parser.add_argument("--keep", type=Path, help="an empty folder to work in, kept afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="catalogue-demo-") as temporary:
        folder = (options.keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            table = Job(folder=folder, quick=options.quick).run()
        except (CommandFailed, NotAsItShould, master_file.NoMasterFile) as error:
            say(f"The demo failed: {error}")
            return 1
    shown = (json.dumps(asdict(line)) for line in table) if options.json else lines_of_text(table)
    print("\n".join(shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
