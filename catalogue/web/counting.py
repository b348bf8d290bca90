"""A definition as lines with the people each of them holds, for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from redis import RedisError

from catalogue.definitions import nodes
from catalogue.definitions.describe import Labels
from catalogue.definitions.linked import Span, linked_sentences
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.places import ROOT, places, places_below
from catalogue.membership.estimating import Estimate, estimate, newest_photo
from catalogue.segments.subjects import PLURALS

# A count says as of when it is, so that it may be shown again for a while.
KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCount:
    """What `NodeEstimate` counts of one node: customers or accounts, as `about` says."""

    alone: int
    remaining: int
    null_share: float | None
    about: Subject
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many a definition holds: `size` of `population`, customers or accounts as `subject` says,
    by pointer for each node. Exact, as of `now`, on the data loaded at `data_as_of`."""

    subject: Subject
    size: int
    population: int
    nodes: Mapping[str, NodeCount]
    now: datetime
    data_as_of: datetime
    milliseconds: float

    @property
    def seconds(self) -> str:
        """How long the counting took."""
        return f"{self.milliseconds / 1000:.1f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """One node in English. `before` are the people before it was asked, `remaining` those after it,
    in the sense of `joined`: they stay (all), were reached so far (any), or were not taken out yet
    (none, not). The first line, of the whole, stands for itself, and so does what is asked of the
    customers of an account. `counts`: what is counted where that is not what the whole holds."""

    depth: int
    spans: tuple[Span, ...]
    joined: str
    alone: int
    remaining: int
    before: int
    null_share: float | None
    counts: str = ""

    @property
    def stay(self) -> str:
        """The share of those before it whom this line leaves; under `any` the share of everybody
        reached so far."""
        return percent(self.remaining, self.before)

    @property
    def unknown(self) -> str:
        """The share of all customers whose value is missing; "" where no value is asked for."""
        return "" if self.null_share is None else percent(self.null_share, 1)

    @property
    def lost(self) -> int | None:
        """How many fewer than before; None where lines add people."""
        return None if self.joined == "any" else self.before - self.remaining


def percent(part: float, whole: float) -> str:
    """A share for people: `34 %`; what is not quite nothing, or all, is never shown as that."""
    if not whole:
        return "–"
    share = part / whole
    if 0 < share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")


def counts_of(definition: Definition, *, hash_: str, key: str, now: datetime) -> Counts:
    """The counts of a stored definition (`hash_` is its hash) of the segment `key`; as they were
    counted up to KEPT_SECONDS ago on the same data. Raises what `estimate` raises."""
    name = f"counted:{settings.VERSION}:{newest_photo().pk}:{key}:{hash_}"
    kept = _recall(name)
    if kept is None:
        kept = _counts(estimate(definition, key=key, now=now))
        _keep(name, kept)
    return kept


def _recall(name: str) -> Counts | None:
    # Without a cache it is only slower.
    try:
        found = cache.get(name)
    except (RedisError, OSError):
        return None
    return found if isinstance(found, Counts) else None


def _keep(name: str, counts: Counts) -> None:
    try:
        cache.set(name, counts, KEPT_SECONDS)
    except (RedisError, OSError):
        return


def _counts(found: Estimate) -> Counts:
    # Without `members`: whoever is counted is not kept anywhere.
    return Counts(
        subject=found.subject,
        size=found.size,
        population=found.population,
        nodes={
            one.pointer: NodeCount(
                alone=one.alone,
                remaining=one.remaining,
                null_share=one.null_share,
                about=one.about,
                population=one.population,
            )
            for one in found.nodes
        },
        now=found.now,
        data_as_of=found.data_as_of,
        milliseconds=found.milliseconds,
    )


def counted_lines(
    definition: Definition, counts: Counts, *, labels: Labels | None = None
) -> list[CountedLine]:
    """Every line of the English definition with its counts, in the order of the document."""
    joined, before = _groups(definition, counts)
    lines = []
    for one in linked_sentences(definition, labels=labels):
        count = counts.nodes[one.pointer]
        line = CountedLine(
            depth=one.depth,
            spans=one.spans,
            joined=joined.get(one.pointer, "all"),
            alone=count.alone,
            remaining=count.remaining,
            before=before.get(one.pointer, count.population),
            null_share=count.null_share,
            counts="" if count.about == counts.subject else PLURALS[count.about],
        )
        lines += [] if one.folded else [line]
    return lines


def _groups(definition: Definition, counts: Counts) -> tuple[dict[str, str], dict[str, int]]:
    """By pointer: how a node is joined with those before it, and how many there were before."""
    joined: dict[str, str] = {}
    before: dict[str, int] = {}
    for pointer, node in places(definition.where, ROOT):
        if not isinstance(node, nodes.Group):
            continue
        everybody = left = counts.nodes[pointer].population
        for place, _ in places_below(node, pointer):
            joined[place] = _word(node)
            # People reached are shown against everybody there is.
            before[place] = everybody if isinstance(node, nodes.Any) else left
            left = counts.nodes[place].remaining
    return joined, before


def _word(node: nodes.Node) -> str:
    if isinstance(node, nodes.Any):
        return "any"
    return "all" if isinstance(node, nodes.All | nodes.Top | nodes.Bottom) else "none"
