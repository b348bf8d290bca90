"""Ideas of people with seats."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from catalogue.ideas.writing import Said, add_idea
from catalogue.models import Idea, User
from catalogue.permissions import Actor
from tests.catalogue.segments.ground import team

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


def idea(title: str = "Call before the trial ends", *, by: Actor = None, **said: Any) -> Idea:
    """An idea of the team Growth, unless it says another one."""
    team(said.setdefault("team", "growth"))
    return add_idea(said=Said(title=title, **said), by=by, via="web", now=NOW)


def how(by: User | None = None) -> dict[str, Any]:
    """Who does something with it, from where, when."""
    return {"by": by, "via": "web", "now": NOW}


def by_whom(by: User | None = None) -> dict[str, Any]:
    """The same, where the time does not matter."""
    return {"by": by, "via": "web"}
