"""Syncs and their batches: how far each came, and how it ended."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import count, instant, progress
from catalogue.models import Via
from catalogue.tasks import ring
from catalogue.web.components.states import badge
from integrations.models import BatchState, SyncBatch, SyncRun, SyncState
from integrations.sync.asking import ask_again, cancel_sync
from integrations.tasks import sync_audience

TONES = {
    SyncState.RUNNING: ("info", "Running"),
    SyncState.SUCCEEDED: ("good", "In step"),
    SyncState.INCOMPLETE: ("warn", "Not finished"),
    SyncState.BRAKED: ("warn", "Waits for approval"),
    SyncState.STOPPED: ("bad", "Stopped"),
    SyncState.FAILED: ("bad", "Failed"),
}
HEAVY = ("audience__acknowledged", "audience__uncertain", "audience__sent")


@admin.register(SyncRun)
class SyncRunAdmin(ReadingAdmin):
    """Begun by people and by the timetable; never edited."""

    list_display = (
        "run",
        "state_shown",
        "list_shown",
        "progress_shown",
        "versions",
        "rejected",
        "unknown",
        "actor",
        "began",
    )
    list_filter = ("state", "audience__destination", "started_at")
    list_select_related = ("audience__destination",)
    search_fields = ("audience__segment_key", "audience__destination__key", "actor", "sentence")
    search_help_text = "Segment, tool, who asked, words of its end"
    date_hierarchy = "started_at"
    heavy = HEAVY
    fields = (
        "state_shown",
        "sentence",
        "list_shown",
        "progress_shown",
        "versions",
        "to_add",
        "added",
        "to_remove",
        "removed",
        "rejected",
        "unknown",
        "actor",
        "began",
        "ended",
        "batches_shown",
    )
    readonly_fields = fields

    def named(self, obj: SyncRun) -> str:
        """`Sync 12`."""
        return f"Sync {obj.pk}"

    def buttons(self, request: HttpRequest, obj: SyncRun) -> list[Button]:
        """Cancel what goes on; sync again what is over."""
        if not may_enter(request):
            return []
        if obj.state == SyncState.RUNNING:
            title = "It stops before the next batch. What the tool confirmed stays."
            return [Button(name="cancel", label="Cancel", press=self.cancel, title=title)]
        title = "A worker carries what differs by then."
        return [Button(name="retry", label="Sync again", press=self.retry, title=title)]

    def cancel(self, request: HttpRequest, obj: SyncRun) -> str:
        """Ask it to stop."""
        if not cancel_sync(run_id=obj.pk, by=user_of(request), via=Via.ADMIN):
            return f"Sync {obj.pk} was over already."
        return f"Sync {obj.pk} was asked to stop; it ends before its next batch."

    def retry(self, request: HttpRequest, obj: SyncRun) -> str:
        """Sync the same list again."""
        audience = ask_again(audience_id=obj.audience_id, by=user_of(request), via=Via.ADMIN)
        ring(sync_audience, audience.pk)
        return f"A sync of {audience.segment_key} in {audience.destination.key} was asked for."

    @admin.display(description="Sync", ordering="pk")
    def run(self, obj: SyncRun) -> str:
        """Its number."""
        return f"Sync {obj.pk}"

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: SyncRun) -> SafeString:
        """Where it is, or where it ended."""
        return badge(*TONES[SyncState(obj.state)])

    @admin.display(description="List", ordering="audience__segment_key")
    def list_shown(self, obj: SyncRun) -> SafeString:
        """Which segment in which tool."""
        url = reverse("admin:integrations_audience_change", args=[obj.audience_id])
        audience = obj.audience
        return format_html(
            '<a href="{}">{} in {}</a>', url, audience.segment_key, audience.destination.key
        )

    @admin.display(description="Progress")
    def progress_shown(self, obj: SyncRun) -> SafeString | str:
        """How many of those planned are confirmed or refused."""
        done = obj.added + obj.removed + obj.rejected
        return progress(done, obj.to_add + obj.to_remove, "people")

    @admin.display(description="Versions", ordering="to_version")
    def versions(self, obj: SyncRun) -> str:
        """From which membership version to which."""
        return f"{f'm{obj.from_version}' if obj.from_version else 'nothing'} → m{obj.to_version}"

    @admin.display(description="Began", ordering="started_at")
    def began(self, obj: SyncRun) -> SafeString | str:
        """When it began."""
        return instant(obj.started_at)

    @admin.display(description="Ended", ordering="finished_at")
    def ended(self, obj: SyncRun) -> SafeString | str:
        """When it was over."""
        return instant(obj.finished_at)

    @admin.display(description="Batches")
    def batches_shown(self, obj: SyncRun) -> SafeString:
        """What was sent, batch by batch."""
        url = f"{reverse('admin:integrations_syncbatch_changelist')}?run={obj.pk}"
        return format_html('<a href="{}">{} batches</a>', url, count(obj.batches.count()))


class OfRun(admin.SimpleListFilter):
    """Of one sync, as the page of the sync links to; there are too many to choose from."""

    title, parameter_name = "sync", "run"

    def has_output(self) -> bool:
        """Shown only while it narrows."""
        return self.value() is not None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The one that is asked for."""
        run = request.GET.get("run", "")
        return [(run, f"Sync {run}")] if run.isdecimal() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[SyncBatch]) -> QuerySet[SyncBatch]:
        """Its batches."""
        value = self.value() or ""
        return queryset.filter(run=int(value)) if value.isdecimal() else queryset


@admin.register(SyncBatch)
class SyncBatchAdmin(ReadingAdmin):
    """One request, written down before it and settled after it."""

    list_display = (
        "batch",
        "list_name",
        "operation",
        "state_shown",
        "size",
        "accepted",
        "rejected",
        "unknown",
        "postponed",
        "claimed",
        "error",
    )
    list_filter = ("state", "operation", "run__audience__destination", OfRun)
    list_select_related = ("run__audience__destination",)
    search_fields = ("run__audience__segment_key", "error")
    search_help_text = "Segment, error"
    date_hierarchy = "claimed_at"
    heavy = ("members", *(f"run__{name}" for name in HEAVY))
    fields = (
        "batch",
        "list_name",
        "operation",
        "state_shown",
        "size",
        "accepted",
        "rejected",
        "unknown",
        "postponed",
        "error",
        "claimed",
        "settled",
    )
    readonly_fields = fields

    def named(self, obj: SyncBatch) -> str:
        """`Batch 3 of sync 12`."""
        return f"Batch {obj.number} of sync {obj.run_id}"

    @admin.display(description="Batch", ordering="pk")
    def batch(self, obj: SyncBatch) -> str:
        """Sync and number."""
        return f"{obj.run_id}.{obj.number}"

    @admin.display(description="List")
    def list_name(self, obj: SyncBatch) -> str:
        """Which segment in which tool."""
        audience = obj.run.audience
        return f"{audience.segment_key} in {audience.destination.key}"

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: SyncBatch) -> SafeString:
        """Whether the tool has answered."""
        settled = obj.state == BatchState.SETTLED
        return badge("good" if settled else "info", BatchState(obj.state).label)

    @admin.display(description="Members", ordering="count")
    def size(self, obj: SyncBatch) -> str:
        """How many it held."""
        return count(obj.count)

    @admin.display(description="Sent", ordering="claimed_at")
    def claimed(self, obj: SyncBatch) -> SafeString | str:
        """When it was about to be sent."""
        return instant(obj.claimed_at)

    @admin.display(description="Answered", ordering="settled_at")
    def settled(self, obj: SyncBatch) -> SafeString | str:
        """When the answer was written down."""
        return instant(obj.settled_at)
