"""Measurings: how far each is, and how it ended."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from catalogue.admin.base import REFUSALS, ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import user_of
from catalogue.admin.shown import NOTHING, count, duration, instant, progress, run_badge
from catalogue.membership.attempt import RefreshError
from catalogue.metrics.asking import cancel_measurement, request_measurement
from catalogue.models import Measurement, RunState
from catalogue.permissions import can_refresh_keys
from catalogue.tasks import measure_run, ring

OPEN = (RunState.QUEUED, RunState.RUNNING)


@admin.register(Measurement)
class MeasurementAdmin(ReadingAdmin):
    """Follow refreshes, or are asked for; done by workers."""

    list_display = ("run_shown", "state_shown", "how_far", "segments", "when", "took", "error")
    list_filter = ("state", "created_at")
    list_select_related = ("run",)
    search_fields = ("pk", "error", "keys")
    search_help_text = "Number, key of a segment, error"
    date_hierarchy = "created_at"
    fields = (
        "state_shown",
        "how_far",
        "segments",
        "without_numbers",
        "error",
        "when",
        "photo",
        "rows_shown",
        "took",
        "attempts",
    )
    readonly_fields = fields
    refusals = (*REFUSALS, RefreshError)

    def named(self, obj: Measurement) -> str:
        """`Measuring 12`."""
        return f"Measuring {obj.pk}"

    def buttons(self, request: HttpRequest, obj: Measurement) -> list[Button]:
        """Stop what goes on; measure again what is over."""
        if not can_refresh_keys(user_of(request), obj.keys):
            return []
        if obj.state in OPEN:
            title = "Nothing of it is written; the readings before stay."
            return [Button(name="cancel", label="Stop measuring", press=self.stop, title=title)]
        title = "The same segments, as of now."
        return [Button(name="again", label="Measure again", press=self.again, title=title)]

    def stop(self, request: HttpRequest, obj: Measurement) -> str:
        """Ask it to stop."""
        cancel_measurement(measurement_id=obj.pk)
        return f"Measuring {obj.pk} was asked to stop; it writes nothing."

    def again(self, request: HttpRequest, obj: Measurement) -> str:
        """Ask for the same once more."""
        asked = request_measurement(keys=obj.keys, now=timezone.now())
        ring(measure_run, asked.pk)
        return f"Measuring {asked.pk} of the same segments was asked for."

    @admin.display(description="Measuring", ordering="pk")
    def run_shown(self, obj: Measurement) -> str:
        """Its number, and the refresh it follows."""
        after = "" if obj.run_id is None else f", after refresh {obj.run_id}"
        return f"Measuring {obj.pk}{after}"

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: Measurement) -> SafeString:
        """Where it is."""
        return run_badge(obj.state)

    @admin.display(description="Progress")
    def how_far(self, obj: Measurement) -> SafeString | str:
        """How many events are read and segments measured."""
        return progress(obj.progress_done, obj.progress_total, "events and segments")

    @admin.display(description="Segments")
    def segments(self, obj: Measurement) -> str:
        """Which ones were asked for."""
        return ", ".join(obj.keys) or "all that are not archived"

    @admin.display(description="Without numbers")
    def without_numbers(self, obj: Measurement) -> SafeString | str:
        """Why some metrics have no value for anybody."""
        lines = format_html_join("", "<p><b>{}</b>: {}</p>", sorted(obj.faults.items()))
        return lines or NOTHING

    @admin.display(description="As of", ordering="now")
    def when(self, obj: Measurement) -> SafeString | str:
        """The instant measured."""
        return instant(obj.now)

    @admin.display(description="Rows read", ordering="rows_read")
    def rows_shown(self, obj: Measurement) -> str:
        """Rows of the data that were read."""
        return count(obj.rows_read)

    @admin.display(description="Took", ordering="milliseconds")
    def took(self, obj: Measurement) -> str:
        """How long it took."""
        return duration(obj.milliseconds)
