"""Experiments: planned on their page, looked at here; what was seen is never changed."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import user_of
from catalogue.admin.shown import NOTHING, count, instant, link_to
from catalogue.experiments.rights import can_experiment
from catalogue.experiments.rollouts import finish_rollout
from catalogue.experiments.running import stop_experiment
from catalogue.models import (
    Arm,
    Decision,
    Enrolment,
    Experiment,
    ExperimentState,
    Look,
    Rollout,
    Via,
)
from catalogue.web.components.states import badge

STATES = {
    ExperimentState.DRAFT: "mark",
    ExperimentState.RUNNING: "info",
    ExperimentState.STOPPED: "idle",
    ExperimentState.DECIDED: "good",
}


def _page(number: int) -> str:
    return reverse("experiment", args=[number])


@admin.register(Experiment)
class ExperimentAdmin(ReadingAdmin):
    """One experiment a line; planning and deciding happen on its page, with all that is known."""

    object_type = "experiment"
    list_display = ("label", "name", "segment_shown", "pinned", "state_shown", "decided", "started")
    list_filter = ("state", "decision", "is_sequential", "segment__team")
    list_select_related = ("segment", "definition", "membership", "decided_by")
    search_fields = ("name", "hypothesis", "segment__key", "segment__name")
    search_help_text = "Name, hypothesis, segment"
    segment_path = "segment"
    heavy = ("membership__entered", "membership__left", "membership__key_frame")
    fields = (
        *("label", "name", "hypothesis", "segment_shown", "pinned", "state_shown", "arms_shown"),
        *("aim_shown", "guardrails_shown", "plan_shown", "is_sequential", "smaller_because"),
        *("started", "stopped", "look_error", "decided", "decision_reason", "salt", "idea"),
    )
    readonly_fields = fields

    def buttons(self, request: HttpRequest, obj: Experiment) -> list[Button]:
        """Its page, and stopping it."""
        found = [Button(name="page", label="Plan, results, decision", url=_page(obj.number))]
        may = can_experiment(user_of(request), obj.segment)
        if may and obj.state == ExperimentState.RUNNING:
            title = "Nobody new is dealt out; who has an arm is still watched."
            found.append(Button(name="stop", label="Stop", press=self.stop, title=title))
        return found

    def stop(self, request: HttpRequest, obj: Experiment) -> str:
        """Deal out nobody any more."""
        stop_experiment(experiment=obj, now=timezone.now(), by=user_of(request), via=Via.ADMIN)
        return f"{obj.label} is stopped."

    def history_key(self, obj: Experiment) -> str:
        """EXP-31, as the log of changes calls it."""
        return obj.label

    @admin.display(description="Number", ordering="number")
    def label(self, obj: Experiment) -> str:
        """EXP-31."""
        return obj.label

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Experiment) -> SafeString | str:
        """Whose members are dealt out."""
        return link_to(obj.segment)

    @admin.display(description="Pinned to")
    def pinned(self, obj: Experiment) -> str:
        """The versions it began with; they never change."""
        if obj.definition is None or obj.membership is None:
            return "nothing until it starts"
        return f"d{obj.definition.number}, m{obj.membership.number}"

    @admin.display(description="Status", ordering="state")
    def state_shown(self, obj: Experiment) -> SafeString:
        """How it stands."""
        return badge(STATES[ExperimentState(obj.state)], obj.get_state_display())

    @admin.display(description="Decision", ordering="decision")
    def decided(self, obj: Experiment) -> str:
        """What was made of it, and by whom."""
        if not obj.decision:
            return NOTHING
        by = f", {obj.decided_by.label}" if obj.decided_by else ""
        return f"{Decision(obj.decision).label}{by}"

    @admin.display(description="Started", ordering="started_at")
    def started(self, obj: Experiment) -> SafeString | str:
        """When people's time began."""
        return instant(obj.started_at)

    @admin.display(description="Stopped", ordering="stopped_at")
    def stopped(self, obj: Experiment) -> SafeString | str:
        """Since when nobody is dealt out."""
        return instant(obj.stopped_at)

    @admin.display(description="Arms")
    def arms_shown(self, obj: Experiment) -> SafeString:
        """The arms with their shares."""
        rows = ((arm.name, f"{arm.share.normalize():f}") for arm in obj.arms.all())
        return format_html_join(format_html("<br>"), "{}: {} %", rows)

    @admin.display(description="What counts")
    def aim_shown(self, obj: Experiment) -> str:
        """As the plan says it."""
        return _json(obj.aim)

    @admin.display(description="Guardrails")
    def guardrails_shown(self, obj: Experiment) -> str:
        """As the plan says them."""
        return _json(obj.guardrails)

    @admin.display(description="Size")
    def plan_shown(self, obj: Experiment) -> str:
        """How many people it takes, and from what that was worked out."""
        return _json(obj.plan)


