"""Experiments: planned, started, looked at, decided, rolled out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant, Text, page_shape
from catalogue.models import Decision, ExperimentState

LOOK_STATES = ("wrong_ratio", "harmful", "too_early", "better", "worse", "no_effect")


class ArmShape(serializers.Serializer[Any]):
    """One way of treating people. `people` are those whose time is over."""

    key = serializers.CharField()
    name = serializers.CharField()
    share = serializers.CharField(help_text="Of all members, as in `45%`.")
    is_holdout = serializers.BooleanField(help_text="Nobody tells these people anything.")
    is_control = serializers.BooleanField(help_text="What the others are compared with.")
    audience = serializers.CharField(
        help_text="What a definition writes to mean these people, as in `in_segment: trials#exp-31`"
    )
    message = serializers.CharField()
    planned = serializers.IntegerField(allow_null=True, help_text="People it needs.")
    enrolled = serializers.IntegerField(help_text="People dealt to it so far.")
    people = serializers.IntegerField()
    reached = serializers.IntegerField(
        allow_null=True, help_text="Of `people`; null while it is not shown."
    )
    mean = serializers.FloatField(allow_null=True, help_text="Of a sum; else null.")


class EffectShape(serializers.Serializer[Any]):
    """What an arm does otherwise than control: in shares, or in the unit of the sum."""

    arm = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="The lower end of the interval.")
    high = serializers.FloatField(help_text="The upper end.")
    level = serializers.FloatField(help_text="Of the interval, as in 0.95.")
    p = serializers.FloatField(help_text="The p-value.")
    method = serializers.CharField()


class GuardrailShape(serializers.Serializer[Any]):
    """What must not become worse, watched by always-valid intervals."""

    name = serializers.CharField()
    better = serializers.ChoiceField(choices=["up", "down"])
    bearable = serializers.FloatField(help_text="How much worse is put up with, as a share.")
    is_harmed = serializers.BooleanField()
    effects = EffectShape(many=True)


class LookShape(serializers.Serializer[Any]):
    """What could be said as of one instant. Until the planned size, experiments that are not
    sequential show no effects."""

    as_of = Instant()
    state = serializers.ChoiceField(choices=LOOK_STATES)
    text = serializers.CharField()
    arm = serializers.CharField(allow_null=True, help_text="Which one the text speaks of.")
    people = serializers.IntegerField(help_text="Whose time is over, in arms that are compared.")
    needed = serializers.IntegerField(help_text="How many of those are planned.")
    effects = EffectShape(many=True)
    guardrails = GuardrailShape(many=True)
    sample_ratio_p = serializers.FloatField(
        allow_null=True, help_text="Below 0.001 people were lost on the way, and nothing is shown."
    )


class PlanShape(serializers.Serializer[Any]):
    """The size it needs, and what that was worked out from."""

    effect = serializers.FloatField(help_text="The change to be seen: 0.05 is five points.")
    power = serializers.FloatField()
    base_rate = serializers.FloatField(allow_null=True)
    spread = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="People the base was measured on; 0: written by hand.")
    as_of = serializers.CharField(allow_null=True)
    method = serializers.CharField()
    people = serializers.IntegerField(help_text="Of the segment, the holdout included.")
    members = serializers.IntegerField(help_text="Those there were when it was planned.")
    findable = serializers.FloatField(
        allow_null=True, help_text="The smallest effect that so many members are enough for."
    )


class RolloutShape(serializers.Serializer[Any]):
    """What worked, done for a segment."""

    id = serializers.IntegerField()
    object = serializers.ChoiceField(choices=["rollout"])
    experiment = serializers.CharField()
    segment = serializers.CharField()
    due_on = serializers.DateField()
    done_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()


class ExperimentShape(serializers.Serializer[Any]):
    """An experiment on the members of a segment."""

    id = serializers.CharField(help_text="As in EXP-31.")
    object = serializers.ChoiceField(choices=["experiment"])
    number = serializers.IntegerField()
    url = serializers.CharField()
    html_url = serializers.CharField()
    name = serializers.CharField()
    hypothesis = serializers.CharField()
    segment = serializers.CharField()
    definition_version = serializers.IntegerField(allow_null=True, help_text="null until started.")
    membership_version = serializers.IntegerField(allow_null=True)
    aim = Free(
        help_text="{event, where, within, sum, better}, or {formula, metric, title, within,"
        " better}."
    )
    guardrails = serializers.ListField(child=Free())
    sequential = serializers.BooleanField(help_text="May be looked at at any time.")
    plan = PlanShape()
    arms = ArmShape(many=True)
    state = serializers.ChoiceField(choices=ExperimentState.choices)
    started_at = Instant(allow_null=True)
    stopped_at = Instant(allow_null=True)
    smaller_because = serializers.CharField()
    look = LookShape(allow_null=True, help_text="The newest one.")
    look_error = serializers.CharField(
        allow_null=True, help_text="Why it could not be looked at; `look` is the last good one."
    )
    decision = serializers.ChoiceField(choices=Decision.choices, allow_null=True)
    reason = serializers.CharField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True)
    decided_at = Instant(allow_null=True)
    rollouts = RolloutShape(many=True)
    idea = serializers.IntegerField(allow_null=True)
    created_at = Instant()
    updated_at = Instant()


ExperimentPage = page_shape(ExperimentShape, "ExperimentPage")
LookPage = page_shape(LookShape, "LookPage")


class ArmFields(serializers.Serializer[Any]):
    """An arm; the first one is the control."""

    key = serializers.CharField()
    share = serializers.CharField(help_text="As in `45%`; all arms and the holdout are 100 %.")
    name = serializers.CharField(required=False)
    message = serializers.CharField(required=False, allow_blank=True)


class ChangedExperimentShape(serializers.Serializer[Any]):
    """Changed fields of a draft; those left out stay as they are."""

    name = serializers.CharField(required=False)
    hypothesis = serializers.CharField(required=False)
    segment = serializers.CharField(required=False)
    aim = serializers.JSONField(
        required=False,
        help_text="`goal`, {event, where, within, sum, better}, {metric, within, better} or"
        " {formula, within, better}.",
    )
    effect = serializers.FloatField(
        required=False, help_text="The change worth seeing: 0.05 is five percentage points."
    )
    base_rate = serializers.FloatField(
        required=False, allow_null=True, help_text="Instead of the segment's own."
    )
    spread = serializers.FloatField(required=False, allow_null=True)
    power = serializers.FloatField(required=False, allow_null=True)
    sequential = serializers.BooleanField(required=False, allow_null=True)
    arms = ArmFields(many=True, required=False)
    holdout = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="As in `10%`; control of a single arm.",
    )
    guardrails = serializers.ListField(
        child=Free(),
        required=False,
        allow_null=True,
        help_text="Each {name, event, where, within, better, bearable}.",
    )
    idea = serializers.IntegerField(required=False, allow_null=True)
    salt = serializers.CharField(required=False, allow_null=True)


class NewExperimentShape(ChangedExperimentShape):
    """What an experiment is planned by."""

    name = serializers.CharField()
    hypothesis = serializers.CharField()
    segment = serializers.CharField()
    aim = serializers.JSONField(
        help_text="`goal`, {event, where, within, sum, better}, {metric, within, better} or"
        " {formula, within, better}."
    )
    effect = serializers.FloatField()
    arms = ArmFields(many=True)


class StartShape(serializers.Serializer[Any]):
    """Why it may start on fewer members than planned, where that is so."""

    smaller_because = Text(required=False, default="", allow_blank=True, max_length=2_000)


class DecideShape(serializers.Serializer[Any]):
    """What is made of it, and why."""

    decision = Text(max_length=20, help_text="adopt, reject or inconclusive")
    reason = Text(max_length=10_000)


class NewRolloutShape(serializers.Serializer[Any]):
    """Where what worked is to be done, and by when."""

    segment = Text(max_length=80)
    due_on = serializers.DateField()


class RolloutDoneShape(serializers.Serializer[Any]):
    """When it was done; left out: today."""

    done_on = serializers.DateField(required=False)
