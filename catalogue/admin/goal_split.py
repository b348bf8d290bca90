"""How goals divided people, as refreshes found it. Numbers only."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import segment_page
from catalogue.admin.shown import count, instant, link_to
from catalogue.models import GoalSplit


@admin.register(GoalSplit)
class GoalSplitAdmin(ReadingAdmin):
    """Who had reached the goal at one `now`; never edited, never deleted."""

    list_display = (
        "segment_shown",
        "judged_at",
        "reached_shown",
        "missed_shown",
        "not_yet_shown",
        "too_early_shown",
        "version_shown",
        "run_shown",
    )
    list_filter = ("subject", "segment__team", "now")
    list_select_related = ("segment", "membership", "run")
    search_fields = ("segment__key", "segment__name", "goal_hash")
    search_help_text = "Segment"
    date_hierarchy = "now"
    segment_path = "segment"
    heavy = (
        *GoalSplit.HEAVY,
        "figures",
        "membership__entered",
        "membership__left",
        "membership__key_frame",
        "run__results",
    )
    fields = (
        "segment_shown",
        "goal",
        "subject",
        "judged_at",
        "reached_shown",
        "missed_shown",
        "not_yet_shown",
        "too_early_shown",
        "version_shown",
        "run_shown",
        "photo",
        "goal_hash",
        "sha256",
    )
    readonly_fields = fields

    def named(self, obj: GoalSplit) -> str:
        """`Goal of Trial ending`."""
        return f"Goal of {obj.segment.name}"

    def buttons(self, request: HttpRequest, obj: GoalSplit) -> list[Button]:
        """The page that shows it."""
        return [Button(name="goal", label="Goal", url=segment_page(obj.segment.key, "goal"))]

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: GoalSplit) -> SafeString | str:
        """Whose goal it is."""
        return link_to(obj.segment)

    @admin.display(description="As of", ordering="now")
    def judged_at(self, obj: GoalSplit) -> SafeString | str:
        """The `now` it was judged at."""
        return instant(obj.now)

    @admin.display(description="Reached", ordering="reached_count")
    def reached_shown(self, obj: GoalSplit) -> str:
        """Of those whose time is over."""
        return count(obj.reached_count)

    @admin.display(description="Missed", ordering="missed_count")
    def missed_shown(self, obj: GoalSplit) -> str:
        """Of those whose time is over."""
        return count(obj.missed_count)

    @admin.display(description="Not yet", ordering="not_yet_count")
    def not_yet_shown(self, obj: GoalSplit) -> str:
        """Of those who still have time."""
        return count(obj.not_yet_count)

    @admin.display(description="Too early", ordering="too_early_count")
    def too_early_shown(self, obj: GoalSplit) -> str:
        """Of those who still have time, who is there already."""
        return count(obj.too_early_count)

    @admin.display(description="Members", ordering="membership__number")
    def version_shown(self, obj: GoalSplit) -> str:
        """The membership version it measured."""
        return f"m{obj.membership.number}"

    @admin.display(description="Refresh", ordering="run")
    def run_shown(self, obj: GoalSplit) -> SafeString:
        """The run that found it."""
        url = reverse("admin:catalogue_refreshrun_change", args=[obj.run_id])
        return format_html('<a href="{}">refresh {}</a>', url, obj.run_id)