@admin.register(Arm)
class ArmAdmin(ReadingAdmin):
    """The arms of all experiments."""

    list_display = ("experiment", "name", "key", "share", "is_holdout")
    list_filter = ("is_holdout", "experiment__state")
    list_select_related = ("experiment__segment",)
    search_fields = ("name", "key", "experiment__name")
    segment_path = "experiment__segment"
    fields = ("experiment", "position", "key", "name", "share", "is_holdout", "message")
    readonly_fields = fields

    def named(self, obj: Arm) -> str:
        """`Personal call of EXP-31`."""
        return f"{obj.name} of {obj.experiment.label}"


@admin.register(Enrolment)
class EnrolmentAdmin(ReadingAdmin):
    """How many were dealt to each arm from which membership version; never who."""

    list_display = ("arm_shown", "version", "began", "count_shown")
    list_filter = ("experiment__state",)
    list_select_related = ("experiment", "arm", "membership")
    segment_path = "experiment__segment"
    heavy = ("people", "membership__entered", "membership__left", "membership__key_frame")
    fields = ("arm_shown", "version", "began", "count_shown")
    readonly_fields = fields

    def named(self, obj: Enrolment) -> str:
        """`EXP-31, Personal call, m7`."""
        return f"{self.arm_shown(obj)}, {self.version(obj)}"

    @admin.display(description="Arm")
    def arm_shown(self, obj: Enrolment) -> str:
        """Which arm of which experiment."""
        return f"{obj.experiment.label}, {obj.arm.name}"

    @admin.display(description="From version", ordering="membership__number")
    def version(self, obj: Enrolment) -> str:
        """The membership version that brought them."""
        return f"m{obj.membership.number}"

    @admin.display(description="Their time began", ordering="at")
    def began(self, obj: Enrolment) -> SafeString | str:
        """From when on what they do counts."""
        return instant(obj.at)

    @admin.display(description="People", ordering="count")
    def count_shown(self, obj: Enrolment) -> str:
        """How many."""
        return count(obj.count)


@admin.register(Look)
class LookAdmin(ReadingAdmin):
    """What could be said at each look; added to, never edited."""

    list_display = ("experiment", "as_of_shown", "state", "sentence", "people", "needed")
    list_filter = ("state", "as_of")
    list_select_related = ("experiment__segment",)
    search_fields = ("sentence", "experiment__name")
    segment_path = "experiment__segment"
    fields = (
        *("experiment", "as_of_shown", "state", "sentence", "people", "needed", "ratio_p"),
        *("arms_shown", "effects_shown", "guardrails_shown"),
    )
    readonly_fields = fields

    def named(self, obj: Look) -> str:
        """`EXP-31 as of 1 Nov 2026`."""
        return f"{obj.experiment.label} as of {obj.as_of.day} {obj.as_of:%b %Y}"

    @admin.display(description="As of", ordering="as_of")
    def as_of_shown(self, obj: Look) -> SafeString | str:
        """The instant it describes."""
        return instant(obj.as_of)

    @admin.display(description="Arms")
    def arms_shown(self, obj: Look) -> str:
        """Each arm's numbers."""
        return _json(obj.arms)

    @admin.display(description="Effects")
    def effects_shown(self, obj: Look) -> str:
        """Each arm against control."""
        return _json(obj.effects)

    @admin.display(description="Guardrails")
    def guardrails_shown(self, obj: Look) -> str:
        """What must not become worse."""
        return _json(obj.guardrails)


@admin.register(Rollout)
class RolloutAdmin(ReadingAdmin):
    """Where what worked is to be done, and by when."""

    list_display = ("experiment", "segment_shown", "due_on", "done_on", "done_by")
    list_filter = ("due_on", ("done_on", admin.EmptyFieldListFilter), "segment__team")
    list_select_related = ("experiment__segment", "segment", "done_by")
    search_fields = ("experiment__name", "segment__key", "segment__name")
    segment_path = "segment"
    fields = ("experiment", "segment_shown", "due_on", "done_on", "done_by", "created_by")
    readonly_fields = fields

    def named(self, obj: Rollout) -> str:
        """`EXP-31 to Trials`."""
        return f"{obj.experiment.label} to {obj.segment.name}"

    def buttons(self, request: HttpRequest, obj: Rollout) -> list[Button]:
        """Mark it as done."""
        may = can_experiment(user_of(request), obj.segment, obj.experiment.segment)
        if obj.done_on is not None or not may:
            return []
        title = "It is done for this segment, as of today."
        return [Button(name="done", label="Mark as done", press=self.finish, title=title)]

    def finish(self, request: HttpRequest, obj: Rollout) -> str:
        """Say that it is done."""
        on = timezone.localdate()
        finish_rollout(rollout=obj, on=on, by=user_of(request), via=Via.ADMIN)
        return f"Done for “{obj.segment.name}”."

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Rollout) -> SafeString | str:
        """Where to."""
        return link_to(obj.segment)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
