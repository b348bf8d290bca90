"""What was answered, summed up for everybody or for the members of a segment: shares and means with
n and interval, never single answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalogue.membership.versions import members_of
from catalogue.metrics.means import mean
from catalogue.metrics.measured import Reading, shown
from catalogue.metrics.shares import share
from catalogue.models import Segment, Survey, Workspace
from catalogue.segments.subjects import subject_of
from catalogue.warehouse import current, photos
from catalogue.warehouse.ordinals import SUBJECTS

SHARE = "share of those who answered; 95 % interval by Wilson"
MEAN = "mean of those who answered; 95 % interval by Student’s t"
MOST_ANSWERS = 8
# Numbers that so few different ones were given for are grades: their shares say more.
MOST_GRADES = 11
# With more different answers than this it was no choice, but people's own words.
MOST_CHOICES = 40


class NoSummary(Exception):
    """These cannot be summed up; the message is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How many gave one answer; `text` "" stands for all the rarer ones together."""

    text: str
    share: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """One question. `n`: who answered it; `mean` of numbers; `answers`: the most frequent first, of
    grades in their order; none when they are people's own words (`is_free`) or hidden (`reason`).
    """

    label: str
    trait: str
    kind: str
    n: int
    mean: Reading | None
    answers: tuple[Answer, ...]
    is_free: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A survey among some people. `asked`: how many people these are now; `as_of`: the instant of
    the answers, `members_as_of` that of the membership (None: everybody)."""

    questions: tuple[Summed, ...]
    people: int
    as_of: datetime | None
    members_as_of: datetime | None


def sum_up(survey: Survey, segment: Segment | None = None) -> Summary:
    """The survey among the members of `segment`, or among everybody (None). Raises NoSummary."""
    photo = photos.newest_photo()
    if photo is None:
        raise NoSummary("There are no customers yet, so nobody answered.")
    tables = photos.open_photo(photo)
    among = tables.customers if segment is None else _members(segment) & tables.customers
    at = survey.answers_as_of or photo.created_at
    traits = [str(one["trait"]) for one in survey.questions]
    found = current.values(tables, among - _deleted(), traits, now=at)
    fewest = Workspace.current().fewest_people
    return Summary(
        questions=tuple(_summed(one, found, fewest) for one in survey.questions),
        people=len(among),
        as_of=at,
        members_as_of=segment.refreshed_at if segment else None,
    )


def _members(segment: Segment) -> BitMap:
    if subject_of(segment.definition) == "account":
        raise NoSummary(f"“{segment.name}” holds accounts, and customers were asked.")
    if segment.membership is None:
        raise NoSummary(f"“{segment.name}” was never refreshed, so nobody is in it yet.")
    return members_of(segment.membership)


def _deleted() -> BitMap:
    gone = SUBJECTS["customer"].objects.filter(deleted_at__isnull=False)
    return BitMap(gone.values_list("ordinal", flat=True))


def _summed(
    question: Mapping[str, Any], found: Mapping[int, Mapping[str, object]], fewest: int
) -> Summed:
    trait, kind = str(question["trait"]), str(question["kind"])
    given = [said[trait] for said in found.values() if trait in said]
    n, counts = len(given), Counter(_word(one) for one in given)
    middle = shown(_mean(given), fewest) if kind == "number" else None
    is_free = kind == "text" and len(counts) > MOST_CHOICES
    hidden = shown(share(n, n, SHARE), fewest).reason if n else "Nobody of them answered."
    listed = not hidden and not is_free and (kind != "number" or len(counts) <= MOST_GRADES)
    return Summed(
        label=str(question["label"]),
        trait=trait,
        kind=kind,
        n=n,
        mean=middle,
        answers=_answers(counts, n, kind) if listed else (),
        is_free=is_free,
        reason=hidden,
    )


def _mean(given: Sequence[object]) -> Reading:
    numbers = np.array([one for one in given if isinstance(one, int | float)], dtype=np.float64)
    return mean(numbers, "as asked", MEAN)


def _answers(counts: Counter[str], n: int, kind: str) -> tuple[Answer, ...]:
    if kind == "number":
        ordered = sorted(counts.items(), key=lambda item: float(item[0]))
        return tuple(Answer(text=text, share=share(count, n, SHARE)) for text, count in ordered)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rare = sum(count for _, count in frequent[MOST_ANSWERS:])
    rows = [*frequent[:MOST_ANSWERS], *([("", rare)] if rare else [])]
    return tuple(Answer(text=text, share=share(count, n, SHARE)) for text, count in rows)


def _word(answer: object) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return str(answer)
