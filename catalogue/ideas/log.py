"""What is done with ideas, in the log of changes."""

from __future__ import annotations

from typing import Any

from catalogue.models import Idea
from catalogue.models.change import PRIVATE_IDEA
from catalogue.permissions import Actor
from catalogue.segments.changes import record

PUBLIC, PRIVATE = "idea", PRIVATE_IDEA


def record_idea(
    kind: str, idea: Idea, *, by: Actor, via: str, message: str = "", **details: Any
) -> None:
    """Add what was done to the log, `kind` as idea.verb; what is done with an idea private to a
    team is read by it alone."""
    record(
        kind,
        by=by,
        via=via,
        segment=idea.segment,
        team=idea.team,
        object_type=PRIVATE if idea.is_private else PUBLIC,
        object_key=str(idea.pk),
        message=message,
        details={"title": idea.title, **details},
    )
