"""A stored segment as a file again."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.layout import format_yaml
from catalogue.definitions.segment_file import KEYS, SegmentFile
from catalogue.models import Segment
from catalogue.segments import storing
from catalogue.segments.documents import (
    document_of,
    file_of,
    list_text,
    members_of_file,
    text_of,
    to_yaml,
)
from catalogue.segments.texts import rewritten_text


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
    """The file the segment came from, byte for byte, while it still says what is stored; else the
    same with what differs written anew."""
    team, key = segment.team.slug, segment.key
    written = _written(segment)
    static_file = written.static_file if written and written.static_file else f"{key}.csv"
    is_list = segment.definition is not None and segment.definition.canonical is None
    return Exported(
        key=key,
        path=f"{team}/{key}.yaml",
        text=written.own_text if written else _generate(segment),
        static=list_text(segment) if is_list else None,
        static_path=f"{team}/{static_file}" if is_list else None,
    )


def _written(segment: Segment) -> SegmentFile | None:
    """The segment's file, as it is or rewritten, if it then says all that is stored and nothing
    else."""
    zone = _timezone(segment)
    file = file_of(segment, text_of(segment), default_timezone=zone, with_list=True)
    if file is None or storing.is_stored(segment, file):
        return file
    text = rewritten_text(file.own_text, _whole(segment), default_timezone=zone)
    again = file_of(segment, text, default_timezone=zone, with_list=True)
    return again if again is not None and storing.is_stored(segment, again) else None


def _timezone(segment: Segment) -> str:
    canonical = segment.definition.canonical if segment.definition is not None else None
    return from_canonical(canonical).timezone if canonical else "UTC"


def _whole(segment: Segment) -> dict[str, object]:
    document = {**document_of(segment), "members": members_of_file(segment)}
    return {key: document[key] for key in KEYS if document.get(key)}


def _generate(segment: Segment) -> str:
    return format_yaml(to_yaml(_whole(segment)))
