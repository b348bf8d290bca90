"""Segment files beside what is stored: what each would change. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import DefinitionVersion, Segment, Status
from catalogue.segments import storing
from catalogue.segments.changes import changed_fields
from catalogue.segments.documents import document_of, document_of_file, listed, tests_in, tests_of

Outcome = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """Ids listed by hand, of one kind, as numbers: before and after, and those that differ."""

    before: int
    after: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One file and the stored segment of its key (None: it is new).

    `number`: the newest definition version, None before the first. `tree`: that definition, None of
    a list and of what cannot be read any more. `is_redefined`: applying adds a version. `fields`:
    {field: [before, after]} of all but definition and tests. `lists`: by kind, where ids listed by
    hand differ. `tests`: how many before and after, None where they are the same. `drafted`: the
    number of the draft that waits, and that applying would make stale."""

    file: SegmentFile
    segment: Segment | None
    number: int | None
    tree: Definition | None
    is_redefined: bool
    fields: Mapping[str, list[Any]]
    lists: Mapping[str, ListChange]
    tests: tuple[int, int] | None
    drafted: int | None

    @property
    def key(self) -> str:
        """The key of the segment."""
        return self.file.key

    @property
    def outcome(self) -> Outcome:
        """What applying the file would do."""
        if self.segment is None:
            return "new"
        differs = self.is_redefined or self.fields or self.lists or self.tests
        return "changed" if differs else "unchanged"


def propose(files: Sequence[SegmentFile]) -> list[Proposal]:
    """What each of these files, which must be fit to be applied, would change; in the order of
    their keys."""
    rows = Segment.objects.filter(key__in=[file.key for file in files])
    stored = {row.key: row for row in rows.select_related("definition", "team", "draft")}
    ordered = sorted(files, key=lambda file: file.key)
    return [_proposal(file, stored.get(file.key)) for file in ordered]


def without_file(files: Sequence[SegmentFile]) -> list[Segment]:
    """The stored segments that none of these files is about; no apply ever removes one."""
    rows = Segment.objects.exclude(status=Status.ARCHIVED).order_by("key")
    own = {file.key for file in files}
    return [row for row in rows.select_related("team") if row.key not in own]


def _proposal(file: SegmentFile, segment: Segment | None) -> Proposal:
    version = segment.definition if segment is not None else None
    before = {} if segment is None else document_of(segment)
    draft = getattr(segment, "draft", None)
    return Proposal(
        file=file,
        segment=segment,
        number=None if version is None else version.number,
        tree=_tree(version),
        is_redefined=version is None or version.definition_hash != storing.hash_of(file),
        fields=changed_fields(before, document_of_file(file)),
        lists=_lists(file, segment),
        tests=_tests(file, segment),
        drafted=None if draft is None else draft.number,
    )


def _tree(version: DefinitionVersion | None) -> Definition | None:
    canonical = version.canonical if version is not None else None
    try:
        return None if canonical is None else from_canonical(canonical)
    except DefinitionError:
        return None


def _lists(file: SegmentFile, segment: Segment | None) -> dict[str, ListChange]:
    found: dict[str, ListChange] = {}
    for kind, ids in storing.listed_in(file).items():
        were = set() if segment is None else set(listed(segment, kind))
        if were != set(ids):
            found[str(kind)] = ListChange(
                before=len(were),
                after=len(set(ids)),
                added=len(set(ids) - were),
                removed=len(were - set(ids)),
            )
    return found


def _tests(file: SegmentFile, segment: Segment | None) -> tuple[int, int] | None:
    before, after = [] if segment is None else tests_of(segment), tests_in(file)
    return None if before == after else (len(before), len(after))
