"""manage.py discover EVENT: look for groups that reach a goal more or less often."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.management.instants import instant
from catalogue.management.lines import json_line, table
from catalogue.models import Discovery, RunState, Via
from catalogue.research.discovering import request_discovery, run_discovery
from catalogue.research.refusals import ResearchRefused

COLUMNS = ("group", "people", "rate %", "from", "to", "all %", "lift", "p")


class Command(BaseCommand):
    """Discovery on the command line."""

    help = (
        "Look for groups that do EVENT within some days much more, or less, often than the others:"
        " of a segment among those who entered it, else among everyone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The arguments of the command."""
        parser.add_argument("event", metavar="EVENT")
        parser.add_argument("--days", type=int, default=14, help="within how many (default: 14)")
        parser.add_argument("--segment", default="", metavar="KEY")
        parser.add_argument("--now", type=instant, metavar="INSTANT", help="default: now")
        parser.add_argument("--json", action="store_true", help="print JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, here and now, and print what was found."""
        asked = {name: options[name] for name in ("event", "days", "segment")}
        try:
            made = request_discovery(
                **asked, by=None, via=Via.COMMAND, now=options["now"] or timezone.now()
            )
        except ResearchRefused as refused:
            raise CommandError(str(refused)) from refused
        found = run_discovery(number=made.pk)
        if found.state != RunState.SUCCEEDED:
            raise CommandError(found.error or "The search was stopped.")
        self._print(found, as_json=options["json"])

    def _print(self, found: Discovery, *, as_json: bool) -> None:
        rows = [
            [
                group.english,
                group.size,
                *(100 * one for one in (group.rate, group.low, group.high, group.base_rate)),
                group.lift,
                f"{group.p_value:.2g}",
            ]
            for group in found.groups.order_by("position")
        ]
        if as_json:
            for row in rows:
                json_line(self.stdout, dict(zip(COLUMNS, row, strict=True)))
            return
        self.stdout.write(
            f"{found.n:,} people followed, {found.reached:,} reached it; {found.tested} groups"
            " tested on the half that was not searched."
        )
        if rows:
            table(self.stdout, COLUMNS, rows)
        else:
            self.stdout.write("Nothing stands out.")
