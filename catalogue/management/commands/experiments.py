"""manage.py experiments: list them, plan one from a file, look at those that are due. Each
subcommand is a module of its own, `catalogue/management/experiments_<name>.py`, with
add_arguments(parser) and handle(options, stdout, stderr) -> exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

SUBCOMMANDS = ("list", "plan", "look")


class Command(BaseCommand):
    """Experiments on the members of segments."""

    help = "Experiments: list them, plan one from a YAML file, look at those that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        """One parser for each subcommand."""
        subparsers = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
        for name in SUBCOMMANDS:
            module = _module(name)
            module.add_arguments(
                subparsers.add_parser(name, help=module.HELP, description=module.HELP)
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to the subcommand; its answer is the exit code."""
        code = _module(options["subcommand"]).handle(options, self.stdout, self.stderr)
        if code:
            sys.exit(code)


def _module(name: str) -> Any:
    return import_module(f"catalogue.management.experiments_{name}")
