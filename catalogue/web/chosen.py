"""What narrows a list at the moment, and the addresses that take parts of it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.http import QueryDict

from catalogue.filtersets import SegmentFilter

# Filters without a facet, as their chips say them.
LABELS = {
    "q": "Words",
    "size__gte": "At least, people",
    "size__lte": "At most, people",
    "updated_at__after": "Changed after",
    "uses_trait": "Uses trait",
    "uses_event": "Uses event",
    "goal": "Goal",
    "finding": "Finding",
    "health__gte": "Health at least",
    "health__lte": "Health at most",
}
NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An active filter: `name` is that of the filter, `remove_url` the same page without it."""

    name: str
    label: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way out of an empty list: without `chip`, so many are found."""

    chip: Chip
    count: int


def ways_out(filters: SegmentFilter, chips: list[Chip]) -> list[Way]:
    """For each active filter, how many would be found without it; those that find some."""
    counts = {name: filters.count_without(name) for name in {chip.name for chip in chips}}
    return [Way(chip=chip, count=counts[chip.name]) for chip in chips if counts[chip.name]]


def nearest_names(filters: SegmentFilter, words: str) -> Mapping[str, str]:
    """The segments whose names are most like these words: {key: name}."""
    names = {facts.name.casefold(): facts for facts in filters.facts.values()}
    parts = {part: facts for name, facts in names.items() for part in (name, *name.split())}
    found = [
        near
        for wanted in (words.casefold(), *words.casefold().split())
        for near in get_close_matches(wanted, parts, n=NEAREST)
    ]
    return {parts[near].key: parts[near].name for near in found[:NEAREST]}


def clean(query: QueryDict) -> QueryDict:
    """The query without what says nothing: empty fields and the number of the page."""
    left = QueryDict(mutable=True)
    for name, values in query.lists():
        said = [value for value in values if value.strip()]
        if said and name != "page":
            left.setlist(name, said)
    return left


def address(query: QueryDict) -> str:
    """A query as the end of an address, never empty, so that it can be a link by itself."""
    return f"?{query.urlencode()}"
