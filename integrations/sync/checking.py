"""What is set up wrongly on our side, said before anything is sent: what a tool cannot know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from catalogue import published
from integrations import registry
from integrations.models import Destination
from integrations.sync.eligibility import allowed_people
from integrations.sync.identities import name_members
from integrations.sync.plan import slices
from integrations.sync.setup import setup_of
from integrations.sync.wanted import wanted_audiences

READ_TOGETHER = 10_000


def warnings_of(destination: Destination, *, now: datetime) -> list[str]:
    """Sentences on everything about a destination that somebody should look at: wishes of segments
    that cannot be met (two that want one list), segments by importance that there are not, fields
    that several segments write to, members who share what they would be known by."""
    return [
        *wanted_audiences(destination=destination.key).faults,
        *_unknown_segments(destination),
        *_shared_fields(destination),
        *_shared_names(destination, now),
    ]


def _unknown_segments(destination: Destination) -> Iterator[str]:
    for key in destination.priority:
        if published.card(key) is None:
            yield f"priority names the segment {key}, and there is none of that key."


def _shared_fields(destination: Destination) -> Iterator[str]:
    """Of fields that contacts have once, where more than one segment is written to them."""
    about = registry.manifest(destination.connector)
    lists = wanted_audiences(destination=destination.key).audiences
    if not about.fields_are_shared or len(lists) < 2:
        return
    keys = sorted(audience.segment_key for audience in lists)
    for name, usual in about.fields.items():
        to = destination.options.get(f"field_{name}", usual)
        if to and "{segment}" not in to:
            yield (
                f"{' and '.join(keys[:2])}{' and others' if len(keys) > 2 else ''} are all written"
                f" to the field {to}: who is in several of them has what was written last. Make a"
                f" field for each segment, and say so as field_{name}={to}_{{segment}}."
            )


def _shared_names(destination: Destination, now: datetime) -> Iterator[str]:
    """Of each list of this tool, where members are known by a trait."""
    setup = setup_of(destination)
    if not setup.identity.traits:
        return
    for audience in wanted_audiences(destination=destination.key).audiences:
        version = published.newest(audience.segment_key)
        if version is None or version.subject != "customer":
            continue
        people = allowed_people(version, consent=setup.consent, now=now)
        seen, shared = set[int](), 0
        for some in slices(people.ordinals, READ_TOGETHER):
            named = name_members(people, some, setup.identity, now=now)
            for name in named.identities.values():
                mark = hash(name.strip().lower())
                shared += mark in seen
                seen.add(mark)
        if shared:
            yield (
                f"{shared:,} members of {audience.segment_key} share {setup.identity.text} with"
                " somebody else: over there they are one person, who stays on the list while one of"
                " them does."
            )
