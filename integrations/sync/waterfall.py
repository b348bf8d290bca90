"""How the members of a segment become the people on a list: how many are left after each step, when
that was so, and what says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.models import SyncRun
from integrations.sync.truth import PeopleTruth

PLANNED = "planned by the sync"
# What each step of the plan leaves out, and what is said of those who are left.
PLAN = (
    ("deleted", "Not deleted"),
    ("suppressed", "Not suppressed"),
    ("without_consent", "With consent, where the tool asks for it"),
    ("in_other_lists", "Not in a list that comes first"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`left` people after this step, None where that is not known; `out` went with it."""

    words: str
    left: int | None
    out: int
    as_of: datetime | None
    how: str


def waterfall_of(
    runs: Sequence[SyncRun], people: PeopleTruth, *, unsent: int, confirmed: int
) -> tuple[Step, ...]:
    """The steps of one list, from its `runs`, newest first; none before a sync was planned.
    `unsent` cannot be named to the tool, `confirmed` it has accepted."""
    planned = next((run for run in runs if run.waterfall), None)
    if planned is None:
        return ()
    steps = planned_steps(planned.waterfall, planned.started_at)
    wanted = steps[-1].left or 0
    ended = runs[0].finished_at or runs[0].started_at
    named = Step(
        words="With the identifier that the tool knows people by",
        left=max(wanted - unsent, 0),
        out=min(unsent, wanted),
        as_of=ended,
        how="who was not sent, by the last sync",
    )
    accepted = Step(
        words="Accepted by the tool",
        left=confirmed,
        out=max((named.left or 0) - confirmed, 0),
        as_of=ended,
        how="confirmed one by one, by the last sync",
    )
    return (*steps, named, accepted, _present(people, confirmed))


def planned_steps(counts: Mapping[str, int], at: datetime) -> list[Step]:
    """The steps that a plan made at `at` tells of: from members to those who are wanted there."""
    left = counts.get("members", 0)
    steps = [Step(words="Members", left=left, out=0, as_of=at, how=PLANNED)]
    for name, words in PLAN:
        out = counts.get(name, 0)
        left -= out
        steps.append(Step(words=words, left=left, out=out, as_of=at, how=PLANNED))
    return steps


def _present(people: PeopleTruth, confirmed: int) -> Step:
    """Ours on the list, as it was read back: never guessed."""
    words = "Present in the tool"
    if people.held is None:
        return Step(words=words, left=None, out=0, as_of=people.as_of, how=people.evidence)
    ours = people.held - (people.foreign or 0)
    out = max(confirmed - ours, 0)
    return Step(words=words, left=ours, out=out, as_of=people.as_of, how="read back, ours only")
