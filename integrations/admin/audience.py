"""Lists in tools: what each holds by the tool's own word, and what holds it up."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import sync_page
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import instant, number_as_of
from catalogue.models import Via
from catalogue.tasks import ring
from catalogue.web.components.states import badge
from integrations.models import Audience
from integrations.sync.asking import ask_again
from integrations.tasks import sync_audience


@admin.register(Audience)
class AudienceAdmin(ReadingAdmin):
    """One segment in one tool. Who is on it is never read here: its bitmaps stay where they are."""

    list_display = ("segment_key", "tool", "name", "held", "state", "in_step_with", "waits_for")
    list_filter = ("destination", "repair_due", ("stopped_reason", admin.EmptyFieldListFilter))
    list_select_related = ("destination",)
    search_fields = ("segment_key", "name", "destination__key")
    search_help_text = "Segment, name over there, tool"
    ordering = ("segment_key", "destination__key")
    heavy = ("acknowledged", "uncertain", "sent")
    fields = (
        "segment_key",
        "tool",
        "name",
        "remote_id",
        "held",
        "in_step_with",
        "state",
        "stopped_reason",
        "waits_for",
        "failures",
        "fence",
        "lease",
    )
    readonly_fields = fields

    def named(self, obj: Audience) -> str:
        """`trial-ending in newsletter`."""
        return f"{obj.segment_key} in {obj.destination.key}"

    def buttons(self, request: HttpRequest, obj: Audience) -> list[Button]:
        """Sync now, and the page of the segment's tools."""
        page = Button(name="page", label="Page", url=sync_page(obj.segment_key))
        if not may_enter(request):
            return [page]
        title = "A worker carries what differs. The brake still stops it before many removals."
        return [Button(name="sync", label="Sync again", press=self.sync, title=title), page]

    def sync(self, request: HttpRequest, obj: Audience) -> str:
        """Ask a worker to carry what differs."""
        ask_again(audience_id=obj.pk, by=user_of(request), via=Via.ADMIN)
        ring(sync_audience, obj.pk)
        return f"A sync of {self.named(obj)} was asked for."

    @admin.display(description="Tool", ordering="destination__key")
    def tool(self, obj: Audience) -> str:
        """Where it is."""
        return obj.destination.key

    @admin.display(description="Holds", ordering="acknowledged_count")
    def held(self, obj: Audience) -> SafeString | str:
        """How many the tool has confirmed."""
        return number_as_of(obj.acknowledged_count, obj.confirmed_at, "said by the tool")

    @admin.display(description="In step with", ordering="version")
    def in_step_with(self, obj: Audience) -> str:
        """The membership version confirmed to the last member."""
        return f"m{obj.version}" if obj.version else "none yet"

    @admin.display(description="State")
    def state(self, obj: Audience) -> SafeString:
        """Whether anything holds it up."""
        if obj.stopped_reason:
            return badge("bad", "Stopped", detail=obj.stopped_reason)
        if obj.braked_at_version:
            return badge("warn", "Waits for approval")
        if obj.repair_due:
            return badge("warn", "To be repaired")
        return badge("good", "In order") if obj.version else badge("idle", "Not synced yet")

    @admin.display(description="Not before", ordering="not_before")
    def waits_for(self, obj: Audience) -> SafeString | str:
        """When it is tried again at the earliest."""
        return instant(obj.not_before or obj.retry_at)

    @admin.display(description="Held by a worker until", ordering="lease_expires_at")
    def lease(self, obj: Audience) -> SafeString | str:
        """When it is free again."""
        return instant(obj.lease_expires_at)
