"""The filters that narrow a list now, as chips that take themselves away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.http import QueryDict

from catalogue.filtersets.facets import Facet
from catalogue.web.chosen import Chip, address


class Faceted(Protocol):
    """What a FilterSet has to say for itself."""

    @property
    def facets(self) -> Sequence[Facet]:
        """The filters with the values to choose."""

    @property
    def errors(self) -> Mapping[str, Any]:
        """What was asked for and not understood, by filter."""


def chips(filters: Faceted, query: QueryDict, plain: Mapping[str, str]) -> list[Chip]:
    """Every filter that narrows; `plain` are the labels of those without a facet."""
    found = [
        (name, label, value, value)
        for name, label in plain.items()
        for value in query.getlist(name)
        if value.strip()
    ]
    found += [
        (facet.name, facet.label, value.value, value.label)
        for facet in filters.facets
        for value in facet.chosen
    ]
    wrong = filters.errors
    return [
        chip_of(query, name, label, value, shown)
        for name, label, value, shown in found
        if name not in wrong
    ]


def chip_of(query: QueryDict, name: str, label: str, value: str, shown: str) -> Chip:
    """The chip of one value; `shown` is the value for people."""
    left = query.copy()
    left.setlist(name, [other for other in query.getlist(name) if other != value])
    return Chip(name=name, label=label, value=shown, remove_url=address(left))
