"""A stored segment as a file again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_file import API_VERSION, KIND, SegmentFile, parse_segment_files
from catalogue.models import ListedMember, Segment
from catalogue.segments import storing

Kinds = ListedMember.Kind
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
        static=_list_text(segment) if is_list else None,
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
                read_file=lambda name: _list_text(segment),
            )
        except DefinitionError:
            continue
        if len(files) == 1 and storing.is_stored(segment, files[0]):
            yield files[0]


def _timezone(segment: Segment) -> str:
    canonical = segment.definition.canonical if segment.definition is not None else None
    return from_canonical(canonical).timezone if canonical else "UTC"


def _list_text(segment: Segment) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["customer_id"])
    writer.writerows([customer_id] for customer_id in _listed(segment, Kinds.STATIC))
    return text.getvalue()


def _listed(segment: Segment, kind: str) -> list[str]:
    rows = segment.listed.filter(kind=kind).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True))


def _generate(segment: Segment) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 10_000
    out = io.StringIO()
    yaml.dump({key: value for key, value in _data(segment).items() if value}, out)
    return out.getvalue()


def _data(segment: Segment) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "key": segment.key,
        "name": segment.name,
        "status": segment.status,
        "team": segment.team.slug,
        "owner": segment.owner_email,
        "models": segment.models_used,
        "why": segment.why,
        "evidence": [
            _evidence(one) for one in segment.evidence.values("kind", "source", "n", "on")
        ],
        "goal": segment.goal,
        "review": segment.review,
        "refresh": _refresh(segment.refresh),
        "definition": _definition(segment),
        "members": _members(segment),
        "messages": dict(segment.messages.values_list("function", "text")),
        "sync": segment.sync_wanted,
    }


def _evidence(one: Any) -> dict[str, Any]:
    plain = {**one, "on": one["on"].isoformat() if one["on"] else None}
    return {key: value for key, value in plain.items() if value is not None}


def _refresh(refresh: dict[str, Any] | None) -> str:
    if not refresh:
        return ""
    plural = "" if refresh["every"] == 1 else "s"
    at = f" at {refresh['at']}" if refresh["at"] else ""
    return f"every {refresh['every']} {refresh['unit']}{plural}{at}"


def _definition(segment: Segment) -> dict[str, Any] | None:
    canonical = segment.definition.canonical if segment.definition is not None else None
    return to_data(from_canonical(canonical)) if canonical else None


def _members(segment: Segment) -> dict[str, Any]:
    is_list = segment.definition is not None and segment.definition.canonical is None
    members = {
        "static": f"{segment.key}.csv" if is_list else None,
        "add": _listed(segment, Kinds.ADD),
        "remove": _listed(segment, Kinds.REMOVE),
    }
    return {key: value for key, value in members.items() if value}
