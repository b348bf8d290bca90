"""Many specs in one go: their customers side by side in one workspace, judged once for all.

An engine that needs some milliseconds for a query of any size is asked far fewer queries so. What
each spec says of its own customers stays the same; where it would not (rankings, samples, lists), a
spec is judged alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalogue.definitions.dependencies import references
from catalogue.engine.given_segments import Answer, GivenSegment, Judge
from catalogue.engine.spec_runner import Case, Library
from catalogue.warehouse.given import GivenCustomer, World

MOST = 24
# Those depend on who else there is, or on ids.
ALONE = ("Top(", "Bottom(", "Sample(")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What one step of a spec asks."""

    segments: Mapping[str, GivenSegment]
    world: World
    now: datetime

    @property
    def is_alone(self) -> bool:
        """Whether others beside it would change its answer."""
        given = self.segments.values()
        listed = any(one.definition is None or one.adds or one.removes for one in given)
        keys = {key for one in given for key in _keys_in(one)}
        return listed or not keys <= set(self.segments) or any(n in repr(given) for n in ALONE)

    def fits(self, other: Question) -> bool:
        """Whether both may be asked as one."""
        shared = self.segments.keys() & other.segments.keys()
        same = all(self.segments[key] == other.segments[key] for key in shared)
        return same and self.now == other.now


def _keys_in(segment: GivenSegment) -> set[str]:
    assert segment.definition is not None or segment.static is not None
    where = None if segment.definition is None else segment.definition.where
    return set() if where is None else {one.key for one in references(where)}


@dataclass(kw_only=True)
class Together:
    """Questions that are asked as one."""

    questions: list[Question]
    answers: list[dict[str, Answer]] = field(default_factory=list)

    def takes(self, question: Question) -> bool:
        """Whether there is room for one more."""
        if question.is_alone or self.questions[0].is_alone or len(self.questions) == MOST:
            return False
        return all(one.fits(question) for one in self.questions)

    def ask(self, judge: Judge) -> list[dict[str, Answer]]:
        """An answer for each question."""
        if not self.answers:
            self.answers = list(self._asked(judge))
        return self.answers

    def _asked(self, judge: Judge) -> Iterator[dict[str, Answer]]:
        first = self.questions[0]
        if len(self.questions) == 1:
            yield dict(judge(first.segments, first.world, first.now))
            return
        segments = {k: s for one in self.questions for k, s in one.segments.items()}
        answers = judge(segments, side_by_side([one.world for one in self.questions]), first.now)
        for place, one in enumerate(self.questions):
            yield {key: _own(answers[key], f"{place}/") for key in one.segments}


def side_by_side(worlds: Sequence[World]) -> World:
    """One workspace of all; ids begin with the place of theirs."""
    numbered = [(f"{place}/", world) for place, world in enumerate(worlds)]
    return World(
        customers=tuple(_marked(c, mark) for mark, world in numbered for c in world.customers),
        accounts=tuple(replace(a, id=mark + a.id) for mark, w in numbered for a in w.accounts),
    )


def _marked(customer: GivenCustomer, mark: str) -> GivenCustomer:
    def marked(name: str | None) -> str | None:
        return None if name is None else mark + name

    return replace(
        customer,
        id=mark + customer.id,
        account=marked(customer.account),
        merged_into=marked(customer.merged_into),
        events=tuple(replace(event, id=marked(event.id)) for event in customer.events),
    )


def _own(answer: Answer, mark: str) -> Answer:
    if not isinstance(answer, frozenset):
        return answer
    return frozenset(name.removeprefix(mark) for name in answer if name.startswith(mark))


class Specs:
    """All specs of a library, with the questions of those that lie near each other put together."""

    def __init__(self, library: Library, places: Sequence[tuple[int, int]]) -> None:
        self._library = library
        self._where: dict[tuple[int, int], list[tuple[Together, int]]] = {}
        groups: list[Together] = []
        for place in places:
            for question in self._questions(place):
                group = next((one for one in groups if one.takes(question)), None)
                if group is None:
                    group = Together(questions=[])
                    groups.append(group)
                group.questions.append(question)
                self._where.setdefault(place, []).append((group, len(group.questions) - 1))

    def run(self, place: tuple[int, int], judge: Judge) -> tuple[str, str]:
        """What comes of one spec."""
        steps = iter(self._where.get(place, []))

        def answered(
            segments: Mapping[str, GivenSegment], world: World, now: datetime
        ) -> dict[str, Answer]:
            group, number = next(steps)
            return group.ask(judge)[number]

        return self._case(place, answered).run()

    def _questions(self, place: tuple[int, int]) -> list[Question]:
        found: list[Question] = []

        def noted(
            segments: Mapping[str, GivenSegment], world: World, now: datetime
        ) -> dict[str, Answer]:
            found.append(Question(segments=segments, world=world, now=now))
            return dict.fromkeys(segments, frozenset[str]())

        self._case(place, noted).run()
        return found

    def _case(self, place: tuple[int, int], judge: Judge) -> Case:
        segment, test = place
        file = self._library.segments[segment]
        return Case(file, file.tests[test], self._library, judge, "UTC")
