"""manage.py segments: segment files in and out. Each subcommand is a module of its own,
`catalogue/management/segments_<name>.py`, with HELP, add_arguments(parser) and
run(options, stdout, stderr) -> exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

SUBCOMMANDS = ("apply", "lint", "test", "export", "members")


class Command(BaseCommand):
    """Segments as files: apply, lint, test, export, members."""

    help = "Segment files: apply, lint and test them, export segments, print members."

    def add_arguments(self, parser: CommandParser) -> None:
        """One parser for each subcommand."""
        subparsers = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
        for name in SUBCOMMANDS:
            module = import_module(f"catalogue.management.segments_{name}")
            subparser = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
            module.add_arguments(subparser)
            subparser.add_argument("--json", action="store_true", help="print JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to the subcommand; its answer is the exit code."""
        module = import_module(f"catalogue.management.segments_{options['subcommand']}")
        code = module.run(options, self.stdout, self.stderr)
        if code:
            sys.exit(code)
