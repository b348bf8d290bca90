"""When a lease ends: on the database's clock, so that workers need not agree on the time."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import ExpressionWrapper
from django.db.models.functions import Now


def later(seconds: float) -> ExpressionWrapper:
    """That many seconds from now, as the database sees it."""
    return ExpressionWrapper(
        Now() + timedelta(seconds=seconds), output_field=models.DateTimeField()
    )
