"""manage.py segments export: stored segments as files again."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError

from catalogue.management.lines import json_line
from catalogue.management.segment_keys import check_keys
from catalogue.models import Segment, Status
from catalogue.segments.exporting import Exported, export_segment
from catalogue.segments.folder import read_folder

HELP = "Write segments as YAML: to the screen, or one file each below a folder (--to DIR)."


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument(
        "keys", nargs="*", metavar="KEY|DIR", help="segments (none: all of them), or a folder"
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="write <team>/<key>.yaml below it")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Write the files; of several on one screen, as documents of one."""
    keys, folder = _chosen(options["keys"], options["to"])
    check_keys(keys)
    segments = Segment.objects.select_related("team", "definition").order_by("key")
    chosen = segments.filter(key__in=keys) if keys else segments
    exported = [export_segment(one) for one in chosen.exclude(status=Status.ARCHIVED)]
    if folder is not None:
        _mention_others(exported, folder, stderr)
        _write(exported, folder)
    if options["json"]:
        for one in exported:
            json_line(stdout, {"segment": one.key, "path": one.path, "text": one.text})
    elif folder is not None:
        stdout.write("".join(f"{folder / one.path}\n" for one in exported))
    else:
        stdout.write("---\n".join(_ended(one.text) for one in exported))
        _mention_lists(exported, stderr)
    return 0


def _chosen(words: list[str], folder: Path | None) -> tuple[list[str], Path | None]:
    """Keys, and where to write. A folder may stand in the place of keys: all segments go there."""
    is_folder = folder is None and len(words) == 1 and Path(words[0]).is_dir()
    if is_folder and not Segment.objects.filter(key=words[0]).exists():
        return [], Path(words[0])
    return words, folder


def _write(exported: list[Exported], folder: Path) -> None:
    try:
        for one in exported:
            files = {one.path: one.text, one.static_path: one.static}
            for name, text in files.items():
                if name is not None and text is not None:
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{folder} cannot be written: {error}.") from error


def _mention_others(exported: list[Exported], folder: Path, stderr: TextIO) -> None:
    """A segment that stands in another file of the folder would stand there twice."""
    files = read_folder([str(folder)], default_timezone="UTC")[0] if folder.is_dir() else []
    paths = {one.key: folder / one.path for one in exported}
    for file in files:
        if file.key in paths and Path(file.file_name) != paths[file.key]:
            stderr.write(
                f"“{file.key}” is in {file.file_name} too, and in {paths[file.key]} from now on."
                " Remove one of them.\n"
            )


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _mention_lists(exported: list[Exported], stderr: TextIO) -> None:
    lists = [one.key for one in exported if one.static is not None]
    if lists:
        stderr.write(f"The static lists of {', '.join(lists)} are written with --to DIR only.\n")
