"""What a refresh judges: the segments asked for, and all that they build on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from pyroaring import BitMap

from catalogue.definitions.dependencies import references
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import Definition, InSegment, Subject, part_key
from catalogue.engine.inputs import SegmentInput
from catalogue.membership.gathered_before import keep_read, read_before
from catalogue.models import DefinitionVersion, ListedMember, Segment, Status
from catalogue.segments.parts import parts_of
from catalogue.segments.subjects import subject_of
from catalogue.segments.trees import tree_of
from catalogue.warehouse.ordinals import ordinals_of

Kind = ListedMember.Kind
# Ids by segment and kind.
Listed = Mapping[tuple[int, str], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """`asked`: the segments to publish, by key. `inputs`: everything to be judged for them.
    `refused`: what cannot even be read; it is not in `inputs`. `read_anew`: by key of a segment
    whose parts are among `inputs`, what they read whole at every refresh."""

    asked: dict[str, Segment]
    inputs: dict[str, SegmentInput]
    refused: dict[str, DefinitionError]
    read_anew: dict[str, str] = field(default_factory=dict)


def gather(
    keys: Collection[str],
    *,
    proposed: Mapping[str, Definition] | None = None,
    with_parts: bool = False,
) -> Gathered:
    """Read the definitions and lists of `keys` (empty: of all segments that are not archived) and
    of everything they refer to, all of one state of the catalogue.

    A definition of `proposed` is taken in the place of the stored one; under a key that no segment
    has it stands beside the stored ones, without a list. It is always in `inputs`. Parts that
    something refers to are in `inputs` too, as `key#part`; all parts of `keys` if `with_parts`."""
    proposed = proposed or {}
    while True:
        reached = _Reached(proposed)
        asked = reached.read([*keys, *proposed] if keys else None)
        if with_parts:
            reached.divide(asked)
        reached.follow()
        listed = reached.listed()
        inputs = _inputs(reached.definitions, reached.segments, listed) | reached.parts
        # Somebody may have edited a list between the two readings.
        if reached.is_unedited():
            reached.keep(listed)
            wanted = keys or asked
            found = {key: asked[key] for key in wanted if key in asked}
            return Gathered(
                asked=found,
                inputs=inputs,
                refused=reached.refused,
                read_anew=reached.read_anew,
            )


class _Reached:
    """The segments that are reached from some, read level by level. `definitions`: by key, that of
    each (None: a static list); `refused`: those whose definition cannot be read; `parts`: those of
    the segments that were divided."""

    def __init__(self, proposed: Mapping[str, Definition]) -> None:
        self.proposed = proposed
        self.segments: dict[str, Segment] = {}
        self.definitions: dict[str, Definition | None] = {}
        self.refused: dict[str, DefinitionError] = {}
        self.parts: dict[str, SegmentInput] = {}
        self.read_anew: dict[str, str] = {}
        self._beside: dict[str, Definition] = {}
        self._divided: set[str] = set()
        self._waiting: list[str] = []
        self._is_everything = False
        self._readings = 0
        # Those of which this process knows that nobody is on a list.
        self._unlisted: set[int] = set()

    def read(self, keys: Collection[str] | None) -> dict[str, Segment]:
        """Read the segments of these keys (None: all) that there are and are not archived."""
        found = {segment.key: segment for segment in self._rows(keys).order_by("key")}
        self._readings += 1
        self._read_definitions(found.values())
        self.segments |= found
        self._waiting += [*found, *self.proposed]
        return found

    def _read_definitions(self, segments: Collection[Segment]) -> None:
        """Give each segment its definition; only of those that were edited it is read."""
        known = {one.pk: read for one in segments if (read := read_before(one)) is not None}
        self._unlisted |= {pk for pk, read in known.items() if not read.is_listed}
        edited = {one.definition_id for one in segments if one.pk not in known} - {None}
        versions = DefinitionVersion.objects.in_bulk(edited) if edited else {}
        for one in segments:
            read = known.get(one.pk)
            one.definition = versions.get(one.definition_id) if read is None else read.definition

    def _rows(self, keys: Collection[str] | None) -> QuerySet[Segment]:
        self._is_everything |= keys is None
        rows = Segment.objects.exclude(status=Status.ARCHIVED)
        return rows if self._is_everything else rows.filter(key__in=list(keys or ()))

    def follow(self) -> None:
        """Read the definitions of all that was read, and what they refer to."""
        while self._waiting:
            level, self._waiting = self._waiting, []
            named = [node for one in dict.fromkeys(level) for node in self._named_by(one)]
            unread = {node.key for node in named} - self.segments.keys() - self.definitions.keys()
            if unread:
                self.read(sorted(unread))
            self.divide({node.key for node in named if node.part is not None})

    def divide(self, keys: Collection[str]) -> None:
        """Read the parts of these segments; what they ask besides is followed too."""
        new = [self.segments[key] for key in sorted((set(keys) - self._divided) & {*self.segments})]
        self._divided |= set(keys)
        for key, parts in parts_of(new).items() if new else ():
            subject = subject_of(self.segments[key].definition)
            self.read_anew |= {key: parts.read_anew} if parts.read_anew else {}
            self._beside |= parts.beside
            self._waiting += parts.beside
            self.parts |= {
                part_key(key, name): SegmentInput(part=part, list_of=subject)
                for name, part in parts.named.items()
            }

    def _named_by(self, key: str) -> tuple[InSegment, ...]:
        if key in self.definitions or key in self.refused:
            return ()
        try:
            definition = self._definition_of(key)
        except DefinitionError as error:
            self.refused[key] = error
            return ()
        self.definitions[key] = definition
        return references(definition.where) if definition else ()

    def _definition_of(self, key: str) -> Definition | None:
        given = self.proposed.get(key) or self._beside.get(key)
        return given or _definition(self.segments[key].definition)

    def listed(self) -> Listed:
        """Who is on the lists of all that was read."""
        found = {self.segments[key].pk for key in self.definitions if key in self.segments}
        return _listed(sorted(found - self._unlisted)) if found - self._unlisted else {}

    def keep(self, listed: Listed) -> None:
        """Remember what was read."""
        on_lists = {pk for pk, _ in listed}
        for key, segment in self.segments.items():
            if key in self.definitions and segment.pk not in self._unlisted:
                keep_read(segment, is_listed=segment.pk in on_lists)

    def is_unedited(self) -> bool:
        """Whether all that was read is still as it was. What was read by one statement is of one
        moment."""
        if self._readings == 1 and all(s.pk in self._unlisted for s in self.segments.values()):
            return True
        edited = {key: segment.updated_at for key, segment in self.segments.items()}
        now = dict(self._rows(list(edited)).values_list("key", "updated_at"))
        return all(now.get(key) == at for key, at in edited.items())


def _definition(version: DefinitionVersion | None) -> Definition | None:
    if version is None:
        raise refuse(Code.EMPTY_DEFINITION, "The segment has no definition and no list yet.")
    return None if version.canonical is None else tree_of(version.canonical)


def _inputs(
    definitions: dict[str, Definition | None], segments: dict[str, Segment], listed: Listed
) -> dict[str, SegmentInput]:
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
