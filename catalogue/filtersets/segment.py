"""The filters of segments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from catalogue.definitions.english.wording import Labels
from catalogue.filtersets.facets import FACETS, MODEL_LABELS, Facet, facet_of
from catalogue.filtersets.kinds import AnyOf, Named, SegmentOrdering
from catalogue.models import Segment, Status, Team, Workspace
from catalogue.permissions import Actor
from catalogue.segments.facts import FRESHNESS, TOOL_STATES, SegmentFacts, facts_of, texts_of
from catalogue.segments.goal_states import GOAL_STATES
from catalogue.segments.vocabulary import stored_labels

YES_NO = (("true", "Yes"), ("false", "No"))


def _tool_state_holds(facts: SegmentFacts, wanted: frozenset[str]) -> bool:
    return bool(facts.tool_states & wanted)


class SegmentFilter(filters.FilterSet):
    """The filters of segments. Archived ones are found only by `status`."""

    q = filters.CharFilter(method="search", label="Words")
    team = filters.ModelMultipleChoiceFilter(
        field_name="team__slug", to_field_name="slug", queryset=Team.objects.order_by("name")
    )
    owner = Named(lambda facts, wanted: facts.owner[0] in wanted, label="Owner")
    model = AnyOf(
        lambda facts, wanted: bool(wanted & set(facts.models)),
        choices=list(MODEL_LABELS.items()),
        label="Model",
    )
    status = filters.MultipleChoiceFilter(choices=Status.choices)
    freshness = AnyOf(
        lambda facts, wanted: facts.freshness in wanted,
        choices=list(FRESHNESS.items()),
        label="Freshness",
    )
    tool = Named(
        lambda facts, wanted: any(tool.destination in wanted for tool in facts.tools), label="Tool"
    )
    tool_state = AnyOf(_tool_state_holds, choices=list(TOOL_STATES.items()), label="Tool copies")
    has_goal = AnyOf(
        lambda facts, wanted: str(facts.has_goal).lower() in wanted,
        choices=YES_NO,
        label="Has a goal",
    )
    goal_state = AnyOf(
        lambda facts, wanted: facts.goal_state in wanted,
        choices=list(GOAL_STATES.items()),
        label="Goal",
    )
    function = Named(lambda facts, wanted: bool(wanted & facts.functions), label="Function")
    goal = Named(lambda facts, wanted: bool(wanted & facts.goals), label="Goal event")
    finding = Named(lambda facts, wanted: bool(wanted & facts.findings), label="Finding")
    health__gte = filters.NumberFilter(field_name="health__score", lookup_expr="gte")
    health__lte = filters.NumberFilter(field_name="health__score", lookup_expr="lte")
    size__gte = filters.NumberFilter(field_name="membership__size", lookup_expr="gte")
    size__lte = filters.NumberFilter(field_name="membership__size", lookup_expr="lte")
    updated_at__after = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gt")
    uses_trait = Named(lambda facts, wanted: bool(wanted & facts.traits), label="Uses trait")
    uses_event = Named(lambda facts, wanted: bool(wanted & facts.events), label="Uses event")
    ordering = SegmentOrdering(
        fields=(
            ("name", "name"),
            ("membership__size", "size"),
            ("updated_at", "updated_at"),
            ("refreshed_at", "refreshed_at"),
            ("team__name", "team"),
            ("owner_email", "owner"),
            ("status", "status"),
            ("health__score", "health"),
        )
    )

    class Meta:
        model = Segment
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, viewer: Actor, **kwargs: Any) -> None:
        """`viewer` decides which segments exist; `data` is a QueryDict or None."""
        self.viewer = viewer
        kwargs.setdefault("queryset", Segment.objects.visible_to(viewer))
        # Unfiltered is a filter too: archived segments are left out.
        super().__init__({} if data is None else data, **kwargs)

    @cached_property
    def labels(self) -> Labels:
        """What the viewer reads for traits, events and segments."""
        return stored_labels(self.viewer)

    @cached_property
    def facts(self) -> Mapping[int, SegmentFacts]:
        """The facts of every segment that exists for the viewer."""
        seen = Segment.objects.visible_to(self.viewer)
        return facts_of(seen, now=timezone.now(), fewest=self.workspace.fewest_people)

    @cached_property
    def workspace(self) -> Workspace:
        """What holds for all segments."""
        return Workspace.current()

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """What is asked for; what no filter understands is among the errors, and left out."""
        self.form.full_clean()
        return dict(self.form.cleaned_data)

    def search(self, queryset: QuerySet[Segment], _: str, value: str) -> QuerySet[Segment]:
        """Those in which every word is found: name, English, why, messages, owner."""
        words = value.casefold().split()
        found = [pk for pk, text in self._texts.items() if all(word in text for word in words)]
        return queryset.filter(pk__in=found)

    @cached_property
    def _texts(self) -> Mapping[int, str]:
        return texts_of(Segment.objects.visible_to(self.viewer), labels=self.labels)

    def filter_queryset(self, queryset: QuerySet[Segment]) -> QuerySet[Segment]:
        """All filters, and archived segments left out unless they are asked for."""
        return self._narrowed(queryset, without="")

    def _narrowed(self, queryset: QuerySet[Segment], *, without: str) -> QuerySet[Segment]:
        wanted = self.wanted
        if not wanted.get("status"):
            queryset = queryset.exclude(status=Status.ARCHIVED)
        for name, value in wanted.items():
            if name not in (without, "ordering"):
                queryset = self.filters[name].filter(queryset, value)
        return self.filters["ordering"].filter(queryset, wanted.get("ordering"))

    @cached_property
    def facets(self) -> list[Facet]:
        """What can be chosen, counted among the segments that all the *other* filters leave: each
        number says what choosing it would show."""
        everything = self._facts_left(without="")
        facets = []
        for name in FACETS:
            chosen = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
            left = self._facts_left(without=name) if chosen else everything
            facets.append(facet_of(name, left, chosen=chosen, known=self.facts.values()))
        return [facet for facet in facets if facet.values]

    def count_without(self, name: str) -> int:
        """How many segments are found when one of the filters is left out."""
        return self._narrowed(self.queryset, without=name).count()

    def _facts_left(self, *, without: str) -> list[SegmentFacts]:
        rows = self._narrowed(self.queryset, without=without).order_by()
        return [self.facts[pk] for pk in rows.values_list("pk", flat=True) if pk in self.facts]
