"""Two definitions of a segment side by side: stored versions, or the draft that waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.definitions.canonical import to_data
from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.models import Draft, Segment
from catalogue.segments.changes import changed_fields
from catalogue.segments.definition_versions import written
from catalogue.segments.differences import Line, english_difference, text_difference
from catalogue.segments.documents import document_of, to_yaml
from catalogue.segments.refusals import NoSuchVersion

DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """`name`: d7, or draft of d8. `tree` is None of a list kept by hand, and of a draft that cannot
    be read; `problem` then says why."""

    number: int
    name: str
    is_draft: bool
    is_newest: bool
    tree: Definition | None
    author: str
    at: datetime
    message: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`fields`: what a draft changes besides the definition, {field: [before, after]}."""

    before: Side
    after: Side
    english: tuple[Line, ...]
    yaml: tuple[Line, ...]
    fields: Mapping[str, list[Any]]


def compare(segment: Segment, before: str, after: str, *, labels: Labels) -> Comparison:
    """Two versions, each a number or `draft`. Raises NoSuchVersion."""
    one, other = side(segment, before), side(segment, after)
    draft = Draft.objects.filter(segment=segment).first() if other.is_draft else None
    return Comparison(
        before=one,
        after=other,
        english=tuple(english_difference(one.tree, other.tree, labels=labels)),
        yaml=tuple(text_difference(_yaml(one.tree), _yaml(other.tree))),
        fields=changed_fields(document_of(segment), draft.document) if draft else {},
    )


def side(segment: Segment, name: str) -> Side:
    """Version d`name`, or the draft. Raises NoSuchVersion."""
    return _draft(segment) if name == DRAFT else _version(segment, int(name))


def _version(segment: Segment, number: int) -> Side:
    version = written(segment, number)
    assert version is not None  # noqa: S101 (a number was given: it exists or was refused)
    return Side(
        number=number,
        name=f"d{number}",
        is_draft=False,
        is_newest=version.is_newest,
        tree=version.tree,
        author=version.author,
        at=version.created_at,
        message=version.message,
    )


def _draft(segment: Segment) -> Side:
    draft = Draft.objects.filter(segment=segment).select_related("created_by").first()
    if draft is None:
        raise NoSuchVersion(f"No draft of “{segment.name}” waits any more.")
    tree, problem = _read(draft.document.get("definition"))
    return Side(
        number=draft.number,
        name=f"draft of d{draft.number}",
        is_draft=True,
        is_newest=False,
        tree=tree,
        author=draft.created_by.label if draft.created_by else "",
        at=draft.updated_at,
        message="",
        problem=problem,
    )


def _read(definition: object) -> tuple[Definition | None, str]:
    try:
        return parse_definition(definition), ""
    except DefinitionError as error:
        return None, " ".join(fault.sentence() for fault in error.faults)


def _yaml(tree: Definition | None) -> str:
    return "" if tree is None else to_yaml(to_data(tree))
