"""The filters of experiments."""

from __future__ import annotations

import re
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalogue.models import Decision, Experiment, ExperimentState, Rollout, Segment, Team
from catalogue.permissions import Actor

NUMBER = re.compile(r"(?:EXP-)?([0-9]{1,9})", re.IGNORECASE)


class ExperimentFilter(filters.FilterSet):
    """The filters of experiments."""

    q = filters.CharFilter(method="search", label="Words")
    state = filters.MultipleChoiceFilter(choices=ExperimentState.choices, label="Status")
    decision = filters.MultipleChoiceFilter(choices=Decision.choices, label="Decision")
    segment = filters.ModelMultipleChoiceFilter(
        field_name="segment__key", to_field_name="key", queryset=Segment.objects.none()
    )
    team = filters.ModelMultipleChoiceFilter(
        field_name="segment__team__slug",
        to_field_name="slug",
        queryset=Team.objects.order_by("name"),
    )
    overdue = filters.BooleanFilter(method="by_rollout", label="Roll-out overdue")

    class Meta:
        model = Experiment
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, viewer: Actor, **kwargs: Any) -> None:
        """`viewer` decides which experiments and segments exist."""
        kwargs.setdefault("queryset", Experiment.objects.visible_to(viewer))
        super().__init__({} if data is None else data, **kwargs)
        seen = Segment.objects.visible_to(viewer).order_by("name")
        self.filters["segment"].queryset = seen

    def search(self, queryset: QuerySet[Experiment], _: str, value: str) -> QuerySet[Experiment]:
        """Those in which every word is found: number, name, hypothesis, segment."""
        for word in value.split():
            named = Q(name__icontains=word) | Q(hypothesis__icontains=word)
            numbered = NUMBER.fullmatch(word)
            if numbered:
                named |= Q(number=int(numbered[1]))
            queryset = queryset.filter(named | Q(segment__name__icontains=word))
        return queryset

    def by_rollout(
        self, queryset: QuerySet[Experiment], _: str, value: bool
    ) -> QuerySet[Experiment]:
        """Those with a roll-out that should have been done by now, or those without."""
        late = Rollout.objects.filter(done_on=None, due_on__lt=timezone.localdate())
        ids = late.values("experiment")
        return queryset.filter(pk__in=ids) if value else queryset.exclude(pk__in=ids)
