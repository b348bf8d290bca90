"""manage.py refresh: judge segments now, or as of an instant, and publish what changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from catalogue.management.instants import instant
from catalogue.management.lines import json_line, table
from catalogue.membership.attempt import RefreshError, sentence
from catalogue.membership.refresh import request_refresh, run_refresh
from catalogue.membership.remembering import write_down
from catalogue.models import RefreshRun, RunState

COLUMNS = ("key", "size", "entered", "left", "version", "milliseconds", "error")
HEAD = ("segment", "size", "entered", "left", "version", "ms", "error")
# A refresh that is under way, of a worker say, is waited for.
PATIENCE_SECONDS = 600


class Command(BaseCommand):
    """Refresh segments, drafts and live ones alike, and print one row for each."""

    help = (
        "Refresh segments (all that are not archived, or those named): judge their definitions as"
        " of one instant on the newest data, and publish a membership version of each that changed."
        " Segments they build on are judged too, at the same instant, but only those named are"
        " published. Exits 1 when any is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The arguments of the command."""
        parser.add_argument("keys", nargs="*", metavar="KEY", help="segments; none: all of them")
        parser.add_argument(
            "--now",
            type=instant,
            metavar="INSTANT",
            help="judge as of this instant (default: now); a past one fills history in",
        )
        parser.add_argument("--json", action="store_true", help="print JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refresh in the foreground."""
        try:
            run = request_refresh(keys=options["keys"], now=options["now"])
            run = run_refresh(
                run_id=run.pk, clock_now=timezone.now(), wait_seconds=PATIENCE_SECONDS
            )
        except (RefreshError, DatabaseError, OSError) as error:
            raise CommandError(sentence(error)) from error
        try:
            self._report(run, as_json=options["json"])
        finally:
            # This process ends, and the next one is to begin where it was.
            write_down(run, is_last=True)

    def _report(self, run: RefreshRun, *, as_json: bool) -> None:
        if run.state != RunState.SUCCEEDED:
            raise CommandError(
                run.error
                or f"The refresh is {run.get_state_display().lower()}, not done. Look at"
                " the other refresh that is running, then try again."
            )
        if as_json:
            for row in run.results:
                json_line(self.stdout, {**row, "now": run.now})
        elif run.results:
            rows = [[row[column] for column in COLUMNS] for row in run.results]
            table(self.stdout, HEAD, rows)
        else:
            self.stdout.write("There are no segments yet: manage.py segments apply FOLDER\n")
        refused = [row["key"] for row in run.results if row["error"]]
        if refused:
            raise CommandError(
                f"{len(refused)} of {len(run.results)} segments could not be refreshed and keep"
                f" their last good version: {', '.join(refused)}."
            )
