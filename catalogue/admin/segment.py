"""Segments: the list, the form, and what can be done with one or with many."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from catalogue.admin.base import REFUSALS, ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import segment_page
from catalogue.admin.rights import user_of
from catalogue.admin.segment_deeds import SegmentDeeds
from catalogue.admin.segment_form import edit_view
from catalogue.admin.segment_list import (
    DraftFilter,
    FreshnessFilter,
    ModelFilter,
    OwnedFilter,
    ReviewFilter,
    SegmentChangeList,
    ToolFilter,
    ToolStateFilter,
    tools_true,
)
from catalogue.admin.shown import NOTHING, count, instant, number_as_of, status_badge
from catalogue.definitions.describe import describe
from catalogue.membership.attempt import RefreshError
from catalogue.models import Segment, Status, Workspace
from catalogue.permissions import can_write, teams_to_write_for
from catalogue.segments.facts import texts_of
from catalogue.segments.freshness import stopped_state
from catalogue.segments.reviews import due_of
from catalogue.segments.trees import tree_of
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.components.states import badge


@admin.register(Segment)
class SegmentAdmin(SegmentDeeds, ReadingAdmin):
    """Never deleted: archived. The key is for ever; changes go through the services."""

    object_type = "segment"
    refusals = (*REFUSALS, RefreshError)
    list_display = (
        "name_shown",
        "status_shown",
        "size_shown",
        "tools_shown",
        "owner_shown",
        "team",
        "models_shown",
        "review_shown",
    )
    list_filter = (
        "status",
        "team",
        ("owner", AutocompleteSelectFilter),
        ModelFilter,
        FreshnessFilter,
        ToolFilter,
        ToolStateFilter,
        DraftFilter,
        ReviewFilter,
        OwnedFilter,
        "updated_at",
    )
    list_filter_submit = True
    list_select_related = ("team", "owner", "definition", "membership")
    search_fields = ("name", "key", "why")
    search_help_text = "Name, key, English, why, messages, owner"
    date_hierarchy = "updated_at"
    ordering = ("name", "key")
    heavy = (
        "membership__entered",
        "membership__left",
        "membership__key_frame",
        "definition__source",
        "definition__canonical",
    )
    fields = (
        "name_read",
        "key",
        "status_shown",
        "size_shown",
        "team",
        "owner_shown",
        "models_shown",
        "why",
        "english",
        "tools_shown",
        "review_shown",
        "broken_reason",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        """Those that exist for whoever asks."""
        rows: QuerySet[Segment] = super().get_queryset(request)
        days = Value(Workspace.current().review_days)
        visible = Segment.objects.visible_to(user_of(request))
        return rows.filter(pk__in=visible.values("pk")).annotate(review_days=days)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SegmentChangeList]:
        """A list whose rows have their facts."""
        return SegmentChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Segment], search_term: str
    ) -> tuple[QuerySet[Segment], bool]:
        """Every word is found in the name, key, English, why, messages or owner; where a field is
        filled in, name and key will do."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return super().get_search_results(request, queryset, search_term)
        words = search_term.casefold().split()
        if not words:
            return queryset, False
        user = user_of(request)
        texts = texts_of(Segment.objects.visible_to(user), labels=stored_labels(user))
        found = [pk for pk, text in texts.items() if all(word in text for word in words)]
        return queryset.filter(pk__in=found), False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may make segments for some team."""
        return teams_to_write_for(user_of(request)).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may write this one; services ask again."""
        if obj is None:
            return self.has_view_permission(request)
        return obj.status != Status.ARCHIVED and can_write(user_of(request), obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form of those who may write; a page to read for all others."""
        segment = self.get_object(request, object_id) if object_id else None
        may_write = (
            self.has_add_permission(request)
            if object_id is None
            else segment is not None and self.has_change_permission(request, segment)
        )
        if may_write:
            return edit_view(self, request, segment)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def more_urls(self) -> list[URLPattern]:
        """The pages that ask before something is done."""
        return [self.page("<path:object_id>/<str:deed>/ask/", "ask", self.ask_view)]

    def named(self, obj: Segment) -> str:
        """Its name."""
        return obj.name

    def buttons(self, request: HttpRequest, obj: Segment) -> list[Button]:
        """Its pages, and everything that can be done with it."""
        links = [
            Button(name="page", label="Page", url=segment_page(obj.key)),
            Button(name="history", label="History", url=self.page_url("history", obj.pk)),
        ]
        return [*links, *self.deeds_for(request, obj)]

    @admin.display(description="Segment", ordering="name")
    def name_shown(self, obj: Segment) -> SafeString:
        """Name and key."""
        return format_html("{}<br><code>{}</code>", obj.name, obj.key)

    @admin.display(description="Name")
    def name_read(self, obj: Segment) -> str:
        """The name alone."""
        return obj.name

    @admin.display(description="Status", ordering="status")
    def status_shown(self, obj: Segment) -> SafeString:
        """Draft, live or archived; and whether it is broken."""
        shown = status_badge(obj.status)
        if not obj.broken_reason:
            return shown
        if stopped_state(obj.broken_reason) == "too_expensive":
            mark = badge("warn", "Too expensive", detail=obj.broken_reason)
        else:
            mark = badge("bad", "Broken", detail=obj.broken_reason)
        return format_html("{}<br>{}", shown, mark)

    @admin.display(description="Size", ordering="membership__size")
    def size_shown(self, obj: Segment) -> SafeString | str:
        """How many people, as of when, and how that is known."""
        membership = obj.membership
        if membership is None:
            return "not refreshed yet"
        at = obj.refreshed_at or membership.now
        return number_as_of(membership.size, at, f"exact, m{membership.number}")

    @admin.display(description="Tools true")
    def tools_shown(self, obj: Any) -> SafeString | str:
        """How many tools hold exactly what they should, as read back."""
        true, wanted = tools_true(getattr(obj, "facts", None))
        if not wanted:
            return NOTHING
        return badge("good" if true == wanted else "warn", f"{count(true)} of {count(wanted)}")

    @admin.display(description="Owner", ordering="owner__username")
    def owner_shown(self, obj: Segment) -> str:
        """Who answers for it."""
        return obj.owner.label if obj.owner else obj.owner_email or "nobody"

    @admin.display(description="Models")
    def models_shown(self, obj: Segment) -> str:
        """What it is based on."""
        return ", ".join(str(model).replace("_", " ") for model in obj.models_used) or NOTHING

    @admin.display(description="Review due")
    def review_shown(self, obj: Segment) -> SafeString | str:
        """When it is to be looked at again."""
        days: int = obj.review_days  # type: ignore[attr-defined]
        due = due_of(obj, days) if obj.status == Status.LIVE else None
        if due is None:
            return NOTHING
        if due <= timezone.now():
            return format_html("{}<br>{}", badge("warn", "Overdue"), instant(due))
        return instant(due)

    @admin.display(description="Who belongs")
    def english(self, obj: Segment) -> SafeString | str:
        """The definition in sentences."""
        version = obj.definition
        if version is None:
            return NOTHING
        if version.canonical is None:
            return "A list kept by hand."
        lines = describe(tree_of(version.canonical)).lines
        return render_to_string("admin/english.html", {"lines": lines})
