"""Membership versions: m1, m2, … of a segment. Numbers only; people have a page of their own."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import segment_page
from catalogue.admin.shown import count, instant, link_to
from catalogue.models import MembershipVersion


@admin.register(MembershipVersion)
class MembershipVersionAdmin(ReadingAdmin):
    """Who belonged at one `now`; never edited, never deleted."""

    list_display = (
        "number_shown",
        "segment_shown",
        "size_shown",
        "entered_shown",
        "left_shown",
        "judged_at",
        "definition_shown",
        "run_shown",
    )
    list_filter = ("subject", "segment__team", "now")
    list_select_related = ("segment", "definition", "run")
    search_fields = ("segment__key", "segment__name")
    search_help_text = "Segment"
    date_hierarchy = "now"
    segment_path = "segment"
    heavy = (
        *MembershipVersion.HEAVY,
        "definition__source",
        "definition__canonical",
        "run__results",
    )
    fields = (
        "segment_shown",
        "number_shown",
        "subject",
        "size_shown",
        "entered_shown",
        "left_shown",
        "judged_at",
        "published",
        "definition_shown",
        "run_shown",
        "photo",
        "sha256",
    )
    readonly_fields = fields

    def named(self, obj: MembershipVersion) -> str:
        """`Trial ending m42`."""
        return f"{obj.segment.name} m{obj.number}"

    def buttons(self, request: HttpRequest, obj: MembershipVersion) -> list[Button]:
        """Who they are is shown to those who may see people."""
        return [Button(name="people", label="People", url=segment_page(obj.segment.key, "people"))]

    @admin.display(description="Version", ordering="number")
    def number_shown(self, obj: MembershipVersion) -> str:
        """`m42`."""
        return f"m{obj.number}"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: MembershipVersion) -> SafeString | str:
        """Whose members they are."""
        return link_to(obj.segment)

    @admin.display(description="Size", ordering="size")
    def size_shown(self, obj: MembershipVersion) -> str:
        """How many."""
        return count(obj.size)

    @admin.display(description="Entered", ordering="entered_count")
    def entered_shown(self, obj: MembershipVersion) -> str:
        """How many since the version before."""
        return f"+{count(obj.entered_count)}"

    @admin.display(description="Left", ordering="left_count")
    def left_shown(self, obj: MembershipVersion) -> str:
        """How many since the version before."""
        return f"−{count(obj.left_count)}"

    @admin.display(description="As of", ordering="now")
    def judged_at(self, obj: MembershipVersion) -> SafeString | str:
        """The `now` they were judged at."""
        return instant(obj.now)

    @admin.display(description="Published", ordering="published_at")
    def published(self, obj: MembershipVersion) -> SafeString | str:
        """When the version was written."""
        return instant(obj.published_at)

    @admin.display(description="Definition", ordering="definition__number")
    def definition_shown(self, obj: MembershipVersion) -> str:
        """Which definition judged."""
        return f"d{obj.definition.number}"

    @admin.display(description="Refresh", ordering="run")
    def run_shown(self, obj: MembershipVersion) -> SafeString:
        """The run that made it."""
        url = reverse("admin:catalogue_refreshrun_change", args=[obj.run_id])
        return format_html('<a href="{}">refresh {}</a>', url, obj.run_id)
