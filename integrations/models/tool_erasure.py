"""What a tool did about somebody who was erased: kept as evidence when nothing else is."""

from __future__ import annotations

from django.db import models

from integrations.models.destination import Destination


class ToolErasure(models.Model):
    """`evidence` is the tool's own answer, without who it is about; `done_at` is null while
    something is waited for."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="erasures")
    ordinal = models.BigIntegerField()
    evidence = models.TextField(blank=True)
    count = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "erasure in a tool"
        verbose_name_plural = "erasures in tools"
        constraints = [
            models.UniqueConstraint(fields=["destination", "ordinal"], name="tool_erasure_once"),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.ordinal}"
