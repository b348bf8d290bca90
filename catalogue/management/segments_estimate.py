"""manage.py segments estimate KEY|FILE: how many a definition holds, condition by condition."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.places import ROOT
from catalogue.definitions.segment_file import SegmentFile
from catalogue.engine.sampling import EVERY
from catalogue.management.instants import instant
from catalogue.management.lines import json_line, table
from catalogue.management.segment_keys import check_keys
from catalogue.management.segments_apply import refuse
from catalogue.membership.estimating import (
    Estimate,
    NoDataYet,
    NodeEstimate,
    ScanFailed,
    estimate,
)
from catalogue.models import Segment, Status
from catalogue.segments.folder import ENDINGS, read_folder
from catalogue.segments.reports import Problem
from catalogue.segments.subjects import PLURALS
from catalogue.segments.vocabulary import stored_labels

HELP = (
    "Count the people (or accounts) of a segment, or of the definitions in a file that is not"
    " applied yet: of the whole, and of each condition. Stores nothing."
)
NODE_FIELDS = ("pointer", "text", "about", "alone", "remaining", "null_count", "null_share")
HOW = {
    "exact": "Counted",
    "sampled": f"Too much to be counted in full, so sampled, one customer in {EVERY}",
}
HEAD = ("alone", "remaining", "unknown", "condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A definition to count, and the file that it came from."""

    key: str
    definition: Definition
    file: SegmentFile | None = None


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("segment", metavar="KEY|FILE", help="a segment's key, or a segment file")
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="judge as of this instant (default: now)"
    )
    parser.add_argument("--seconds", type=float, default=60, help="give up after (default: 60)")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Count and print; 1 when anything is refused."""
    named, now = options["segment"], options["now"] or timezone.now()
    is_file = Path(named).suffix in ENDINGS or Path(named).exists()
    wanted, problems = _in_file(named) if is_file else ([_stored(named)], [])
    for one in wanted:
        try:
            found = estimate(
                one.definition,
                key=one.key,
                now=now,
                seconds=options["seconds"],
                labels=stored_labels(None),
                may_sample=True,
            )
        except DefinitionError as error:
            problems += _problems(one, error)
        except (NoDataYet, ScanFailed) as error:
            raise CommandError(str(error)) from error
        else:
            _print(one.key, found, stdout, as_json=options["json"])
    return refuse(problems, options, stdout, stderr) if problems else 0


def _stored(key: str) -> Counted:
    check_keys([key])
    segment = Segment.objects.select_related("definition").get(key=key)
    if segment.status == Status.ARCHIVED:
        raise CommandError(f"“{segment.name}” is archived, so it holds nobody.")
    if segment.definition is None or segment.definition.canonical is None:
        raise CommandError(
            f"“{segment.name}” is a list kept by hand and has no conditions to count: manage.py"
            f" segments members {key}"
        )
    return Counted(key=key, definition=from_canonical(segment.definition.canonical))


def _in_file(path: str) -> tuple[list[Counted], list[Problem]]:
    files, problems = read_folder([path], default_timezone=settings.WORKSPACE_TIME_ZONE)
    refused = [(file, file.refused) for file in files if file.refused is not None]
    problems += [_problem(file, fault) for file, error in refused for fault in error.faults]
    wanted = [
        Counted(key=file.key, definition=file.tree, file=file)
        for file in files
        if file.tree is not None
    ]
    if not wanted and not problems:
        raise CommandError(f"{path} holds no definition, only lists kept by hand.")
    return wanted, problems


def _problems(one: Counted, error: DefinitionError) -> list[Problem]:
    if one.file is None:
        return [Problem(file="stored", key=one.key, fault=fault) for fault in error.faults]
    return [_problem(one.file, _in_place(one.file, fault)) for fault in error.faults]


def _problem(file: SegmentFile, fault: Fault) -> Problem:
    return Problem(file=file.file_name, key=file.key, fault=file.locate(fault))


def _in_place(file: SegmentFile, fault: Fault) -> Fault:
    """The fault with its pointer into the file, where the tree may be written short."""
    inside = fault.pointer.removeprefix(ROOT)
    return replace(fault, pointer=file.where_pointer + inside)


def _print(key: str, found: Estimate, stdout: TextIO, *, as_json: bool) -> None:
    if as_json:
        json_line(stdout, _row(key, found))
        return
    share = "" if found.share is None else f" ({found.share:.1%})"
    everybody = f"{found.population:,} {PLURALS[found.subject]}"
    stdout.write(
        f"{key}: {_about(found)} of {everybody}{share}. {HOW[found.method]}, as of"
        f" {_when(found.now)}, on data loaded {_when(found.data_as_of)}.\n\n"
    )
    shown = [node for node in found.nodes if not node.folded]
    table(stdout, HEAD, [_columns(node, found.subject) for node in shown])


def _about(found: Estimate) -> str:
    if found.method == "exact":
        return f"{found.size:,}"
    return f"about {found.size:,} (± {found.margin:,})"


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _columns(node: NodeEstimate, subject: Subject) -> tuple[object, ...]:
    counted = "" if node.about == subject else f" [{PLURALS[node.about]}]"
    return node.alone, node.remaining, node.null_count, "  " * node.depth + node.text + counted


def _row(key: str, found: Estimate) -> dict[str, object]:
    nodes = [asdict(node) for node in found.nodes]
    return {
        "segment": key,
        "subject": found.subject,
        "size": found.size,
        "method": found.method,
        "margin": found.margin,
        "population": found.population,
        "now": found.now,
        "data_as_of": found.data_as_of,
        "photo": found.photo,
        "milliseconds": round(found.milliseconds, 3),
        "nodes": [{name: node[name] for name in NODE_FIELDS} for node in nodes],
    }
