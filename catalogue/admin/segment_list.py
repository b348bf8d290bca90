"""The list of segments: what it can be narrowed by and found by, beyond the columns of its table.

Names and values of the filters are those of the pages and the API (`catalogue.filtersets`), and so
are the facts behind them: read once for each list, whatever its length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.views import ChangeList

from catalogue.admin.rights import kept, user_of
from catalogue.filtersets.facets import MODEL_LABELS
from catalogue.models import Draft, Segment, Status, Workspace
from catalogue.segments.facts import FRESHNESS, TOOL_STATES, SegmentFacts, copy_state, facts_of
from catalogue.segments.reviews import due_of

Facts = Mapping[int, SegmentFacts]


def facts_for(request: HttpRequest) -> Facts:
    """The facts of every segment that exists for whoever asks, by id."""

    def read() -> Facts:
        return facts_of(Segment.objects.visible_to(user_of(request)), now=timezone.now())

    return kept(request, "facts", read)


class FactFilter(SimpleListFilter):
    """Narrows by a fact that no column holds."""

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        self.facts = facts_for(request)
        super().__init__(request, params, model, model_admin)

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """The values that a segment has."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Segment]) -> QuerySet[Segment]:
        """Those that have the value asked for."""
        wanted = self.value()
        if not wanted:
            return queryset
        return queryset.filter(
            pk__in=[pk for pk, one in self.facts.items() if wanted in self.has(one)]
        )


class ModelFilter(FactFilter):
    """By what the segment is based on."""

    title, parameter_name = "model", "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """The models that some segment uses."""
        used = {model for one in self.facts.values() for model in one.models}
        return [(model, MODEL_LABELS.get(model, model)) for model in sorted(used)]

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """Its models."""
        return facts.models


class FreshnessFilter(FactFilter):
    """By how its newest number stands to its timetable."""

    title, parameter_name = "freshness", "freshness"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """All there are."""
        return list(FRESHNESS.items())

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """The one it has."""
        return (facts.freshness,)


class ToolFilter(FactFilter):
    """By a tool that should hold it."""

    title, parameter_name = "tool", "tool"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Tools that hold some segment."""
        names = {tool.destination for one in self.facts.values() for tool in one.tools}
        return [(name, name) for name in sorted(names)]

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """Its tools."""
        return [tool.destination for tool in facts.tools]


class ToolStateFilter(FactFilter):
    """By how its copies in tools stand."""

    title, parameter_name = "tool copies", "tool_state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """All there are."""
        return list(TOOL_STATES.items())

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """The states of its copies."""
        return facts.tool_states


class OwnedFilter(FactFilter):
    """By whether somebody answers for it."""

    title, parameter_name = "owner", "owned"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        rows = Segment.objects.filter(owner__is_active=True)
        self.owned = kept(request, "owned", lambda: frozenset(rows.values_list("pk", flat=True)))
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Yes and no."""
        return [("yes", "Has an owner who can sign in"), ("no", "Nobody's")]

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """Whether it has one."""
        return ("yes" if facts.pk in self.owned else "no",)


class ReviewFilter(FactFilter):
    """By when it is to be looked at again."""

    title, parameter_name = "review", "review"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        self.due = kept(request, "reviews", self._states)
        super().__init__(request, params, model, model_admin)

    @staticmethod
    def _states() -> Mapping[int, str]:
        live = Segment.objects.filter(status=Status.LIVE).select_related("definition")
        fields = ("review", "reviewed_at", "definition__created_at")
        now, days = timezone.now(), Workspace.current().review_days
        due = {row.pk: due_of(row, days) for row in live.only(*fields)}
        return {pk: "overdue" if at <= now else "in_time" for pk, at in due.items() if at}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """All there are."""
        return [("overdue", "Overdue"), ("in_time", "In time"), ("none", "None asked for")]

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """How its review stands."""
        return (self.due.get(facts.pk, "none"),)


class DraftFilter(FactFilter):
    """By whether a change waits to be published."""

    title, parameter_name = "draft", "draft"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        rows = Draft.objects.values_list("segment", flat=True)
        self.waiting = kept(request, "drafts", lambda: frozenset(rows))
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Yes and no."""
        return [("yes", "A draft waits"), ("no", "None waits")]

    def has(self, facts: SegmentFacts) -> Iterable[str]:
        """Whether one waits."""
        return ("yes" if facts.pk in self.waiting else "no",)


class SegmentChangeList(ChangeList):
    """A page of the list, each row with its facts: tools are asked for once, not for each row."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of this page."""
        super().get_results(request)
        facts = facts_for(request)
        for row in self.result_list:
            row.facts = facts.get(row.pk)


def tools_true(facts: SegmentFacts | None) -> tuple[int, int]:
    """How many tools hold exactly what they should, as read back, and how many should."""
    tools = facts.tools if facts is not None else ()
    return sum(copy_state(tool) == "equal" for tool in tools), len(tools)
