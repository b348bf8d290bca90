"""What the rules found about each segment, and how segments cover everybody."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import instant, link_to
from catalogue.models import Coverage, Health


@admin.register(Health)
class HealthAdmin(ReadingAdmin):
    """Written by the linter, replaced at each look."""

    list_display = ("segment_shown", "score", "codes", "looked")
    list_filter = ("segment__team", "segment__status")
    list_select_related = ("segment",)
    search_fields = ("segment__key", "segment__name")
    search_help_text = "Segment"
    ordering = ("score", "segment__name")
    segment_path = "segment"
    fields = ("segment_shown", "score", "sentences", "looked")
    readonly_fields = fields

    def named(self, obj: Health) -> str:
        """`Health of Trial ending`."""
        return f"Health of {obj.segment.name}"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Health) -> SafeString | str:
        """Which segment was looked at."""
        return link_to(obj.segment)

    @admin.display(description="Findings")
    def codes(self, obj: Health) -> str:
        """The rules that it does not keep."""
        return ", ".join(one["code"] for one in obj.findings) or "keeps every rule"

    @admin.display(description="Findings")
    def sentences(self, obj: Health) -> str:
        """What was found, and what to do."""
        return "\n".join(f"{one['code']}: {one['sentence']} {one['fix']}" for one in obj.findings)

    @admin.display(description="Looked at", ordering="looked_at")
    def looked(self, obj: Health) -> SafeString | str:
        """When."""
        return instant(obj.looked_at)


@admin.register(Coverage)
class CoverageAdmin(ReadingAdmin):
    """Written by the linter, replaced at each look."""

    list_display = ("looked", "people", "segments", "in_none", "in_many")
    fields = list_display
    readonly_fields = fields

    def named(self, obj: Coverage) -> str:
        """`Coverage`."""
        return "Coverage"

    @admin.display(description="Looked at", ordering="looked_at")
    def looked(self, obj: Coverage) -> SafeString | str:
        """When."""
        return instant(obj.looked_at)

    @admin.display(description="Customers")
    def people(self, obj: Coverage) -> int:
        """All live customers."""
        return int(obj.figures["people"])

    @admin.display(description="Live segments")
    def segments(self, obj: Coverage) -> int:
        """Those that hold customers."""
        return int(obj.figures["segments"])

    @admin.display(description="In none")
    def in_none(self, obj: Coverage) -> int:
        """Customers in no live segment."""
        return int(obj.figures["in_none"])

    @admin.display(description="In many")
    def in_many(self, obj: Coverage) -> int:
        """Customers in many live segments at once."""
        return int(obj.figures["in_many"])
