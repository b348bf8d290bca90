"""Reviews that were done, and who vouches for what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.shown import link_to
from catalogue.models import Certificate, PublishRequest, Review


class OfSegment(ReadingAdmin):
    """A row about one segment."""

    segment_path = "segment"
    list_select_related: ClassVar[tuple[str, ...]] = ("segment",)
    search_fields = ("segment__key", "segment__name")
    search_help_text = "Segment"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Any) -> SafeString | str:
        """What it is about."""
        return link_to(obj.segment)


@admin.register(Review)
class ReviewAdmin(OfSegment):
    """Never edited: the next review says otherwise."""

    list_display = ("segment_shown", "outcome", "reviewer", "done_at", "due_on")
    list_filter = ("outcome", "segment__team", "done_at")
    fields = (
        "segment_shown",
        "outcome",
        "still_true",
        "still_used",
        "goal_holds",
        "message_right",
        "note",
        "reviewer",
        "done_at",
        "due_on",
    )
    readonly_fields = fields

    def named(self, obj: Review) -> str:
        """`Trial ending, reviewed by Mia Braun`."""
        return f"{obj.segment.name}, reviewed by {obj.reviewer}"

    def buttons(self, request: HttpRequest, obj: Review) -> list[Button]:
        """Its page, with what was known then."""
        url = reverse("review", args=[obj.pk])
        return [Button(name="page", label="Page of the review", url=url)]


@admin.register(Certificate)
class CertificateAdmin(OfSegment):
    """Given and taken back on the page of the segment."""

    list_display = ("segment_shown", "giver", "given_at", "message")
    list_filter = ("segment__team",)
    fields = ("segment_shown", "definition_shown", "giver", "given_at", "message")
    readonly_fields = fields
    list_select_related = ("segment", "definition")
    heavy = ("definition__source", "definition__canonical")

    def named(self, obj: Certificate) -> str:
        """`Trial ending, vouched for by Mia Braun`."""
        return f"{obj.segment.name}, vouched for by {obj.giver}"

    @admin.display(description="Definition")
    def definition_shown(self, obj: Certificate) -> str:
        """Which definition is vouched for."""
        return f"d{obj.definition.number}"


@admin.register(PublishRequest)
class PublishRequestAdmin(OfSegment):
    """Answered on the page where the segment is published."""

    list_display = ("segment_shown", "asker", "asked_at", "message")
    list_filter = ("segment__team",)
    fields = list_display
    readonly_fields = fields

    def named(self, obj: PublishRequest) -> str:
        """`Trial ending, asked by Jonas Keller`."""
        return f"{obj.segment.name}, asked by {obj.asker}"

    def buttons(self, request: HttpRequest, obj: PublishRequest) -> list[Button]:
        """Where it is answered."""
        url = reverse("segment-publish", args=[obj.segment.key])
        return [Button(name="page", label="Look at it and publish", url=url)]
