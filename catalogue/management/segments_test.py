"""`segments test PATH…`: run the tests inside segment files, without a database or server."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from django.conf import settings

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_file import SegmentFile, parse_segment_files
from catalogue.engine.judge_given import judge_given
from catalogue.engine.spec_runner import Library, Verdict, run_tests

ENDINGS = (".yaml", ".yml", ".json")
MARKS = {"passed": "ok", "failed": "FAILED", "refused": "REFUSED"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a segment file, or a folder")
    parser.add_argument("--json", action="store_true", help="one JSON object per test and line")


def handle(options: dict[str, object], stdout: TextIO, stderr: TextIO) -> int:
    """Run all tests and print their verdicts: 2 if anything is refused, else 1 if anything failed,
    else 0."""
    paths = [Path(path) for path in options["paths"]]  # type: ignore[attr-defined]
    verdicts = []
    for verdict in verdicts_of(paths):
        verdicts.append(verdict)
        stdout.write(as_json(verdict) if options["json"] else as_text(verdict))
    if not options["json"]:
        stdout.write(summary(verdicts))
    if not verdicts:
        stderr.write("There is no test in what was given.\n")
    outcomes = {verdict.outcome for verdict in verdicts}
    return 2 if "refused" in outcomes else 1 if "failed" in outcomes else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What could be read of the paths, and a verdict for each file that could not."""

    segments: list[SegmentFile] = field(default_factory=list)
    refused: list[Verdict] = field(default_factory=list)


def verdicts_of(paths: Sequence[Path]) -> Iterator[Verdict]:
    """The verdict of every test below the paths; files that cannot be read come first."""
    reading = read(paths)
    yield from reading.refused
    library = Library(segments=reading.segments)
    zone = settings.WORKSPACE_TIME_ZONE
    yield from run_tests(reading.segments, library, judge_given, default_timezone=zone)


def read(paths: Sequence[Path]) -> Reading:
    """All segments below the paths, each file once."""
    reading = Reading()
    for file in dict.fromkeys(file for path in paths for file in files_below(path)):
        try:
            reading.segments.extend(read_file(file))
        except DefinitionError as error:
            sentences = " ".join(fault.sentence() for fault in error.faults)
            reading.refused.append(_unreadable(file, sentences))
        except (OSError, UnicodeDecodeError) as error:
            reading.refused.append(_unreadable(file, _reason(error)))
    return reading


def _unreadable(file: Path, detail: str) -> Verdict:
    return Verdict(file=str(file), segment="", it="", outcome="refused", detail=detail)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"The file is not UTF-8 (byte {error.start + 1}); save it as UTF-8."
    return f"The file cannot be read: {error.strerror}."


def files_below(path: Path) -> list[Path]:
    """A file itself, or the segment files below a folder in the order of their names."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in ENDINGS and file.is_file())


def read_file(file: Path) -> list[SegmentFile]:
    """The segments of one file."""
    return parse_segment_files(
        file.read_bytes().decode(),
        file_name=str(file),
        default_timezone=settings.WORKSPACE_TIME_ZONE,
        read_file=lambda name: (file.parent / name).read_text(encoding="utf-8"),
    )


def as_json(verdict: Verdict) -> str:
    """One line of JSON."""
    return json.dumps(asdict(verdict), ensure_ascii=False) + "\n"


def as_text(verdict: Verdict) -> str:
    """One line for people, and a second for what is wrong."""
    name = ": ".join(part for part in (verdict.file, verdict.segment, verdict.it) if part)
    detail = f"\n        {verdict.detail}" if verdict.detail else ""
    return f"{MARKS[verdict.outcome]:8}{name}{detail}\n"


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many tests came out how."""
    counts = (
        f"{sum(verdict.outcome == outcome for verdict in verdicts)} {outcome}" for outcome in MARKS
    )
    return ", ".join(counts) + "\n"
