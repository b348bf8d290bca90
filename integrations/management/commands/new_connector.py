"""manage.py new_connector: the folders that a connector for another tool begins with."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.manifest import FUNCTIONS
from integrations.scaffold.skeleton import CannotScaffold, Tool, write_skeleton


class Command(BaseCommand):
    """Writes code and tests that pass the linter; `check_connectors` then says what is to do."""

    help = "Make the two folders of a connector for another tool; see docs/connectors.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the folder's name, such as slack_groups")
        parser.add_argument("--title", required=True, help="what people call the tool")
        parser.add_argument(
            "--function", choices=FUNCTIONS, default="any", help="who works with the tool"
        )
        parser.add_argument(
            "--audience", default="list", help="the tool's own word for a list (tag, group …)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tool = Tool(
            name=options["name"],
            title=options["title"],
            function=options["function"],
            audience=options["audience"],
        )
        try:
            written = write_skeleton(tool)
        except CannotScaffold as reason:
            raise CommandError(str(reason)) from reason
        for path in written:
            self.stdout.write(os.path.relpath(path))
        self.stdout.write(f"What is to do: manage.py check_connectors {tool.name}")
