"""The five questions of a review, and beside each what is known that answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from catalogue.metrics.measured import shown
from catalogue.metrics.precision import Precision, precision_of
from catalogue.metrics.shares import share as share_of
from catalogue.models import Evidence, GoalSplit, Segment, Workspace
from catalogue.permissions import Actor
from catalogue.segments.lifecycle import is_current
from catalogue.segments.queries.sizes import Trend, trends
from catalogue.segments.replacing import uses_of

QUESTIONS: Mapping[str, str] = {
    "still_true": "Is it still true?",
    "still_used": "Is it still used?",
    "goal_holds": "Is the goal still the right one?",
    "message_right": "Is the message still right?",
    "outcome": "Keep, change or archive?",
}


def review_facts(segment: Segment, *, now: datetime, viewer: Actor) -> dict[str, list[str]]:
    """{question: [sentence, …]}: what is known as of `now`. Numbers only, nobody by name."""
    precision = precision_of(segment, since=segment.reviewed_at)
    trend = trends([segment], now=now).get(segment.pk, Trend())
    return {
        "still_true": [
            *_evidence(list(segment.evidence.all()), now.date()),
            *_size(trend),
            *_precision(precision),
        ],
        "still_used": list(_uses(segment, viewer)),
        "goal_holds": list(_goal(segment)),
        "message_right": list(_messages(segment, precision)),
        "outcome": list(_since(segment)),
    }


def _evidence(pieces: list[Evidence], today: date) -> Iterator[str]:
    if not pieces:
        yield "Nothing supports its why."
        return
    current = [one for one in pieces if is_current(one, today)]
    count = len(pieces)
    yield f"{count} piece{'s' if count != 1 else ''} of evidence, {len(current)} not expired."
    dated = [one.on for one in pieces if one.on is not None]
    if dated:
        yield f"The newest is of {max(dated):%-d %B %Y}."


def _size(trend: Trend) -> Iterator[str]:
    if not trend.sizes:
        yield "It was never counted."
        return
    first, last = trend.sizes[0], trend.sizes[-1]
    yield (
        f"It holds {last.size:,} as of {last.at:%-d %B %Y}; {first.size:,} on {first.at:%-d %B %Y}."
    )


def _precision(precision: Precision) -> Iterator[str]:
    whole = precision.whole
    if not whole.n:
        yield "Nobody has said yet whether its members fit."
        return
    if whole.value is None or whole.interval is None:
        yield f"{whole.n} members were judged: too few for a share to be shown."
    else:
        low, high = whole.interval.low, whole.interval.high
        yield (
            f"{whole.value:.0%} of {whole.n:,} judged members fit (95 % interval {low:.0%} to"
            f" {high:.0%})."
        )
    for reason in precision.reasons:
        yield f"{reason.label}: said of {reason.count:,}."


def _uses(segment: Segment, viewer: Actor) -> Iterator[str]:
    uses = uses_of(segment, viewer)
    yield f"Used by {', '.join(uses)}." if uses else "No segment is built on it, no tool holds it."


def _goal(segment: Segment) -> Iterator[str]:
    goal = segment.goal or {}
    if not goal:
        yield "It has no goal."
        return
    if goal.get("at_least"):
        yield f"It wants at least {goal['at_least']} to reach its goal."
    if goal.get("by"):
        yield f"The goal is to be reached by {goal['by']}."
    rows = GoalSplit.objects.filter(segment=segment).defer(*GoalSplit.HEAVY)
    split = rows.order_by("-now", "-pk").first()
    yield "The goal was never measured." if split is None else _reached(split)


def _reached(split: GoalSplit) -> str:
    share = shown(share_of(split.reached_count, split.decided), Workspace.current().fewest_people)
    if share.value is None or share.interval is None:
        return f"{split.decided:,} have had their time: too few for a share to be shown."
    low, high = share.interval.low, share.interval.high
    return (
        f"{share.value:.1%} of {split.decided:,} who have had their time reached it (95 % interval"
        f" {low:.1%} to {high:.1%}), as of {split.now:%-d %B %Y}."
    )


def _messages(segment: Segment, precision: Precision) -> Iterator[str]:
    said = {one.function: one for one in segment.messages.all()}
    for function in dict.fromkeys([*Workspace.current().functions, *said]):
        name = function.replace("_", " ").capitalize()
        guide = said.get(function)
        if guide is None:
            yield f"{name} has no message."
        elif guide.approved_at is None:
            yield f"{name}: version {guide.number}, which nobody has approved."
        else:
            yield f"{name}: version {guide.number}, approved on {guide.approved_at:%-d %B %Y}."
    for reason in precision.reasons:
        if reason.code == "not_for_them":
            yield f"{reason.label}: said of {reason.count:,} members."


def _since(segment: Segment) -> Iterator[str]:
    if segment.reviewed_at is None:
        yield "It was never reviewed."
    else:
        yield f"It was reviewed last on {segment.reviewed_at:%-d %B %Y}."
    if segment.definition is not None:
        number, at = segment.definition.number, segment.definition.created_at
        yield f"Its definition is d{number}, of {at:%-d %B %Y}."
