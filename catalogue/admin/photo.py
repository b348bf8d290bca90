"""Photos and loads: what data there is, and how it came in."""

from __future__ import annotations

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import NOTHING, count, instant
from catalogue.models import Load, Photo


@admin.register(Photo)
class PhotoAdmin(ReadingAdmin):
    """One consistent state of all data; never edited, never deleted."""

    list_display = ("photo", "taken", "tables_count")
    list_filter = ("created_at",)
    date_hierarchy = "created_at"
    heavy = ("customers", "accounts", "merges")
    fields = ("photo", "taken", "tables_shown")
    readonly_fields = fields

    @admin.display(description="Photo", ordering="pk")
    def photo(self, obj: Photo) -> str:
        """Its number."""
        return f"photo {obj.pk}"

    @admin.display(description="Taken", ordering="created_at")
    def taken(self, obj: Photo) -> SafeString | str:
        """When its data became visible."""
        return instant(obj.created_at)

    @admin.display(description="Tables")
    def tables_count(self, obj: Photo) -> str:
        """How many tables it names."""
        return count(len(obj.tables))

    @admin.display(description="Tables and their versions")
    def tables_shown(self, obj: Photo) -> SafeString | str:
        """One version of every table of the lake."""
        rows = ((name, version) for name, version in sorted(obj.tables.items()))
        return format_html_join("", "<code>{}</code> version {}<br>", rows) or NOTHING


@admin.register(Load)
class LoadAdmin(ReadingAdmin):
    """One file taken in, and what was refused of it."""

    list_display = (
        "file_name",
        "kind",
        "when",
        "read_shown",
        "loaded_shown",
        "known_shown",
        "refused_shown",
        "photo_shown",
    )
    list_filter = ("kind", "created_at")
    search_fields = ("file_name", "sha256")
    search_help_text = "File name, checksum"
    date_hierarchy = "created_at"
    heavy = ("refused",)
    fields = (
        "file_name",
        "kind",
        "when",
        "as_of",
        "read_shown",
        "loaded_shown",
        "known_shown",
        "refused_shown",
        "refusals_shown",
        "customers_created",
        "photo_shown",
        "sha256",
    )
    readonly_fields = fields

    @admin.display(description="Taken in", ordering="created_at")
    def when(self, obj: Load) -> SafeString | str:
        """When the file was taken in."""
        return instant(obj.created_at)

    @admin.display(description="Rows read", ordering="rows_read")
    def read_shown(self, obj: Load) -> str:
        """Rows in the file."""
        return count(obj.rows_read)

    @admin.display(description="Loaded", ordering="rows_loaded")
    def loaded_shown(self, obj: Load) -> str:
        """Rows that are in the data now."""
        return count(obj.rows_loaded)

    @admin.display(description="Known before", ordering="rows_known")
    def known_shown(self, obj: Load) -> str:
        """Events that were there already."""
        return count(obj.rows_known)

    @admin.display(description="Refused", ordering="rows_refused")
    def refused_shown(self, obj: Load) -> str:
        """Rows that could not be read."""
        return count(obj.rows_refused)

    @admin.display(description="Why rows were refused")
    def refusals_shown(self, obj: Load) -> SafeString | str:
        """The first refused rows: where, and why."""
        if not obj.refused:
            return NOTHING
        return render_to_string("admin/load_refusals.html", {"refused": obj.refused})

    @admin.display(description="Photo", ordering="photo")
    def photo_shown(self, obj: Load) -> SafeString:
        """The photo that made it visible."""
        url = reverse("admin:catalogue_photo_change", args=[obj.photo_id])
        return format_html('<a href="{}">photo {}</a>', url, obj.photo_id)
