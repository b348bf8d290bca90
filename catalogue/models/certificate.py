"""That somebody vouches for a segment, as it was then."""

from django.conf import settings
from django.db import models


class Certificate(models.Model):
    """One for each segment at most; giving a new one replaces it. It says nothing any more once
    the segment has another definition, or its review is overdue: that is judged when it is read,
    so nobody has to take it off."""

    segment = models.OneToOneField("Segment", on_delete=models.CASCADE, related_name="certificate")
    definition = models.ForeignKey("DefinitionVersion", on_delete=models.PROTECT, related_name="+")
    message = models.TextField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    giver = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.segment_id} d{self.definition_id}, by {self.giver}"
