"""manage.py dictionary: the traits and events there are, and what people say of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.management.lines import json_line, table
from catalogue.models import EventEntry, TraitEntry
from catalogue.warehouse.dictionary_edits import (
    DictionaryError,
    Entry,
    describe_entry,
    find_event,
    find_property,
    find_trait,
)

COLUMNS = ("kind", "name", "type", "stated", "label", "missing", "count")


class Command(BaseCommand):
    """List the dictionary, or correct one entry of it."""

    help = "Show the traits, events and properties there are; correct types, name them, describe."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without a subcommand the whole dictionary is listed."""
        parser.add_argument("--json", action="store_true", help="print JSON Lines")
        ways = parser.add_subparsers(dest="way", metavar="trait|account-trait|event|property")
        for kind in ("trait", "account-trait", "event"):
            self._edit_arguments(ways.add_parser(kind, help=f"change the entry of one {kind}"))
        prop = ways.add_parser("property", help="change the entry of an event's property")
        prop.add_argument("event", metavar="EVENT")
        self._edit_arguments(prop)

    def _edit_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument(
            "--type", help="text, number, boolean, date, list, object, mixed; inferred to go back"
        )
        parser.add_argument("--label", help="what pages call it")
        parser.add_argument("--description", help="what it means")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or change and show what it is now."""
        try:
            rows = [_changed(options)] if options["way"] else list(_rows())
        except DictionaryError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            for row in rows:
                json_line(self.stdout, row)
        else:
            table(self.stdout, COLUMNS, [[row.get(name) for name in COLUMNS] for row in rows])


def _changed(options: dict[str, Any]) -> dict[str, object]:
    entry = _entry(options)
    words = {"type_": options["type"], "label": options["label"]}
    entry = describe_entry(entry, **words, description=options["description"])
    owner = f"{options['event']}." if options["way"] == "property" else ""
    return _row(options["way"], owner + options["name"], entry)


def _entry(options: dict[str, Any]) -> Entry:
    match options["way"]:
        case "event":
            return find_event(options["name"])
        case "property":
            return find_property(options["event"], options["name"])
        case way:
            subject = "account" if way == "account-trait" else "customer"
            return find_trait(options["name"], subject=subject)


def _rows() -> Iterator[dict[str, object]]:
    for trait in TraitEntry.objects.order_by("-subject", "name"):
        kind = "account-trait" if trait.subject == "account" else "trait"
        yield _row(kind, trait.name, trait)
    for event in EventEntry.objects.order_by("name").prefetch_related("properties"):
        yield _row("event", event.name, event)
        for prop in sorted(event.properties.all(), key=lambda each: each.name):
            yield _row("property", f"{event.name}.{prop.name}", prop)


def _row(kind: str, name: str, entry: Entry) -> dict[str, object]:
    row: dict[str, object] = {"kind": kind, "name": name, "label": entry.label}
    row["description"] = entry.description
    if isinstance(entry, EventEntry):
        return {**row, "count": entry.event_count, "last_at": entry.last_at}
    row |= {"type": entry.type, "inferred": entry.inferred_type, "stated": entry.stated_type}
    if isinstance(entry, TraitEntry) and entry.null_share is not None:
        row["missing"] = f"{entry.null_share:.1%}"
    return row
