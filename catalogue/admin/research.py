"""Surveys, and searches for groups with what they found."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import NOTHING, instant, link_to, progress, run_badge
from catalogue.models import DiscoveredGroup, Discovery, Survey


@admin.register(Survey)
class SurveyAdmin(ReadingAdmin):
    """Loaded on pages, through the API or by `manage.py survey load`; answers are traits."""

    object_type = "survey"
    list_display = ("name", "source", "asked_on", "segment_shown", "answers_count", "as_of")
    list_filter = ("asked_on", "segment__team")
    list_select_related = ("segment",)
    search_fields = ("name", "slug", "source")
    search_help_text = "Name, slug, source"
    date_hierarchy = "asked_on"
    fields = (
        *("name", "slug", "source", "asked_on", "segment_shown", "asked"),
        *("answers_count", "as_of"),
    )
    readonly_fields = fields

    def history_key(self, obj: Survey) -> str:
        """Its slug."""
        return obj.slug

    @admin.display(description="Asked of", ordering="segment__name")
    def segment_shown(self, obj: Survey) -> SafeString | str:
        """Whose people were asked."""
        return link_to(obj.segment)

    @admin.display(description="Answers as of", ordering="answers_as_of")
    def as_of(self, obj: Survey) -> SafeString | str:
        """Since when they hold."""
        return instant(obj.answers_as_of)

    @admin.display(description="Questions")
    def asked(self, obj: Survey) -> str:
        """The questions, and the traits that hold their answers."""
        return "; ".join(f"{one['label']} ({one['trait']})" for one in obj.questions) or NOTHING


@admin.register(Discovery)
class DiscoveryAdmin(ReadingAdmin):
    """Asked for on the pages, done by a worker."""

    object_type = "discovery"
    list_display = (
        *("search", "segment_shown", "event", "days", "state_shown", "progress_shown", "n"),
        "asked",
    )
    list_filter = ("state", "segment__team", "created_at")
    list_select_related = ("segment",)
    search_fields = ("event", "segment__name")
    date_hierarchy = "created_at"
    fields = (
        *("segment_shown", "event", "days", "state_shown", "progress_shown", "error"),
        *("n", "reached", "weighed", "tested", "asked"),
    )
    readonly_fields = fields

    def named(self, obj: Discovery) -> str:
        """`Discovery 3`."""
        return f"Discovery {obj.pk}"

    @admin.display(description="Discovery", ordering="pk")
    def search(self, obj: Discovery) -> str:
        """Its number."""
        return f"Discovery {obj.pk}"

    @admin.display(description="Among", ordering="segment__name")
    def segment_shown(self, obj: Discovery) -> SafeString | str:
        """Whose people were looked at."""
        return link_to(obj.segment) if obj.segment else "everyone"

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: Discovery) -> SafeString:
        """Where it is."""
        return run_badge(obj.state)

    @admin.display(description="Progress")
    def progress_shown(self, obj: Discovery) -> SafeString | str:
        """How far it is."""
        return progress(obj.done, obj.total, "steps")

    @admin.display(description="Asked for", ordering="created_at")
    def asked(self, obj: Discovery) -> SafeString | str:
        """When."""
        return instant(obj.created_at)


@admin.register(DiscoveredGroup)
class DiscoveredGroupAdmin(ReadingAdmin):
    """Groups that reach a goal more or less often."""

    list_display = ("english", "of", "size", "rate_shown", "lift_shown", "p_value", "idea")
    list_filter = ("discovery__event", "discovery__created_at")
    list_select_related = ("discovery", "idea")
    search_fields = ("english", "discovery__event")
    fields = (
        *("of", "english", "canonical", "size", "n", "rate_shown", "lift_shown", "p_value"),
        "idea",
    )
    readonly_fields = fields
    heavy = ()

    def named(self, obj: DiscoveredGroup) -> str:
        """What they are."""
        return obj.english

    @admin.display(description="Discovery", ordering="discovery")
    def of(self, obj: DiscoveredGroup) -> SafeString:
        """Which search found it."""
        url = reverse("admin:catalogue_discovery_change", args=[obj.discovery_id])
        return format_html('<a href="{}">{}</a>', url, obj.discovery_id)

    @admin.display(description="Rate", ordering="rate")
    def rate_shown(self, obj: DiscoveredGroup) -> str:
        """In the half that was not searched, with its interval."""
        return f"{obj.rate:.1%} ({obj.low:.1%} to {obj.high:.1%}, n {obj.n})"

    @admin.display(description="Lift", ordering="lift")
    def lift_shown(self, obj: DiscoveredGroup) -> str:
        """Against everybody there."""
        return f"{obj.lift:.2f} ×"
