"""Runs the tests inside segment files: each in a workspace of what it gives and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from catalogue.definitions.dependencies import references
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.segment_file import SegmentFile, SegmentTest
from catalogue.engine.given_segments import GivenSegment, Judge
from catalogue.engine.spec_world import Clock, Plain, read_instant, world_of
from catalogue.warehouse.given import GivenError, World

Outcome = Literal["passed", "failed", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one test. `detail` names missing and unexpected ids or the fault; "" if passed.
    A file that cannot be read at all has one verdict, `refused`, with empty `segment` and `it`."""

    file: str
    segment: str
    it: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All segments of the files that were given, in the order they were read."""

    segments: Sequence[SegmentFile]

    def find(self, key: str, file: str) -> SegmentFile | None:
        """The segment of a key: the one of the same file, else the first of all."""
        fits = [segment for segment in self.segments if segment.key == key]
        near = [segment for segment in fits if segment.file_name == file]
        return next(iter(near + fits), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One judgement of a test: when, of which definition, and what it must say."""

    label: str
    at: datetime
    segment: GivenSegment
    expected: Mapping[str, frozenset[str]] = field(default_factory=dict)


def run_tests(
    segments: Sequence[SegmentFile], library: Library, judge: Judge, *, default_timezone: str
) -> Iterator[Verdict]:
    """The verdict of every test of the segments, in order."""
    for segment in segments:
        for test in segment.tests:
            case = Case(segment, test, library, judge, default_timezone)
            outcome, detail = case.run()
            yield Verdict(
                file=segment.file_name,
                segment=segment.key,
                it=test.it,
                outcome=outcome,
                detail=detail,
            )


class Case:
    """One test of one segment."""

    def __init__(
        self,
        segment: SegmentFile,
        test: SegmentTest,
        library: Library,
        judge: Judge,
        default_timezone: str,
    ) -> None:
        self.segment = segment
        self.test = test
        self.library = library
        self.judge = judge
        self.default_timezone = default_timezone

    def run(self) -> tuple[Outcome, str]:
        """The outcome and its detail."""
        expected = self.test.expect_error
        try:
            complaints = self._complaints()
        except GivenError as error:
            return "refused", str(error)
        except DefinitionError as error:
            return self._refused(error)
        if expected is not None:
            return "failed", f"It should be refused with {expected}, but it was judged."
        return ("failed", "; ".join(complaints)) if complaints else ("passed", "")

    def _refused(self, error: DefinitionError) -> tuple[Outcome, str]:
        expected = self.test.expect_error
        sentences = " ".join(fault.sentence() for fault in error.faults)
        if expected is None:
            return "refused", sentences
        if expected in {str(fault.code) for fault in error.faults}:
            return "passed", ""
        return (
            "failed",
            f"It should be refused with {expected}, but was with {error.code}. {sentences}",
        )

    def _complaints(self) -> list[str]:
        own = own_segment(self.segment)
        clock = self._clock(own.definition)
        world = world_of(self.test.given, self.test.accounts, clock)
        before: frozenset[str] = frozenset()
        complaints: list[str] = []
        for step in self._steps(own, clock):
            members = self._members(step, world)
            found = {"expect": members, "entered": members - before, "left": before - members}
            complaints += [
                step.label + complaint
                for name, ids in step.expected.items()
                for complaint in compare(name, ids, found[name])
            ]
            before = members if step.label else before
        return complaints

    def _clock(self, definition: Definition | None) -> Clock:
        zone = ZoneInfo(definition.timezone if definition else self.default_timezone)
        return Clock(now=read_instant(self.test.now, zone), zone=zone)

    def _steps(self, own: GivenSegment, clock: Clock) -> Iterator[Step]:
        if self.test.expect is not None or not self.test.timeline:
            expected = {} if self.test.expect is None else {"expect": ids_of(self.test.expect)}
            yield Step(label="", at=clock.now, segment=own, expected=expected)
        for entry in self.test.timeline:
            at = clock.read(entry["at"], bare_is_ahead=True)
            if entry.get("definition") is not None:
                definition = self._parse(entry["definition"])
                own = replace(own, definition=definition, static=None)
            names = [name for name in ("expect", "entered", "left") if entry.get(name) is not None]
            expected = {name: ids_of(entry[name]) for name in names}
            yield Step(label=f"at {entry['at']}: ", at=at, segment=own, expected=expected)

    def _parse(self, data: object) -> Definition:
        return parse_definition(data, default_timezone=self.default_timezone)

    def _members(self, step: Step, world: World) -> frozenset[str]:
        reached = self._reached(step.segment)
        answer = self.judge(reached, world.at(step.at), step.at)[self.segment.key]
        if isinstance(answer, DefinitionError):
            raise answer
        return answer

    def _reached(self, own: GivenSegment) -> dict[str, GivenSegment]:
        """The segment and all it is built on; a key that is nowhere is left to the engine."""
        reached = {self.segment.key: own}
        waiting = [own]
        while waiting:
            for key in keys_below(waiting.pop()):
                found = None if key in reached else self._find(key)
                if found is not None:
                    reached[key] = found
                    waiting.append(found)
        return reached

    def _find(self, key: str) -> GivenSegment | None:
        given = self.test.segments.get(key)
        if given is not None:
            return self._given_segment(given)
        found = self.library.find(key, self.segment.file_name)
        return None if found is None else own_segment(found)

    def _given_segment(self, data: Plain) -> GivenSegment:
        written = data.get("definition")
        static = data.get("static")
        return GivenSegment(
            definition=None if written is None else self._parse(written),
            static=None if static is None else tuple(map(str, sequence(static))),
            adds=tuple(map(str, sequence(data.get("add")))),
            removes=tuple(map(str, sequence(data.get("remove")))),
            list_of="account" if data.get("subject") == "account" else "customer",
        )


def own_segment(segment: SegmentFile) -> GivenSegment:
    """A segment as its file says it. Raises its DefinitionError when it is refused."""
    if isinstance(segment.definition, DefinitionError):
        raise segment.definition
    return GivenSegment(
        definition=segment.definition,
        static=segment.static,
        adds=segment.adds,
        removes=segment.removes,
        list_of=segment.list_of,
    )


def keys_below(segment: GivenSegment) -> list[str]:
    """Keys of the segments, and of parts of segments, a segment is directly built on."""
    if segment.definition is None:
        return []
    return [reference.target for reference in references(segment.definition.where)]


def sequence(data: object) -> Sequence[object]:
    """A list as given; nothing is an empty one."""
    if data is None:
        return ()
    if isinstance(data, list | tuple):
        return data
    raise GivenError(f"A list of ids is needed, not {data!r}.")


def ids_of(data: object) -> frozenset[str]:
    """Ids as listed in `expect`, `entered`, `left`."""
    return frozenset(map(str, sequence(data)))


def compare(name: str, expected: frozenset[str], found: frozenset[str]) -> Iterator[str]:
    """What differs, in words."""
    what = "" if name == "expect" else f"{name}: "
    if expected - found:
        yield f"{what}missing {', '.join(sorted(expected - found))}"
    if found - expected:
        yield f"{what}unexpected {', '.join(sorted(found - expected))}"
