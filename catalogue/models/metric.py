"""A measured number, tied to the membership version it measured."""

from django.db import models


class Reading(models.Model):
    """One value of one metric for one membership version; never edited."""

    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.CASCADE, related_name="readings"
    )
    metric = models.CharField(max_length=80)  # size, entered, left, active_share_28d
    value = models.FloatField(null=True)  # null = no value (nobody to measure)
    n = models.PositiveIntegerField()  # people it was measured on
    unit = models.CharField(max_length=20)  # people, share
    method = models.CharField(max_length=200)  # how it was obtained, a short phrase
    as_of = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "metric"], name="reading_metric_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} = {self.value}"
