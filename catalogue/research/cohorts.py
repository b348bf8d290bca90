"""Whose way to the goal is followed, from when on: so that what is known of somebody is always of
before they could reach it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pyroaring import BitMap

from catalogue.membership.entrances import Entrance, entrances
from catalogue.models import MembershipVersion, Segment
from catalogue.research.refusals import ResearchRefused
from catalogue.segments.subjects import subject_of

# Refreshes looked at, the newest ones: half a year of weekly ones.
MOST_COHORTS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """People who are followed from `start` on; `people` None are all who had done something."""

    start: datetime
    people: BitMap | None


def cohorts_of(segment: Segment | None, *, days: int, now: datetime) -> list[Cohort]:
    """Who entered `segment`, by the refresh that found them in it, the first time they did; of
    everyone (None) those who were there `days` before `now`. All have had `days` days since.
    Raises ResearchRefused when nobody has."""
    latest = now - timedelta(days=days)
    if segment is None:
        return [Cohort(start=latest, people=None)]
    if subject_of(segment.definition) == "account":
        raise ResearchRefused(
            f"“{segment.name}” holds accounts; groups are looked for among customers.",
            pointer="/segment",
        )
    versions = MembershipVersion.objects.filter(segment=segment, now__lte=latest)
    newest_first = entrances(versions.order_by("-now", "-number"))
    found = _first_entries(list(islice(newest_first, MOST_COHORTS))[::-1])
    if not found:
        raise ResearchRefused(
            f"Nobody has entered “{segment.name}” {days} days ago or earlier, so nobody can have"
            " reached the goal in time. Take fewer days, or wait.",
            pointer="/days",
        )
    return found


def _first_entries(entered: Sequence[Entrance]) -> list[Cohort]:
    seen, found = BitMap(), []
    for one in entered:
        people = one.people - seen
        seen |= people
        if people:
            found.append(Cohort(start=one.at, people=people))
    return found
