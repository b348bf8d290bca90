"""The lists of segments in tools, with everything a page shows of them; from a few queries, however
many lists there are. Never a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from integrations import registry
from integrations.errors import ConfigError
from integrations.models import Audience, Destination, Rejection, Side, SyncRun
from integrations.sync.truth import Truth, truths
from integrations.sync.waterfall import Step, waterfall_of

HEAVY = ("acknowledged", "uncertain", "sent")
RUNS_SHOWN = 10
# A tool's message may name the person it is about.
ADDRESS = re.compile(r"[^\s<>()\"“”,;:]+@[^\s<>()\"'“”‘’,;:]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Members that a tool will not take, or that we cannot send, for one reason."""

    reason: str
    side: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A connected tool for people: `title` of its connector, `function` of who works with it."""

    key: str
    title: str
    function: str
    docs: str
    off_reason: str
    can_be_read_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One segment in one tool. `held_definition` and `newest_definition` are numbers of definition
    versions, None where unknown; `runs` the newest syncs, newest first."""

    audience: Audience
    tool: Tool
    truth: Truth
    held_definition: int | None
    newest_definition: int | None
    runs: tuple[SyncRun, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_braked(self) -> bool:
        """Whether the brake holds the sync to the newest version."""
        newest = self.truth.people.newest_version
        braked = newest is not None and self.audience.braked_at_version == newest
        return braked and not self.audience.is_approved(newest or 0)

    @property
    def waterfall(self) -> tuple[Step, ...]:
        """From members to people present; needs `runs` and `refusals`."""
        return waterfall_of(
            self.runs,
            self.truth.people,
            unsent=sum(one.count for one in self.refusals if one.side == Side.OURS),
            confirmed=self.audience.acknowledged_count,
        )


def copies_in(audiences: Sequence[Audience], *, with_runs: bool = False) -> list[Copy]:
    """The lists in their order; each row comes with its destination, without its bitmaps."""
    found = truths(audiences)
    ids = [audience.pk for audience in audiences]
    runs = _runs(ids) if with_runs else {}
    refusals = _refusals(ids) if with_runs else {}
    return [
        Copy(
            audience=audience,
            tool=tool_of(audience.destination),
            truth=truth,
            held_definition=truth.definition.held_number,
            newest_definition=truth.definition.current_number,
            runs=tuple(runs.get(audience.pk, ())),
            refusals=tuple(refusals.get(audience.pk, ())),
        )
        for audience, truth in zip(audiences, found, strict=True)
    ]


def lists_of(keys: Collection[str], *, tool: str = "") -> list[Audience]:
    """The lists of these segments, by segment and tool."""
    rows = Audience.objects.filter(segment_key__in=keys).select_related("destination")
    wanted = rows.filter(destination__key=tool) if tool else rows
    return list(wanted.defer(*HEAVY).order_by("segment_key", "destination__key"))


def tool_of(destination: Destination) -> Tool:
    """A destination for people; one whose connector's folder is gone still has a name."""
    try:
        about = registry.manifest(destination.connector)
    except ConfigError:
        title = function = destination.connector
        docs, readable = "", False
    else:
        title, function, docs = about.title, about.works_for, about.docs
        readable = about.read_back.value != "none"
    return Tool(
        key=destination.key,
        title=title,
        function=function,
        docs=docs,
        off_reason=destination.off_reason,
        can_be_read_back=readable,
    )


def masked(reason: str) -> str:
    """A tool's own message without anybody's address."""
    return ADDRESS.sub("…@…", reason)


def _runs(ids: Sequence[int]) -> Mapping[int, list[SyncRun]]:
    """The newest syncs of each list, from one query."""
    rows = SyncRun.objects.filter(audience__in=ids).order_by("-pk")
    by_list: dict[int, list[SyncRun]] = defaultdict(list)
    for run in rows[: RUNS_SHOWN * max(len(ids), 1) * 3]:
        if len(by_list[run.audience_id]) < RUNS_SHOWN:
            by_list[run.audience_id].append(run)
    return by_list


def _refusals(ids: Sequence[int]) -> Mapping[int, list[Refusal]]:
    """What is refused of each list, grouped by what the tool said; the most frequent first."""
    rows = Rejection.objects.filter(audience__in=ids)
    counted = rows.values_list("audience", "side", "reason").annotate(count=Count("pk"))
    grouped: dict[tuple[int, str, str], int] = defaultdict(int)
    for audience, side, reason, count in counted:
        grouped[audience, side, masked(reason)] += count
    found: dict[int, list[Refusal]] = defaultdict(list)
    for (audience, side, reason), count in sorted(grouped.items(), key=lambda one: -one[1]):
        found[audience].append(Refusal(reason=reason, side=side, count=count))
    return found
