"""What each function says to the people of a segment."""

from django.db import models


class MessageGuide(models.Model):
    """One message per function; the same for every tool that function uses."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="messages")
    function = models.CharField(max_length=40)  # sales, marketing, customer_success, …
    text = models.TextField()

    class Meta:
        verbose_name = "message"
        ordering = ["function"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "function"], name="message_guide_function_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function}: {self.text[:40]}"
