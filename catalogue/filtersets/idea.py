"""The filters of ideas, shared by pages and API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet

from catalogue.models import Extent, Idea, IdeaState, Segment, Team
from catalogue.permissions import Actor


class IdeaFilter(filters.FilterSet):
    """`q`: words, every one of which has to stand in title, text or the name of the segment."""

    q = filters.CharFilter(method="filter_words", label="Words")
    state = filters.MultipleChoiceFilter(choices=IdeaState.choices, label="State")
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
    effect = filters.MultipleChoiceFilter(choices=Extent.choices, label="Effect")
    effort = filters.MultipleChoiceFilter(choices=Extent.choices, label="Effort")

    class Meta:
        model = Idea
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, viewer: Actor, **kwargs: Any) -> None:
        """`viewer` decides which segments may be asked for; `data` is a QueryDict or None."""
        super().__init__({} if data is None else data, **kwargs)
        self.filters["segment"].queryset = Segment.objects.visible_to(viewer)

    def filter_words(self, queryset: QuerySet[Idea], name: str, value: str) -> QuerySet[Idea]:
        """Those in which every word stands."""
        for word in value.split():
            in_idea = Q(title__icontains=word) | Q(text__icontains=word)
            queryset = queryset.filter(in_idea | Q(segment__name__icontains=word))
        return queryset

    def filter_queryset(self, queryset: QuerySet[Idea]) -> QuerySet[Idea]:
        """All filters; what is wrong is left out."""
        self.form.is_valid()
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset


ORDERINGS = {
    "votes": (F("vote_count").desc(), F("pk").desc()),
    "newest": (F("pk").desc(),),
    "moved": (F("state_since").desc(), F("pk").desc()),
}
