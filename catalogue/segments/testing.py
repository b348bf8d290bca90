"""Running the tests that came with a stored segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import references
from catalogue.definitions.segment_file import SegmentFile
from catalogue.engine.judge_given import judge_given
from catalogue.engine.spec_runner import Library, Verdict, run_tests
from catalogue.models import Segment
from catalogue.segments.documents import document_of, read_document


def verdicts_of(segment: Segment) -> list[Verdict]:
    """The verdict of every test of the segment's newest definition, each run in a workspace of what
    it gives. Raises DefinitionError when the segment as stored is not a valid file any more."""
    return verdicts_of_file(_file(segment))


def verdicts_of_file(
    file: SegmentFile, beside: Mapping[str, SegmentFile] | None = None
) -> list[Verdict]:
    """The verdict of every test of a segment as its file says it, whether or not it is stored. What
    it is built on is looked for among the files `beside` it, by key, then among what is stored.
    Raises DefinitionError when one of those is not a valid file any more."""
    others = {key: one for key, one in (beside or {}).items() if key != file.key}
    stored = [_file(one) for one in _built_on(file) if one.key not in others]
    library = Library(segments=[file, *others.values(), *stored])
    zone = settings.WORKSPACE_TIME_ZONE
    return list(run_tests([file], library, judge_given, default_timezone=zone))


def _file(segment: Segment) -> SegmentFile:
    return read_document(document_of(segment), segment)


def _built_on(file: SegmentFile) -> Iterator[Segment]:
    """The stored segments that the definition refers to, and those that theirs do."""
    tree = file.tree
    seen, waiting = {file.key}, [] if tree is None else [one.key for one in references(tree.where)]
    while waiting:
        key = waiting.pop()
        found = None if key in seen else Segment.objects.filter(key=key).first()
        seen.add(key)
        if found is not None:
            yield found
            waiting += _referred(found)


def _referred(segment: Segment) -> list[str]:
    canonical = segment.definition.canonical if segment.definition is not None else None
    return [node.key for node in references(from_canonical(canonical).where)] if canonical else []
