"""The definition versions of a segment, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.nodes import Definition
from catalogue.models import Change, DefinitionVersion, Segment
from catalogue.segments.refusals import NoSuchVersion

PUBLISHED = "segment.published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One definition version. `tree` is None of a list kept by hand; `author` is "" when it was no
    login that wrote it."""

    number: int
    is_newest: bool
    subject: str
    hash: str
    tree: Definition | None
    message: str
    author: str
    created_at: datetime


def said_of(
    segment: Segment,
    versions: Iterable[DefinitionVersion],
    acts: Iterable[Change] | None = None,
) -> Mapping[int, str]:
    """By number, the message of each of some versions of the segment. The definition of a draft is
    stored before it goes live, and a version is never changed: what is said then is in the log.
    `acts`: the changes of the segment, in their order, where they are known already."""
    said = {version.number: version.message for version in versions}
    if all(said.values()):
        return said
    if acts is None:
        acts = Change.objects.filter(segment=segment, kind=PUBLISHED).order_by("pk")
    published: dict[object, str] = {}
    for act in acts:
        if act.kind == PUBLISHED:
            published.setdefault(act.details.get("published"), act.message)
    return {number: message or published.get(number, "") for number, message in said.items()}


def written(segment: Segment, number: int | None = None) -> Written | None:
    """Version d`number`, or the newest; None when the segment has no definition at all. Raises
    NoSuchVersion, DefinitionError when the language has changed since it was stored."""
    rows = segment.definitions.select_related("created_by").defer("source")
    if number is not None:
        found = rows.filter(number=number).first()
        if found is None:
            raise NoSuchVersion(f"“{segment.name}” has no definition version d{number}.")
        return _written(found, segment)
    if segment.definition_id is None:
        return None
    return _written(rows.get(pk=segment.definition_id), segment)


def _written(version: DefinitionVersion, segment: Segment) -> Written:
    return Written(
        number=version.number,
        is_newest=version.pk == segment.definition_id,
        subject=version.subject,
        hash=version.definition_hash,
        tree=None if version.canonical is None else from_canonical(version.canonical),
        message=said_of(segment, [version])[version.number],
        author=version.created_by.label if version.created_by else "",
        created_at=version.created_at,
    )
