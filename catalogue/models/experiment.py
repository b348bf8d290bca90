"""Experiments inside a segment version: what was planned, who was dealt to which arm, what was seen
at each look, what was decided, and where it was rolled out to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from catalogue.models.api_key import ApiKey
from catalogue.models.segment import Segment
from catalogue.models.user import User


class ExperimentState(models.TextChoices):
    """A draft may be changed; once running, only what is seen and decided is added."""

    DRAFT = "draft", "Draft"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    DECIDED = "decided", "Decided"


class Decision(models.TextChoices):
    """What was made of an experiment."""

    ADOPT = "adopt", "Adopted"
    REJECT = "reject", "Rejected"
    INCONCLUSIVE = "inconclusive", "Inconclusive"


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    """Experiments by who asks for them."""

    def visible_to(self, actor: User | ApiKey | None) -> ExperimentQuerySet:
        """Those on segments that exist for `actor` (None: the system)."""
        if actor is None:
            return self
        return self.filter(segment__in=Segment.objects.visible_to(actor).values("pk"))


class Experiment(models.Model):
    """People read its number as EXP-31. `definition` and `membership` are pinned when it starts:
    only members of the segment by that definition are dealt out."""

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=200)
    hypothesis = models.TextField()
    segment = models.ForeignKey("Segment", on_delete=models.PROTECT, related_name="experiments")
    definition = models.ForeignKey(
        "DefinitionVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # {event, where?, within, sum?, better?}: what counts, and which way is better.
    aim = models.JSONField()
    guardrails = models.JSONField(default=list, blank=True)  # the same, with name and bearable
    salt = models.CharField(max_length=80, unique=True)
    is_sequential = models.BooleanField(default=False)
    # {effect, power, base | spread, n, method, as_of, people, needed, arms: {key: people}}
    plan = models.JSONField(default=dict, blank=True)
    # Why it was started on fewer members than planned.
    smaller_because = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=ExperimentState, default=ExperimentState.DRAFT, db_index=True
    )
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)  # as of when it was looked at last
    look_error = models.TextField(blank=True)  # why the newest look failed; the last good one stays
    decision = models.CharField(max_length=12, choices=Decision, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    idea = models.PositiveIntegerField(null=True, blank=True)  # the number of the idea it came from
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.label}: {self.name}"

    @property
    def label(self) -> str:
        """Its number as people read it."""
        return f"EXP-{self.number}"

    @property
    def needed(self) -> int:
        """How many people in the arms have to have had their time."""
        return int(self.plan.get("needed") or 0)


class Arm(models.Model):
    """One way of treating people. The first one is what others are compared with; the holdout, told
    nothing by anybody, is it where there is but one other arm."""

    experiment = models.ForeignKey("Experiment", on_delete=models.CASCADE, related_name="arms")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    share = models.DecimalField(max_digits=7, decimal_places=4)  # per cent of all members
    is_holdout = models.BooleanField(default=False)
    message = models.TextField(blank=True)  # what these people are told

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="arm_key_unique"),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=models.Q(is_holdout=True),
                name="arm_one_holdout",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.key}"


class Enrolment(models.Model):
    """Who was dealt to an arm from one membership version; never changed. `at`: when their time
    began. `people`: Roaring bitmap of customers' ordinals, portable format."""

    experiment = models.ForeignKey("Experiment", on_delete=models.CASCADE, related_name="enrolled")
    arm = models.ForeignKey("Arm", on_delete=models.CASCADE, related_name="enrolled")
    membership = models.ForeignKey("MembershipVersion", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    people = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arm", "membership"], name="enrolment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.arm_id} m{self.membership_id}: {self.count}"


class Look(models.Model):
    """What could be said as of one instant; never changed. `people`: whose time was over, of
    `needed`. What must not be shown yet is not stored either."""

    experiment = models.ForeignKey("Experiment", on_delete=models.CASCADE, related_name="looks")
    as_of = models.DateTimeField()
    state = models.CharField(max_length=12)  # wrong_ratio, harmful, too_early, better, worse, …
    sentence = models.TextField()
    arm = models.CharField(max_length=40, blank=True)  # which one the sentence speaks of
    people = models.PositiveIntegerField()
    needed = models.PositiveIntegerField()
    # [{key, enrolled, people, reached | mean}]; reached and mean null while they are not shown
    arms: models.JSONField[Any, Any] = models.JSONField()
    # [{arm, value, low, high, level, p, method}]
    effects: models.JSONField[Any, Any] = models.JSONField()
    # [{name, bearable, effects: […]}]
    guardrails: models.JSONField[Any, Any] = models.JSONField()
    ratio_p = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["as_of"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "as_of"], name="look_once_an_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} as of {self.as_of:%Y-%m-%d}: {self.state}"


class Rollout(models.Model):
    """What worked is to be done for a segment, by a day."""

    experiment = models.ForeignKey("Experiment", on_delete=models.CASCADE, related_name="rollouts")
    segment = models.ForeignKey("Segment", on_delete=models.PROTECT, related_name="rollouts")
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)  # when its owner was told it is late
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "segment"], name="rollout_once"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} to {self.segment_id}"
