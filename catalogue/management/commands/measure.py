"""manage.py measure: work out all metrics of segments, now or as of an instant."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone

from catalogue.management.instants import instant
from catalogue.management.lines import json_line, table
from catalogue.membership.attempt import RefreshError, sentence
from catalogue.metrics.asking import request_measurement
from catalogue.models import Measurement, Reading, RunState, Whose

HEAD = ("segment", "metric", "value", "low", "high", "unit", "n", "why not")
# One that is under way, of a worker say, is waited for.
PATIENCE_SECONDS = 600
TELL_SECONDS = 2.0


class Command(BaseCommand):
    """Measure segments in the foreground, and print their members' readings."""

    help = (
        "Work out all metrics of segments (all that are not archived, or those named) as of one"
        " instant: of their members, of everybody else and of everyone. The events are read once,"
        " however many segments there are. Nothing is published; readings are added."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The arguments of the command."""
        parser.add_argument("keys", nargs="*", metavar="KEY", help="segments; none: all of them")
        parser.add_argument(
            "--now",
            type=instant,
            metavar="INSTANT",
            help="measure as of this instant (default: now); a past one fills history in",
        )
        parser.add_argument("--json", action="store_true", help="print JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, telling how far it is."""
        from catalogue.metrics.measuring import run_measurement

        try:
            now = options["now"] or timezone.now()
            asked = request_measurement(keys=options["keys"], now=now)
            with _Telling(self, asked.pk):
                done = run_measurement(measurement_id=asked.pk, wait_seconds=PATIENCE_SECONDS)
        except (RefreshError, DatabaseError, OSError) as error:
            raise CommandError(sentence(error)) from error
        if done.state != RunState.SUCCEEDED:
            raise CommandError(
                done.error or "Another measuring is under way. Try again when it has ended."
            )
        self._report(done, as_json=options["json"])

    def _report(self, done: Measurement, *, as_json: bool) -> None:
        rows = Reading.objects.filter(measurement=done, whose=Whose.MEMBERS)
        found = [_row(one) for one in rows.select_related("segment").order_by("pk")]
        if as_json:
            for row in found:
                json_line(self.stdout, {**dict(zip(HEAD, row, strict=True)), "now": done.now})
        elif found:
            table(self.stdout, HEAD, [[_cell(one) for one in row] for row in found])
        for what, why in sorted(done.faults.items()):
            self.stderr.write(f"{what}: {why}")


def _row(one: Reading) -> list[object]:
    key = "" if one.segment is None else one.segment.key
    return [key, one.metric, one.value, one.low, one.high, one.unit, one.n, one.reason]


def _cell(value: object) -> object:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else value


class _Telling:
    """A context manager: says on stderr how far a measuring is, every few seconds, if somebody
    looks on."""

    def __init__(self, command: BaseCommand, number: int) -> None:
        self._command, self._number = command, number
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> None:
        if self._command.stderr.isatty():
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _tell(self) -> None:
        while not self._over.wait(TELL_SECONDS):
            row = Measurement.objects.filter(pk=self._number)
            done, total = row.values_list("progress_done", "progress_total").get()
            self._command.stderr.write(f"{done} of {total} events and segments …")
        connection.close()
