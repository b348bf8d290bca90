"""Readings: measured numbers, each tied to the membership version it measured."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import NOTHING, count, instant, link_to
from catalogue.models import Reading


@admin.register(Reading)
class MetricReadingAdmin(ReadingAdmin):
    """Added by refreshes, never edited."""

    list_display = ("metric", "segment_shown", "version_shown", "value_shown", "n", "how", "when")
    list_filter = ("metric", "whose", "unit", "segment__team", "as_of")
    list_select_related = ("segment", "membership")
    search_fields = ("segment__key", "segment__name", "metric")
    search_help_text = "Segment, metric"
    date_hierarchy = "as_of"
    segment_path = "segment"
    heavy = ("membership__entered", "membership__left", "membership__key_frame")
    fields = list_display
    readonly_fields = fields

    def named(self, obj: Reading) -> str:
        """`size of Trial ending m42`."""
        whom = obj.segment.name if obj.segment is not None else "everyone"
        version = "" if obj.membership is None else f" m{obj.membership.number}"
        return f"{obj.metric} of {whom}{version}"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Reading) -> SafeString | str:
        """Whose members were measured."""
        return link_to(obj.segment)

    @admin.display(description="Version", ordering="membership__number")
    def version_shown(self, obj: Reading) -> str:
        """The membership version measured."""
        return NOTHING if obj.membership is None else f"m{obj.membership.number}"

    @admin.display(description="Value", ordering="value")
    def value_shown(self, obj: Reading) -> str:
        """The value in its unit."""
        if obj.value is None:
            return obj.reason or "nobody to measure"
        return f"{obj.value:.1%}" if obj.unit == "share" else count(round(obj.value))

    @admin.display(description="How", ordering="method")
    def how(self, obj: Reading) -> str:
        """How it was obtained."""
        return obj.method

    @admin.display(description="As of", ordering="as_of")
    def when(self, obj: Reading) -> SafeString | str:
        """When it was true."""
        return instant(obj.as_of)
