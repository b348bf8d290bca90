"""manage.py ideas list: the ideas there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalogue.filtersets.idea import ORDERINGS
from catalogue.ideas.queries import cards, idea_rows
from catalogue.management.lines import json_line, table
from catalogue.models import IdeaState

COLUMNS = ("number", "state", "votes", "title", "segment", "team", "effect", "effort", "wakes")


class Command(BaseCommand):
    """Ideas on the command line."""

    help = "List ideas with their votes: `ideas list [--state STATE] [--segment KEY]`."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand."""
        ways = parser.add_subparsers(dest="way", required=True, metavar="list")
        listing = ways.add_parser("list", help="those with most votes first")
        listing.add_argument("--state", choices=IdeaState.values, action="append", default=[])
        listing.add_argument("--segment", metavar="KEY")
        listing.add_argument("--json", action="store_true", help="print JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        rows = list(_rows(options["state"], options["segment"]))
        if options["json"]:
            for row in rows:
                json_line(self.stdout, row)
        else:
            table(self.stdout, COLUMNS, [[row[name] for name in COLUMNS] for row in rows])


def _rows(states: list[str], segment: str | None) -> Iterator[dict[str, object]]:
    found = idea_rows(None).order_by(*ORDERINGS["votes"])
    found = found.filter(state__in=states) if states else found
    found = found.filter(segment__key=segment) if segment else found
    for card in cards(found, viewer=None):
        idea = card.idea
        wakes = [str(idea.wakes_on)] if idea.wakes_on else []
        yield {
            "number": idea.pk,
            "state": idea.state,
            "votes": card.votes,
            "title": idea.title,
            "segment": card.segment.key if card.segment else None,
            "team": idea.team.slug,
            "effect": idea.effect,
            "effort": idea.effort,
            "wakes": " or ".join([*wakes, *filter(None, [idea.wakes_when])]) or None,
        }
