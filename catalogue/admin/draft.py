"""Drafts: changes to live segments that wait to be published."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import publish_page
from catalogue.admin.rights import user_of
from catalogue.admin.shown import NOTHING, instant, link_to
from catalogue.models import Draft, Via
from catalogue.permissions import can_publish, can_write
from catalogue.segments.documents import to_yaml
from catalogue.segments.editing import discard_draft


@admin.register(Draft)
class DraftAdmin(ReadingAdmin):
    """Written in the form of the segment; published on a page of its own."""

    list_display = ("segment_shown", "number_shown", "author", "saved", "saves")
    list_filter = ("segment__team", "updated_at")
    list_select_related = ("segment", "created_by")
    search_fields = ("segment__key", "segment__name", "created_by__email")
    search_help_text = "Segment, author"
    segment_path = "segment"
    fields = ("segment_shown", "number_shown", "author", "saved", "saves", "written")
    readonly_fields = fields

    def named(self, obj: Draft) -> str:
        """`Draft of Trial ending d8`."""
        return f"Draft of {obj.segment.name} d{obj.number}"

    def buttons(self, request: HttpRequest, obj: Draft) -> list[Button]:
        """Publish, or throw away."""
        user, found = user_of(request), []
        if can_publish(user, obj.segment):
            url = publish_page(obj.segment.key)
            found.append(Button(name="publish", label="Publish…", url=url, tone="main"))
        if can_write(user, obj.segment):
            found.append(
                Button(name="discard", label="Discard draft", press=self.discard, tone="danger")
            )
        return found

    def discard(self, request: HttpRequest, obj: Draft) -> str:
        """Throw it away; what is live stays."""
        discard_draft(key=obj.segment.key, by=user_of(request), via=Via.ADMIN)
        return f"The draft of “{obj.segment.name}” was discarded. What is live is unchanged."

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Draft) -> SafeString | str:
        """What it would change."""
        return link_to(obj.segment)

    @admin.display(description="Would be", ordering="base_number")
    def number_shown(self, obj: Draft) -> str:
        """The definition version it would be."""
        return f"d{obj.number}"

    @admin.display(description="By", ordering="created_by")
    def author(self, obj: Draft) -> str:
        """Who saved it last."""
        return obj.created_by.label if obj.created_by else NOTHING

    @admin.display(description="Saved", ordering="updated_at")
    def saved(self, obj: Draft) -> SafeString | str:
        """When it was saved last."""
        return instant(obj.updated_at)

    @admin.display(description="Saves", ordering="revision")
    def saves(self, obj: Draft) -> int:
        """How often it was saved."""
        return obj.revision

    @admin.display(description="As it would be")
    def written(self, obj: Draft) -> SafeString:
        """The whole proposed document."""
        return format_html("<pre>{}</pre>", to_yaml(obj.document))
