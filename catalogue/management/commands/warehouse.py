"""manage.py warehouse check: read a company's own warehouse once, and say what was found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.management.lines import json_line, table
from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.company.roster import Seen, look


class Command(BaseCommand):
    """Look at the warehouse that WAREHOUSE_URL names."""

    help = (
        "Read the company's own warehouse that WAREHOUSE_URL names: every table and column that the"
        " mapping names, who is in it, what traits and events there are. New customers get their"
        " numbers, and the dictionary what is new. Nothing is written to the warehouse."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """There is one thing to do."""
        parser.add_argument("what", choices=["check"], help="look, and say what is there")
        parser.add_argument("--json", action="store_true", help="print JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and print."""
        if not settings.WAREHOUSE_URL:
            raise CommandError(
                "There is no warehouse to check: WAREHOUSE_URL names no company's own, so customers"
                " and events are in the embedded lake. Set it to postgres://…,"
                " clickhouse://… or spark://…"
            )
        try:
            seen = look()
        except WarehouseError as error:
            raise CommandError(str(error)) from error
        rows = _rows(seen)
        if options["json"]:
            for row in rows:
                json_line(self.stdout, row)
            return
        self.stdout.write(f"{seen.customers:,} customers, {seen.new:,} of them new.\n")
        if seen.accounts:
            self.stdout.write(f"{seen.accounts:,} accounts.\n")
        for doubt in seen.doubts:
            self.stdout.write(f"{doubt}\n")
        columns = ("kind", "name", "type")
        table(self.stdout, columns, [[row[name] for name in columns] for row in rows])


def _rows(seen: Seen) -> list[dict[str, object]]:
    traits: list[dict[str, object]] = [
        {"kind": "trait", "name": n, "type": t} for n, t in sorted(seen.traits.items())
    ]
    traits += [
        {"kind": "account trait", "name": n, "type": t}
        for n, t in sorted(seen.account_traits.items())
    ]
    events: list[dict[str, object]] = []
    for event, properties in sorted(seen.events.items()):
        events.append({"kind": "event", "name": event, "type": ""})
        events += [
            {"kind": "property", "name": f"{event}.{name}", "type": type_}
            for name, type_ in sorted(properties.items())
        ]
    return [*traits, *events]
