"""manage.py experiments plan: the size that a file asks for, and the draft of it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError

from catalogue.definitions.documents import Document, read_yaml
from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.planning import Prepared, plan_experiment, prepare
from catalogue.management.lines import table
from catalogue.models import Via

HELP = (
    "Work out how many people an experiment needs, from a YAML file of the fields that the API"
    " takes. --save makes a draft of it; nothing is started."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("file", type=Path, help="a YAML or JSON file with one experiment")
    parser.add_argument("--save", action="store_true", help="store it as a draft")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print the size; 1 when the file is refused."""
    document = _document(options["file"])
    try:
        prepared = prepare(document=_mapping(document), by=None)
    except DefinitionError as error:
        for fault in error.faults:
            line, column = document.place(fault.pointer)
            stderr.write(f"{options['file']}:{line}:{column}: {fault.sentence()}\n")
        return 1
    _print(prepared, stdout)
    if options["save"]:
        made = plan_experiment(prepared=prepared, by=None, via=Via.COMMAND)
        stdout.write(f"{made.label} is planned. Start it on its page or by the API.\n")
    return 0


def _document(path: Path) -> Document:
    try:
        (document,) = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} must hold exactly one experiment.") from error
    except DefinitionError as error:
        raise CommandError(str(error)) from error
    return document


def _mapping(document: Document) -> dict[str, Any]:
    if not isinstance(document.data, dict):
        raise CommandError("An experiment is written as a mapping of keys to values.")
    return document.data


def _print(prepared: Prepared, stdout: TextIO) -> None:
    size, base = prepared.found.size, prepared.found.base
    stdout.write(
        f"{size.people:,} people of “{prepared.segment.name}” are needed; it holds"
        f" {size.members:,}.\n"
    )
    measured = f"measured on {base.n:,} people" if base.n else base.method
    what = f"spread {base.spread:,.3g}" if base.value is None else f"base {base.value:.3g}"
    stdout.write(f"Worked out from a {what}, {measured}.\n")
    table(stdout, ("arm", "people"), [[key, people] for key, people in size.arms.items()])
