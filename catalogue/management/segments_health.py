"""manage.py segments health: what the rules find about segments."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TextIO

from django.utils import timezone

from catalogue.lint.keeping import look_at_everything
from catalogue.lint.known import Finding
from catalogue.lint.looking import FORMULA, score_of
from catalogue.management.lines import json_line
from catalogue.management.segment_keys import check_keys

HELP = (
    "Look at segments by the rules of docs/linter.md and say what they lack. The pages show what"
    " was found, too. Exit status 1 when a score is below --least."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("keys", nargs="*", metavar="KEY", help="default: every segment")
    parser.add_argument(
        "--least", type=int, default=0, metavar="SCORE", help="the lowest score that is good enough"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Say what is found; 1 when a score is too low."""
    check_keys(options["keys"])
    found = look_at_everything(now=timezone.now())
    wanted = {key: found[key] for key in options["keys"] or sorted(found) if key in found}
    for key, findings in wanted.items():
        _say(key, findings, stdout, as_json=options["json"])
    if not options["json"]:
        stdout.write(f"A score is {FORMULA}.\n")
    lowest = min((score_of(findings) for findings in wanted.values()), default=100)
    return 1 if lowest < options["least"] else 0


def _say(key: str, findings: list[Finding], stdout: TextIO, *, as_json: bool) -> None:
    score = score_of(findings)
    if as_json:
        rows = [finding.row() for finding in findings]
        json_line(stdout, {"segment": key, "score": score, "findings": rows})
        return
    stdout.write(f"{key}: {score}\n")
    for finding in findings:
        rule = finding.rule
        stdout.write(f"  {rule.code} −{rule.weight}  {finding.sentence} {rule.fix}\n")
