"""manage.py segments: segment files in and out. Each subcommand is a module of its own,
`catalogue/management/segments_<name>.py`, with add_arguments(parser) and
handle(options, stdout, stderr) -> exit code. What it says of itself is its help."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

SUBCOMMANDS = (
    "plan",
    "apply",
    "lint",
    "fmt",
    "test",
    "export",
    "members",
    "estimate",
    "explain",
    "overlap",
    "leaving",
    "goal",
    "reviews",
    "plan-refresh",
    "health",
)


class Command(BaseCommand):
    """Segments as files, and who is in them."""

    help = (
        "Segment files: plan, apply, lint, fmt and test them, export segments. Segments: print"
        " members, count a definition before it is stored, explain one customer, lay segments over"
        " each other, foretell who leaves, tell whether a goal is reached, show what a refresh"
        " would read, say what they lack."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One parser for each subcommand."""
        subparsers = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
        for name in SUBCOMMANDS:
            module = _module(name)
            text = getattr(module, "HELP", None) or (module.__doc__ or "").partition("\n")[0]
            module.add_arguments(subparsers.add_parser(name, help=text, description=text))

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to the subcommand; its answer is the exit code."""
        module = _module(options["subcommand"])
        code = module.handle(options, self.stdout, self.stderr)
        if code:
            sys.exit(code)


def _module(name: str) -> Any:
    return import_module(f"catalogue.management.segments_{name.replace('-', '_')}")
