"""manage.py check_connectors: whether every connector is whole, and what each can do."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.scaffold.checks import check_connector
from integrations.scaffold.folders import Folders, all_folders


class Command(BaseCommand):
    """Exit 0 when all are whole, 1 when something is wrong or still to do; each says what."""

    help = "Check every connector: its files, manifest, class, README and tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="connectors; all if none")
        parser.add_argument("--json", action="store_true", help="one JSON object per connector")

    def handle(self, *args: Any, **options: Any) -> None:
        found = [check_connector(folders) for folders in chosen(options["names"])]
        for each in found:
            said = [json.dumps(each.as_json())] if options["json"] else each.lines()
            self.stdout.write("\n".join(said))
        unfinished = [each.name for each in found if not each.is_whole]
        if unfinished:
            raise CommandError(
                f"{len(unfinished)} of {len(found)} connectors are not whole: "
                f"{', '.join(unfinished)}."
            )


def chosen(names: list[str]) -> list[Folders]:
    """The folders of these connectors, or of all."""
    found = {each.name: each for each in all_folders()}
    unknown = [name for name in names if name not in found]
    if unknown:
        known = ", ".join(found)
        raise CommandError(f"There is no connector {unknown[0]!r}; there are: {known}.")
    return [found[name] for name in names] if names else list(found.values())
