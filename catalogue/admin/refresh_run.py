"""Refreshes: how far each is, what it found per segment, and how it ended."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalogue.admin.base import REFUSALS, ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import user_of
from catalogue.admin.shown import count, duration, instant, progress, run_badge
from catalogue.membership.attempt import RefreshError
from catalogue.membership.refresh import cancel_refresh, request_refresh
from catalogue.models import RefreshRun, RunState
from catalogue.permissions import can_refresh_keys
from catalogue.tasks import refresh_run, ring
from catalogue.web.scans_shown import shown_scans

OPEN = (RunState.QUEUED, RunState.RUNNING)


@admin.register(RefreshRun)
class RefreshRunAdmin(ReadingAdmin):
    """Asked for by people and by the timetable; done by workers."""

    list_display = (
        "run",
        "state_shown",
        "progress_shown",
        "segments",
        "judged_at",
        "asked",
        "took",
        "attempts",
        "error",
    )
    list_filter = ("state", "created_at")
    search_fields = ("pk", "error", "keys")
    search_help_text = "Number, key of a segment, error"
    date_hierarchy = "created_at"
    heavy = ("results", "scans")
    fields = (
        "state_shown",
        "progress_shown",
        "segments",
        "results_shown",
        "scans_read",
        "self_check",
        "error",
        "judged_at",
        "photo",
        "rows_shown",
        "took",
        "attempts",
        "asked",
        "started",
        "finished",
    )
    readonly_fields = fields
    refusals = (*REFUSALS, RefreshError)

    def named(self, obj: RefreshRun) -> str:
        """`Refresh 12`."""
        return f"Refresh {obj.pk}"

    def buttons(self, request: HttpRequest, obj: RefreshRun) -> list[Button]:
        """Cancel what goes on; do again what is over."""
        if not can_refresh_keys(user_of(request), obj.keys):
            return []
        if obj.state in OPEN:
            title = "It stops before it publishes; what is published stays."
            return [Button(name="cancel", label="Cancel", press=self.cancel, title=title)]
        title = "A new refresh of the same segments, as of now."
        return [Button(name="retry", label="Refresh again", press=self.retry, title=title)]

    def cancel(self, request: HttpRequest, obj: RefreshRun) -> str:
        """Ask it to stop."""
        run = cancel_refresh(run_id=obj.pk)
        if run.state == RunState.CANCELLED:
            return f"Refresh {run.pk} was cancelled before it began."
        return f"Refresh {run.pk} was asked to stop; it ends within a scan, and publishes nothing."

    def retry(self, request: HttpRequest, obj: RefreshRun) -> str:
        """Ask for the same refresh once more."""
        run = request_refresh(keys=obj.keys)
        ring(refresh_run, run.pk)
        return f"Refresh {run.pk} of the same segments was asked for."

    @admin.display(description="Refresh", ordering="pk")
    def run(self, obj: RefreshRun) -> str:
        """Its number."""
        return f"Refresh {obj.pk}"

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: RefreshRun) -> SafeString:
        """Where it is."""
        return run_badge(obj.state)

    @admin.display(description="Progress")
    def progress_shown(self, obj: RefreshRun) -> SafeString | str:
        """How many scans are done."""
        return progress(obj.progress_done, obj.progress_total, "scans")

    @admin.display(description="Segments")
    def segments(self, obj: RefreshRun) -> str:
        """Which ones were asked for."""
        return ", ".join(obj.keys) or "all that are not archived"

    @admin.display(description="Judged as of", ordering="now")
    def judged_at(self, obj: RefreshRun) -> SafeString | str:
        """The `now` of the run."""
        return instant(obj.now)

    @admin.display(description="Asked for", ordering="created_at")
    def asked(self, obj: RefreshRun) -> SafeString | str:
        """When it was asked for."""
        return instant(obj.created_at)

    @admin.display(description="Began", ordering="started_at")
    def started(self, obj: RefreshRun) -> SafeString | str:
        """When a worker took it."""
        return instant(obj.started_at)

    @admin.display(description="Ended", ordering="finished_at")
    def finished(self, obj: RefreshRun) -> SafeString | str:
        """When it was over."""
        return instant(obj.finished_at)

    @admin.display(description="Took", ordering="milliseconds")
    def took(self, obj: RefreshRun) -> str:
        """How long it took."""
        return duration(obj.milliseconds)

    @admin.display(description="Rows read", ordering="rows_read")
    def rows_shown(self, obj: RefreshRun) -> str:
        """Rows of the lake that were read."""
        return count(obj.rows_read)

    @admin.display(description="Results")
    def results_shown(self, obj: RefreshRun) -> SafeString:
        """What came out, segment by segment."""
        return render_to_string("admin/run_results.html", {"results": obj.results})

    @admin.display(description="What it read")
    def scans_read(self, obj: RefreshRun) -> SafeString:
        """What each scan read, and how long that took; the longest first."""
        return render_to_string("admin/run_scans.html", {"scans": shown_scans(obj.scans)})

    @admin.display(description="Self-check")
    def self_check(self, obj: RefreshRun) -> SafeString:
        """Whether judging it again from nothing found the same members."""
        return render_to_string("admin/run_check.html", {"check": obj.check_result})
