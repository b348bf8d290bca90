"""Kinds of filters beside those of django-filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import F, QuerySet

from catalogue.models import Segment
from catalogue.segments.facts import SegmentFacts


class AnyOf(filters.MultipleChoiceFilter):
    """Alternatives by a fact that no column holds: `holds(facts, wanted values)`."""

    def __init__(
        self, holds: Callable[[SegmentFacts, frozenset[str]], bool], *args: Any, **kwargs: Any
    ) -> None:
        self.holds = holds
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet[Segment], value: Iterable[str]) -> QuerySet[Segment]:
        """Those for which it holds; all when nothing is wanted."""
        wanted = frozenset(value or ())
        if not wanted:
            return queryset
        found = [pk for pk, one in self.parent.facts.items() if self.holds(one, wanted)]
        return queryset.filter(pk__in=found)


class Named(AnyOf):
    """Alternatives that are any names at all, such as those of traits."""

    class field_class(forms.MultipleChoiceField):  # noqa: N801 (what django-filter calls it)
        """Takes whatever is given."""

        def valid_value(self, value: str) -> bool:
            """Every name may be asked for: one that nobody uses finds nothing."""
            return True


class SegmentOrdering(filters.OrderingFilter):
    """What is not known yet stands last, whichever way round; the key decides between equals."""

    def filter(self, queryset: QuerySet[Segment], value: list[str] | None) -> QuerySet[Segment]:
        """In the order asked for, else by name."""
        ordered = []
        for name in value or ["name"]:
            expression = F(self.param_map[name.removeprefix("-")])
            descending = name.startswith("-")
            ordered.append(
                expression.desc(nulls_last=True) if descending else expression.asc(nulls_last=True)
            )
        return queryset.order_by(*ordered, "key")
