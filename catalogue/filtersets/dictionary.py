"""The filters of the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from catalogue.models import EventEntry, TraitEntry, ValueType
from catalogue.permissions import Actor
from catalogue.segments.queries.uses import Uses, uses_of

SUBJECTS = (("customer", "Customers"), ("account", "Accounts"))


def _has_all(words: Sequence[str], texts: Sequence[str]) -> bool:
    # Whoever reads “Trial ends at” does not know that it is called trial_ends_at.
    text = "\n".join([*texts, texts[0].replace("_", " ")]).casefold()
    return all(word in text for word in words)


class EntryFilter(filters.FilterSet):
    """What traits and events share: words in name, label and meaning, and whether any segment that
    exists for `viewer` uses them."""

    q = filters.CharFilter(method="search", label="Words")
    unused = filters.BooleanFilter(method="by_use", label="Unused")

    def __init__(
        self, data: Any = None, *, viewer: Actor, uses: Uses | None = None, **kwargs: Any
    ) -> None:
        """`uses` are looked up unless they are known already."""
        self.viewer = viewer
        self.known_uses = uses
        super().__init__({} if data is None else data, **kwargs)

    @cached_property
    def uses(self) -> Uses:
        """What segments look at."""
        return self.known_uses or uses_of(self.viewer)

    def search(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        """Those in which every word is found, in large or small letters of any script."""
        words = value.casefold().split()
        rows = queryset.values_list("pk", "name", "label", "description")
        found = [
            pk
            for pk, *texts in rows
            if all(
                word in "\n".join([*texts, texts[0].replace("_", " ")]).casefold() for word in words
            )
        ]
        return queryset.filter(pk__in=found)

    def by_use(self, queryset: QuerySet[Any], _: str, value: bool) -> QuerySet[Any]:
        """Those that no segment uses, or those that some do."""
        used = self.used_among(queryset)
        return queryset.exclude(pk__in=used) if value else queryset.filter(pk__in=used)

    def used_among(self, queryset: QuerySet[Any]) -> list[int]:
        """The ids of those that segments use."""
        raise NotImplementedError


class TraitFilter(EntryFilter):
    """The filters of traits. `type` is the stated one, else the inferred one."""

    type = filters.MultipleChoiceFilter(choices=ValueType.choices, method="by_type", label="Type")
    subject = filters.MultipleChoiceFilter(choices=SUBJECTS, label="Of")

    class Meta:
        model = TraitEntry
        fields: tuple[str, ...] = ()

    def by_type(
        self, queryset: QuerySet[TraitEntry], _: str, value: list[str]
    ) -> QuerySet[TraitEntry]:
        """Those of one of these types."""
        inferred = Q(stated_type="", inferred_type__in=value)
        return queryset.filter(Q(stated_type__in=value) | inferred) if value else queryset

    def used_among(self, queryset: QuerySet[Any]) -> list[int]:
        """Those that a definition looks at."""
        rows = queryset.values_list("pk", "name", "subject")
        return [pk for pk, name, subject in rows if self.uses.of_trait(name, subject)]


class EventFilter(EntryFilter):
    """The filters of events."""

    class Meta:
        model = EventEntry
        fields: tuple[str, ...] = ()

    def used_among(self, queryset: QuerySet[Any]) -> list[int]:
        """Those that a definition looks at, or that are a goal."""
        rows = queryset.values_list("pk", "name")
        return [pk for pk, name in rows if self.uses.of_event(name) or self.uses.of_goal(name)]
