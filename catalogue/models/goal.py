"""How a segment's goal divides the people who entered it."""

from django.db import models


class GoalSplit(models.Model):
    """Everybody who entered a segment, by how they stand to its goal as of `now`; never edited, and
    made only when something is other than in the one before. Of those whose time is over, who has
    `reached` it and who `missed` it; of those whose time runs, who is there already (`too_early` to
    count) and who is `not_yet`. Bitmaps as those of membership versions."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="goal_splits")
    goal = models.JSONField()  # as it was measured
    goal_hash = models.CharField(max_length=64)
    subject = models.CharField(max_length=10, default="customer")
    now = models.DateTimeField()
    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.CASCADE, related_name="goal_splits"
    )
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey("RefreshRun", on_delete=models.PROTECT, related_name="+")
    reached = models.BinaryField()
    missed = models.BinaryField()
    not_yet = models.BinaryField()
    too_early = models.BinaryField()
    reached_count = models.PositiveIntegerField()
    missed_count = models.PositiveIntegerField()
    not_yet_count = models.PositiveIntegerField()
    too_early_count = models.PositiveIntegerField()
    # Wilson's 95 % interval of the share that reached it; null while nobody's time is over.
    share_low = models.FloatField(null=True)
    share_high = models.FloatField(null=True)
    # Time to reach, its curve, the trend and the steps, as `catalogue.goals.measuring` wrote them.
    figures = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)  # of the four bitmaps
    created_at = models.DateTimeField(auto_now_add=True)

    STATES = ("reached", "missed", "not_yet", "too_early")
    # What describes a split is read without them.
    HEAVY = STATES

    class Meta:
        indexes = [models.Index(fields=["segment", "now"], name="goal_split_segment_now")]

    def __str__(self) -> str:
        return f"{self.segment_id} goal at {self.now:%Y-%m-%d %H:%M}"

    @property
    def decided(self) -> int:
        """How many have had their time."""
        return self.reached_count + self.missed_count

    @property
    def running(self) -> int:
        """How many still have time."""
        return self.not_yet_count + self.too_early_count

    @property
    def entered(self) -> int:
        """How many entered in all."""
        return self.decided + self.running

    @property
    def share(self) -> float | None:
        """The share that reached it, of those whose time is over; None while there are none."""
        return self.reached_count / self.decided if self.decided else None
