"""A stored segment as a file again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_file import KEYS, SegmentFile, parse_segment_files
from catalogue.models import Segment
from catalogue.segments import storing
from catalogue.segments.documents import document_of, list_text, members_of_file, to_yaml

# Between two documents of one file.
DOCUMENT_MARK = re.compile(r"(?m)^---[ \t]*(?:#.*)?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One segment as a file. `path` is `<team>/<key>.yaml`; `static` is the text of the list that
    belongs beside it, `static_path`, of a static list."""

    key: str
    path: str
    text: str
    static: str | None = None
    static_path: str | None = None


def export_segment(segment: Segment) -> Exported:
    """The file the segment came from, byte for byte, while it still says what is stored; else one
    that does."""
    team, key = segment.team.slug, segment.key
    written = next(_written(segment), None)
    static_file = written.static_file if written else f"{key}.csv"
    is_list = segment.definition is not None and segment.definition.canonical is None
    return Exported(
        key=key,
        path=f"{team}/{key}.yaml",
        text=written.source if written else _generate(segment),
        static=list_text(segment) if is_list else None,
        static_path=f"{team}/{static_file}" if is_list else None,
    )


def _written(segment: Segment) -> Iterator[SegmentFile]:
    """What the newest definition came from, if it says all that is stored now and nothing else."""
    source = segment.definition.source if segment.definition is not None else ""
    for text in (source, *DOCUMENT_MARK.split(source)):
        try:
            files = parse_segment_files(
                text,
                file_name=segment.key,
                default_timezone=_timezone(segment),
                read_file=lambda name: list_text(segment),
            )
        except DefinitionError:
            continue
        if len(files) == 1 and storing.is_stored(segment, files[0]):
            yield files[0]


def _timezone(segment: Segment) -> str:
    canonical = segment.definition.canonical if segment.definition is not None else None
    return from_canonical(canonical).timezone if canonical else "UTC"


def _generate(segment: Segment) -> str:
    document = {**document_of(segment), "members": members_of_file(segment)}
    return to_yaml({key: document[key] for key in KEYS if document.get(key)})
