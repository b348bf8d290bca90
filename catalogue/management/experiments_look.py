"""manage.py experiments look: look now at what the worker would look at."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TextIO

from django.core.management.base import CommandError

from catalogue.experiments.looking import look_at, looks_due
from catalogue.models import Experiment

HELP = (
    "Look at experiments as of the newest refresh of their segments: those given by number, else"
    " all that are due. What has been looked at is not looked at again."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("numbers", nargs="*", type=int, metavar="NUMBER", help="as in 31")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print what was seen; 1 when something could not be looked at."""
    failed = 0
    for experiment_id in _ids(options["numbers"]) or looks_due():
        look = look_at(experiment_id=experiment_id)
        row = Experiment.objects.get(pk=experiment_id)
        if look is not None:
            stdout.write(f"{row}: {look.sentence}\n")
        elif row.look_error:
            stderr.write(f"{row}: {row.look_error}\n")
            failed = 1
        else:
            stdout.write(f"{row}: nothing new to look at.\n")
    return failed


def _ids(numbers: list[int]) -> list[int]:
    known = dict(Experiment.objects.filter(number__in=numbers).values_list("number", "pk"))
    for number in numbers:
        if number not in known:
            raise CommandError(f"There is no experiment EXP-{number}.")
    return [known[number] for number in numbers]
