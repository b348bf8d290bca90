"""manage.py demo_workspace: fill an empty workspace with an invented subscription business."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.management.demo_workspace import build, loading
from catalogue.management.demo_workspace.span import Span
from catalogue.management.demo_workspace.team import login_lines
from catalogue.management.instants import instant
from catalogue.membership.attempt import RefreshError
from catalogue.warehouse.refusals import LoadError


class Command(BaseCommand):
    """Fieldnote: customers, events, segments, memberships and logins, from a fixed seed."""

    help = (
        "Fill an empty workspace with Fieldnote, an invented subscription business: 20,000"
        " customers, 180 days of events, eight segments and twelve weeks of memberships, from a"
        " fixed seed and relative to today. Does nothing where there are customers already; a"
        " workspace that was cut short is finished."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The arguments of the command."""
        parser.add_argument(
            "--now",
            type=instant,
            metavar="INSTANT",
            help="the instant that is today for Fieldnote (default: now)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it, and print who may sign in."""
        if loading.has_other_customers():
            self.stdout.write("There are customers already: the demo workspace is not added.\n")
            return
        now = (
            loading.begun_at() or options["now"] or timezone.now().replace(second=0, microsecond=0)
        )
        try:
            build.build(Span(now=now), self._say)
        except (LoadError, RefreshError) as error:
            raise CommandError(f"The demo workspace is not finished: {error}") from error
        self.stdout.write("The demo workspace is ready. Sign in as:\n")
        self.stdout.write("\n".join(login_lines()) + "\n")

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"{sentence}\n")
        self.stdout.flush()
