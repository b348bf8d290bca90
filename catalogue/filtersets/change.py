"""The filters of the log of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict

from catalogue.filtersets.facets import Facet, FacetValue
from catalogue.models import Change, Segment, Team, Via
from catalogue.permissions import Actor
from catalogue.segments import telling

# Of segments and people there may be thousands: those that changed most can be chosen at once.
MOST = 12


class AnyPerson(filters.MultipleChoiceFilter):
    """Alternatives by who did it: user names, or what the log calls somebody without a login."""

    class field_class(forms.MultipleChoiceField):  # noqa: N801 (what django-filter calls it)
        """Takes whatever is given."""

        def valid_value(self, value: str) -> bool:
            """Everybody may be asked for: one who did nothing finds nothing."""
            return True

    def filter(self, queryset: QuerySet[Change], value: Iterable[str]) -> QuerySet[Change]:
        """What these did; everything when nobody is asked for."""
        wanted = list(value or ())
        if not wanted:
            return queryset
        without_login = Q(user=None, actor__in=wanted)
        return queryset.filter(Q(user__username__in=wanted) | without_login)


class ChangeFilter(filters.FilterSet):
    """The filters of changes. `since` is a day (from its beginning on) or an instant."""

    kind = filters.MultipleChoiceFilter(
        choices=[(kind, found.label) for kind, found in telling.KINDS.items()], label="What"
    )
    team = filters.ModelMultipleChoiceFilter(
        field_name="team__slug",
        to_field_name="slug",
        queryset=Team.objects.order_by("name"),
        label="Team",
    )
    segment = filters.ModelMultipleChoiceFilter(
        field_name="segment__key",
        to_field_name="key",
        queryset=Segment.objects.none(),  # those that exist for the viewer
        label="Segment",
    )
    person = AnyPerson(label="Who")
    via = filters.MultipleChoiceFilter(choices=Via.choices, label="From where")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="Since")

    class Meta:
        model = Change
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, viewer: Actor, **kwargs: Any) -> None:
        """`viewer` decides what may be read; `data` is a QueryDict or None."""
        self.viewer = viewer
        kwargs.setdefault("queryset", Change.objects.visible_to(viewer))
        super().__init__({} if data is None else data, **kwargs)
        self.filters["segment"].queryset = Segment.objects.visible_to(viewer)

    def filter_queryset(self, queryset: QuerySet[Change]) -> QuerySet[Change]:
        """All filters, the newest change first."""
        return self._narrowed(queryset, without="")

    def _narrowed(self, queryset: QuerySet[Change], *, without: str) -> QuerySet[Change]:
        self.form.is_valid()  # what is wrong is left out
        for name, value in self.form.cleaned_data.items():
            if name != without:
                queryset = self.filters[name].filter(queryset, value)
        return queryset.order_by("-pk")

    @cached_property
    def facets(self) -> list[Facet]:
        """What can be chosen, counted among the changes that all the *other* filters leave."""
        found = [self._facet(name, count) for name, count in COUNTS.items()]
        return [facet for facet in found if facet.values]

    def count_without(self, name: str) -> int:
        """How many changes are found when one of the filters is left out."""
        return self._narrowed(self.queryset, without=name).count()

    def _facet(self, name: str, count: Counted) -> Facet:
        chosen = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        counts = count(self._narrowed(self.queryset, without=name).order_by())
        ordered = sorted(counts.items(), key=lambda item: (-item[1][1], item[1][0].casefold()))
        shown = [item for place, item in enumerate(ordered) if place < MOST or item[0] in chosen]
        missing = [value for value in chosen if value not in counts]
        shown += [(value, (_label(name, value), 0)) for value in missing]
        return Facet(
            name=name,
            label=str(self.filters[name].label),
            values=tuple(
                FacetValue(value=value, label=label, count=number, chosen=value in chosen)
                for value, (label, number) in shown
            ),
        )


# By value: what people call it, and how many changes have it.
Counts = dict[str, tuple[str, int]]
Counted = Callable[[QuerySet[Change]], Counts]


def _label(name: str, value: str) -> str:
    """What an address asks for and nothing has; it is named as far as it names itself."""
    words: Mapping[str, Mapping[str, str]] = {
        "kind": {kind: found.label for kind, found in telling.KINDS.items()},
        "via": dict(Via.choices),
    }
    return words.get(name, {}).get(value, value)


def _kinds(found: QuerySet[Change]) -> Counts:
    rows = found.values_list("kind").annotate(n=Count("pk"))
    return {kind: (telling.label_of(kind), n) for kind, n in rows}


def _teams(found: QuerySet[Change]) -> Counts:
    rows = found.exclude(team=None).values_list("team__slug", "team__name")
    return {slug: (name, n) for slug, name, n in rows.annotate(n=Count("pk"))}


def _changed_segments(found: QuerySet[Change]) -> Counts:
    rows = found.exclude(segment=None).values_list("segment__key", "segment__name")
    return {key: (name, n) for key, name, n in rows.annotate(n=Count("pk"))}


def _people(found: QuerySet[Change]) -> Counts:
    named = found.annotate(who=Coalesce(F("user__username"), F("actor")))
    rows = named.values_list("who", "actor").annotate(n=Count("pk"))
    counts: Counts = {}
    for who, actor, n in rows:
        # A login that was renamed has several names in the log.
        counts[who] = (actor, n + counts.get(who, ("", 0))[1])
    return counts


def _ways(found: QuerySet[Change]) -> Counts:
    rows = found.values_list("via").annotate(n=Count("pk"))
    return {via: (Via(via).label, n) for via, n in rows}


COUNTS: Mapping[str, Counted] = {
    "kind": _kinds,
    "person": _people,
    "segment": _changed_segments,
    "team": _teams,
    "via": _ways,
}
