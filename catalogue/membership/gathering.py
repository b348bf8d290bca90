"""What a refresh judges: the segments asked for, and all that they build on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import references
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import Definition, Subject
from catalogue.engine.inputs import SegmentInput
from catalogue.models import DefinitionVersion, ListedMember, Segment, Status
from catalogue.segments.subjects import subject_of
from catalogue.warehouse.ordinals import ordinals_of

Kind = ListedMember.Kind
# Ids by segment and kind.
Listed = Mapping[tuple[int, str], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """`asked`: the segments to publish, by key. `inputs`: everything to be judged for them.
    `refused`: what cannot even be read; it is not in `inputs`."""

    asked: dict[str, Segment]
    inputs: dict[str, SegmentInput]
    refused: dict[str, DefinitionError]


def gather(keys: Collection[str], *, proposed: Mapping[str, Definition] | None = None) -> Gathered:
    """Read the definitions and lists of `keys` (empty: of all segments that are not archived) and
    of everything they refer to, all of one state of the catalogue.

    A definition of `proposed` is taken in the place of the stored one; under a key that no segment
    has it stands beside the stored ones, without a list. It is always in `inputs`."""
    proposed = proposed or {}
    while True:
        segments = _segments()
        asked = {key: segments[key] for key in keys or segments if key in segments}
        definitions, refused = _closure([*asked, *proposed], segments, proposed)
        inputs = _inputs(definitions, segments)
        # Somebody may have edited a list between the two readings.
        if _edited(segments) == _edited(_segments()):
            return Gathered(asked=asked, inputs=inputs, refused=refused)


def _segments() -> dict[str, Segment]:
    rows = Segment.objects.exclude(status=Status.ARCHIVED).select_related("definition")
    return {segment.key: segment for segment in rows.order_by("key")}


def _edited(segments: dict[str, Segment]) -> dict[str, datetime]:
    return {key: segment.updated_at for key, segment in segments.items()}


def _closure(
    asked: Iterable[str], segments: dict[str, Segment], proposed: Mapping[str, Definition]
) -> tuple[dict[str, Definition | None], dict[str, DefinitionError]]:
    """The definition (None: a static list) of every key reached from `asked`."""
    definitions: dict[str, Definition | None] = {}
    refused: dict[str, DefinitionError] = {}
    waiting = list(asked)
    while waiting:
        key = waiting.pop()
        if key in definitions or key in refused or not (key in segments or key in proposed):
            continue
        try:
            definition = proposed.get(key) or _definition(segments[key].definition)
        except DefinitionError as error:
            refused[key] = error
            continue
        definitions[key] = definition
        waiting += [node.key for node in references(definition.where)] if definition else []
    return definitions, refused


def _definition(version: DefinitionVersion | None) -> Definition | None:
    if version is None:
        raise refuse(Code.EMPTY_DEFINITION, "The segment has no definition and no list yet.")
    return None if version.canonical is None else from_canonical(version.canonical)


def _inputs(
    definitions: dict[str, Definition | None], segments: dict[str, Segment]
) -> dict[str, SegmentInput]:
    listed = _listed([segments[key].pk for key in definitions if key in segments])
    return {key: _input(one, listed, segments.get(key)) for key, one in definitions.items()}


def _input(definition: Definition | None, listed: Listed, segment: Segment | None) -> SegmentInput:
    stored = subject_of(segment.definition if segment is not None else None)
    subject = stored if definition is None else definition.subject
    ordinals = {kind: _ordinals(listed, segment, kind, subject) for kind in Kind}
    return SegmentInput(
        definition=definition,
        list_of=subject,
        static=ordinals[Kind.STATIC] if definition is None else None,
        adds=ordinals[Kind.ADD],
        removes=ordinals[Kind.REMOVE],
    )


def _listed(segment_ids: list[int]) -> Listed:
    ids: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = ListedMember.objects.filter(segment_id__in=segment_ids)
    for segment_id, kind, customer_id in rows.values_list("segment_id", "kind", "customer_id"):
        ids[segment_id, kind].append(customer_id)
    return ids


def _ordinals(listed: Listed, segment: Segment | None, kind: str, subject: Subject) -> BitMap:
    # Unknown ids are kept aside without effect; applying the file has reported them.
    ids = [] if segment is None else listed.get((segment.pk, kind), [])
    return ordinals_of(ids, subject)[0] if ids else BitMap()
