"""Messages: what each function says. They are written in the form of the segment."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.review import OfSegment
from catalogue.admin.shown import link_to
from catalogue.models import PARTS, Acknowledgement, GuideVersion, MessageGuide


@admin.register(MessageGuide)
class MessageGuideAdmin(ReadingAdmin):
    """One message for each function of a segment."""

    list_display = ("function_shown", "segment_shown", "text")
    list_filter = ("function", "segment__team")
    list_select_related = ("segment",)
    search_fields = ("text", "segment__key", "segment__name")
    search_help_text = "Words of the message, segment"
    segment_path = "segment"
    fields = (
        "segment_shown",
        "function_shown",
        "text",
        *PARTS,
        "number",
        "approver",
        "approved_at",
    )
    readonly_fields = fields

    def named(self, obj: MessageGuide) -> str:
        """`Sales to Trial ending`."""
        return f"{self.function_shown(obj)} to {obj.segment.name}"

    @admin.display(description="Function", ordering="function")
    def function_shown(self, obj: MessageGuide) -> str:
        """Who says it."""
        return obj.function.replace("_", " ").capitalize()

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: MessageGuide) -> SafeString | str:
        """To whom."""
        return link_to(obj.segment)


@admin.register(GuideVersion)
class GuideVersionAdmin(OfSegment):
    """Every version of every message; never edited."""

    list_display = ("function", "number", "segment_shown", "author", "saved_at")
    list_filter = ("function", "segment__team")
    fields = (*list_display, "said_shown")
    readonly_fields = fields

    def named(self, obj: GuideVersion) -> str:
        """`Sales to Trial ending, version 2`."""
        return f"{obj.function.replace('_', ' ').capitalize()} to {obj.segment.name}, {obj.number}"

    @admin.display(description="What it said")
    def said_shown(self, obj: GuideVersion) -> str:
        """The message, and the other parts."""
        parts = obj.said if isinstance(obj.said, dict) else {"message": obj.said or "Nothing."}
        return "\n".join(f"{name.capitalize()}: {text}" for name, text in parts.items())


@admin.register(Acknowledgement)
class AcknowledgementAdmin(OfSegment):
    """Which function took note of which change."""

    list_display = ("function", "segment_shown", "definition", "guide", "who", "at")
    list_filter = ("function", "segment__team")
    fields = list_display
    readonly_fields = fields

    def named(self, obj: Acknowledgement) -> str:
        """`Sales took note of Trial ending`."""
        return f"{obj.function.replace('_', ' ').capitalize()} took note of {obj.segment.name}"
