"""Definition versions: d1, d2, … of a segment."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import diff_page, segment_page
from catalogue.admin.shown import NOTHING, instant, link_to
from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.describe import describe
from catalogue.models import DefinitionVersion


@admin.register(DefinitionVersion)
class DefinitionVersionAdmin(ReadingAdmin):
    """Never edited, never deleted; restored on the history page of its segment."""

    list_display = ("number_shown", "segment_shown", "subject", "author", "made", "message")
    list_filter = ("subject", "segment__team", "created_at")
    list_select_related = ("segment", "created_by")
    search_fields = ("segment__key", "segment__name", "message", "created_by__email")
    search_help_text = "Segment, message, author"
    date_hierarchy = "created_at"
    segment_path = "segment"
    heavy = ("canonical", "source")
    fields = (
        "segment_shown",
        "number_shown",
        "subject",
        "author",
        "made",
        "message",
        "english",
        "written",
        "definition_hash",
    )
    readonly_fields = fields

    def named(self, obj: DefinitionVersion) -> str:
        """`Trial ending d3`."""
        return f"{obj.segment.name} d{obj.number}"

    def buttons(self, request: HttpRequest, obj: DefinitionVersion) -> list[Button]:
        """Comparing and restoring are on the pages of the segment."""
        live = obj.segment.definition
        links = [
            Button(name="history", label="History", url=segment_page(obj.segment.key, "history"))
        ]
        if live is not None and live.pk != obj.pk:
            url = diff_page(obj.segment.key, obj.number, live.number)
            links.insert(0, Button(name="diff", label="Compare with the newest", url=url))
        return links

    @admin.display(description="Version", ordering="number")
    def number_shown(self, obj: DefinitionVersion) -> str:
        """`d7`."""
        return f"d{obj.number}"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: DefinitionVersion) -> SafeString | str:
        """Whose definition it is."""
        return link_to(obj.segment)

    @admin.display(description="By", ordering="created_by")
    def author(self, obj: DefinitionVersion) -> str:
        """Who wrote it."""
        return obj.created_by.label if obj.created_by else NOTHING

    @admin.display(description="When", ordering="created_at")
    def made(self, obj: DefinitionVersion) -> SafeString | str:
        """When it was stored."""
        return instant(obj.created_at)

    @admin.display(description="In English")
    def english(self, obj: DefinitionVersion) -> SafeString | str:
        """Who belongs, in sentences."""
        if obj.canonical is None:
            return "A list kept by hand."
        lines = describe(from_canonical(obj.canonical)).lines
        return render_to_string("admin/english.html", {"lines": lines})

    @admin.display(description="As written")
    def written(self, obj: DefinitionVersion) -> SafeString | str:
        """The file it came from."""
        return format_html("<pre>{}</pre>", obj.source) if obj.source else NOTHING
