"""Definition versions, and the draft that waits, as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from catalogue.api.requests import link
from catalogue.api.segment_data import shows_drafts
from catalogue.definitions.canonical import to_data
from catalogue.definitions.describe import describe
from catalogue.definitions.english.wording import Labels
from catalogue.definitions.nodes import Definition
from catalogue.membership.version_history import VersionLine, version_lines, versions_of
from catalogue.models import DefinitionVersion, Draft, Segment, Status
from catalogue.segments.documents import to_yaml
from catalogue.segments.sides import DRAFT, side
from catalogue.segments.subjects import say_list
from catalogue.segments.trees import tree_of


def waiting_draft(request: Request, segment: Segment) -> Draft | None:
    """The draft that waits, if there is one and who asks may know of it."""
    if not shows_drafts(request):
        return None
    return Draft.objects.filter(segment=segment).select_related("created_by").first()


def versions_below(segment: Segment, number: int | None, limit: int) -> list[DefinitionVersion]:
    """At most `limit` versions, the newest first; those below `number` if given."""
    rows = versions_of(segment)
    return list((rows if number is None else rows.filter(number__lt=number))[:limit])


def lines_data(
    request: Request, segment: Segment, versions: list[DefinitionVersion]
) -> list[dict[str, Any]]:
    """Each version as a line of a list."""
    lines = version_lines(segment, versions)
    return [_line(request, segment, one) for one in lines]


def draft_data(request: Request, segment: Segment, draft: Draft) -> dict[str, Any]:
    """The draft as a line of a list."""
    return {
        "number": draft.number,
        "state": "draft",
        "url": link(request, "api:version", segment.key, draft.number),
        "hash": None,
        "is_list": False,
        "author": draft.created_by.label if draft.created_by else "",
        "message": "",
        "restored": None,
        "created_at": draft.updated_at,
    }


def whole_draft_data(
    request: Request, segment: Segment, draft: Draft, labels: Labels
) -> dict[str, Any]:
    """The draft with all it says."""
    tree = side(segment, DRAFT).tree
    faces = _faces(tree, segment, labels) | {"definition": draft.document.get("definition")}
    return {**draft_data(request, segment, draft), **faces, "document": draft.document}


def whole_version_data(
    request: Request, segment: Segment, version: DefinitionVersion, labels: Labels
) -> dict[str, Any]:
    """A version with all it says."""
    tree = tree_of(version.canonical) if version.canonical else None
    line = lines_data(request, segment, [version])[0]
    return {**line, **_faces(tree, segment, labels), "document": None}


def _line(request: Request, segment: Segment, line: VersionLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "state": _state(segment, is_newest=line.is_newest),
        "url": link(request, "api:version", segment.key, line.number),
        "hash": f"sha256:{line.hash}",
        "is_list": line.is_list,
        "author": line.author,
        "message": line.message,
        "restored": line.restored,
        "created_at": line.created_at,
    }


def _state(segment: Segment, *, is_newest: bool) -> str:
    if not is_newest or segment.status == Status.ARCHIVED:
        return "old"
    return "live" if segment.status == Status.LIVE else "draft"


def _faces(tree: Definition | None, segment: Segment, labels: Labels) -> dict[str, Any]:
    if tree is None:
        return {"definition": None, "english": say_list(segment.definition), "yaml": ""}
    data = to_data(tree)
    return {
        "definition": data,
        "english": str(describe(tree, labels=labels)),
        "yaml": to_yaml(data),
    }
