"""A goal, and how people stand to it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant
from catalogue.segments.goal_states import GOAL_STATES


class IntervalField(serializers.ListField):
    """The lower and the upper end of a 95 % interval."""

    child = serializers.FloatField(allow_null=True)


class GoalPartsShape(serializers.Serializer[Any]):
    """How definitions name them: `{in_segment: …}`."""

    reached = serializers.CharField(help_text="Who reached it, those there already too.")
    not_reached = serializers.CharField(help_text="Who missed it, or is not there yet.")


class GoalSplitShape(serializers.Serializer[Any]):
    """Everybody who entered; who has left since still counts."""

    now = Instant(help_text="The instant they were found to stand so.")
    membership_version = serializers.IntegerField()
    entered = serializers.IntegerField()
    reached = serializers.IntegerField(help_text="In time; their time is over.")
    missed = serializers.IntegerField(help_text="Their time is over.")
    not_yet = serializers.IntegerField(help_text="Their time runs.")
    too_early = serializers.IntegerField(
        help_text="There already, and their time runs: too early to count in the share."
    )
    parts = GoalPartsShape()


class TimeToReachShape(serializers.Serializer[Any]):
    """After how many days."""

    median_days = serializers.FloatField(allow_null=True, help_text="Half of all got there.")
    interval = IntervalField(allow_null=True)
    reason = serializers.CharField(help_text="Why there is no median.")
    of_reached_days = serializers.FloatField(
        allow_null=True, help_text="Half of those who get there at all."
    )


class CurvePointShape(serializers.Serializer[Any]):
    """The share that had got there after so many days (Kaplan–Meier)."""

    day = serializers.FloatField()
    share = serializers.FloatField()
    interval = IntervalField()
    watched = serializers.IntegerField()


class GoalWeekShape(serializers.Serializer[Any]):
    """Those who entered in a local week, and whose time is over; null where they are too few."""

    n = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(allow_null=True)
    interval = IntervalField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Its Monday is called `from`, which is no name in Python."""
        return {"from": serializers.DateField(), **super().get_fields()}


class GoalStepShape(serializers.Serializer[Any]):
    """How many took a step, and which share of those who took the one before."""

    step = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(allow_null=True)


class GoalShape(serializers.Serializer[Any]):
    """The goal and all that is known of it. Numbers on too few people are null."""

    segment = serializers.CharField()
    goal = Free(allow_null=True, help_text="As the file has it.")
    english = serializers.CharField()
    state = serializers.ChoiceField(choices=list(GOAL_STATES.items()))
    because = serializers.CharField(help_text="The state, as a sentence.")
    target = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(allow_null=True, help_text="Of those whose time is over.")
    interval = IntervalField(allow_null=True)
    decided = serializers.IntegerField(allow_null=True, help_text="Whose time is over.")
    method = serializers.CharField()
    as_of = Instant(allow_null=True)
    fault = serializers.CharField(
        help_text="Why the newest refresh could not measure it; the split is then an older one."
    )
    split = GoalSplitShape(allow_null=True)
    time_to_reach = TimeToReachShape()
    curve = CurvePointShape(many=True)
    weeks = GoalWeekShape(many=True)
    steps = GoalStepShape(many=True)
