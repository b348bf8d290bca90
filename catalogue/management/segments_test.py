"""manage.py segments test: run the tests inside segment files. Needs no database or server."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings

from catalogue.engine.judge_given import judge_given
from catalogue.engine.spec_runner import Library, Verdict, run_tests
from catalogue.management.lines import Output, json_line
from catalogue.segments.folder import read_folder
from catalogue.segments.reports import Problem

HELP = "Run the tests inside segment files, each in a workspace of what it gives."
MARKS = {"passed": "ok", "failed": "FAILED", "refused": "REFUSED"}


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR")
    parser.add_argument("--json", action="store_true", help="one JSON object per test and line")


def handle(options: Mapping[str, Any], stdout: Output, stderr: Output) -> int:
    """Run all tests and print their verdicts: 2 if anything is refused, else 1 if anything failed,
    else 0."""
    verdicts = []
    for verdict in verdicts_of(options["paths"]):
        verdicts.append(verdict)
        if options["json"]:
            json_line(stdout, asdict(verdict))
        else:
            stdout.write(as_text(verdict))
    if not options["json"]:
        stdout.write(summary(verdicts))
    outcomes = {verdict.outcome for verdict in verdicts}
    return 2 if "refused" in outcomes else 1 if "failed" in outcomes else 0


def verdicts_of(paths: Sequence[str]) -> Iterator[Verdict]:
    """One `refused` for every file that cannot be read, then the verdict of every test."""
    zone = settings.WORKSPACE_TIME_ZONE
    segments, problems = read_folder(paths, default_timezone=zone)
    yield from unreadable(problems)
    library = Library(segments=segments)
    yield from run_tests(segments, library, judge_given, default_timezone=zone)


def unreadable(problems: Sequence[Problem]) -> Iterator[Verdict]:
    """A file that cannot be read at all has one verdict, with all that is wrong in it."""
    for file in dict.fromkeys(problem.file for problem in problems):
        sentences = [problem.fault.sentence() for problem in problems if problem.file == file]
        detail = " ".join(sentences)
        yield Verdict(file=file, segment="", it="", outcome="refused", detail=detail)


def as_text(verdict: Verdict) -> str:
    """One line for people, and a second for what is wrong."""
    name = ": ".join(part for part in (verdict.file, verdict.segment, verdict.it) if part)
    detail = f"\n        {verdict.detail}" if verdict.detail else ""
    return f"{MARKS[verdict.outcome]:8}{name}{detail}\n"


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many tests came out how."""
    outcomes = [str(verdict.outcome) for verdict in verdicts]
    return ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in MARKS) + "\n"
