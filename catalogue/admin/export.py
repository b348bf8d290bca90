"""Exports: members as files, made by a worker. Who is in them is read by those who asked."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import NOTHING, instant, link_to, progress, run_badge
from catalogue.models import Export


@admin.register(Export)
class ExportAdmin(ReadingAdmin):
    """Who took which members out, when, and what became of the file."""

    list_display = (
        "export",
        "segment_shown",
        "version_shown",
        "format",
        "who",
        "state_shown",
        "progress_shown",
        "asked",
        "expires",
    )
    list_filter = ("state", "format", "membership__segment__team", "created_at")
    list_select_related = ("membership__segment", "requested_by")
    search_fields = ("membership__segment__key", "requested_by__email", "sha256")
    search_help_text = "Segment, who asked, checksum"
    date_hierarchy = "created_at"
    segment_path = "membership__segment"
    heavy = ("membership__entered", "membership__left", "membership__key_frame")
    fields = (
        "segment_shown",
        "version_shown",
        "format",
        "traits",
        "who",
        "state_shown",
        "progress_shown",
        "error",
        "asked",
        "expires",
        "sha256",
    )
    readonly_fields = fields

    def named(self, obj: Export) -> str:
        """`Export 3`."""
        return f"Export {obj.pk}"

    @admin.display(description="Export", ordering="pk")
    def export(self, obj: Export) -> str:
        """Its number."""
        return f"Export {obj.pk}"

    @admin.display(description="Segment", ordering="membership__segment__name")
    def segment_shown(self, obj: Export) -> SafeString | str:
        """Whose members."""
        return link_to(obj.membership.segment)

    @admin.display(description="Version")
    def version_shown(self, obj: Export) -> SafeString:
        """Which membership version."""
        url = reverse("admin:catalogue_membershipversion_change", args=[obj.membership_id])
        return format_html('<a href="{}">m{}</a>', url, obj.membership.number)

    @admin.display(description="Asked for by", ordering="requested_by")
    def who(self, obj: Export) -> str:
        """Who took them out."""
        return obj.requested_by.label if obj.requested_by else NOTHING

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: Export) -> SafeString:
        """Where it is."""
        return run_badge(obj.state)

    @admin.display(description="Progress")
    def progress_shown(self, obj: Export) -> SafeString | str:
        """How many rows are written."""
        return progress(obj.rows_done, obj.rows_total, "people")

    @admin.display(description="Asked for", ordering="created_at")
    def asked(self, obj: Export) -> SafeString | str:
        """When it was asked for."""
        return instant(obj.created_at)

    @admin.display(description="Deleted at", ordering="expires_at")
    def expires(self, obj: Export) -> SafeString | str:
        """When the file is deleted."""
        return instant(obj.expires_at)
