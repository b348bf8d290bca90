"""The whole timetable. Ticks: what is due, and who does it, are rows in the database."""

from __future__ import annotations

from typing import Any

TICK_SECONDS = 30


def every_tick(task: str) -> dict[str, Any]:
    """Send `task` on every tick. A tick that waited longer than that is replaced by the next."""
    return {"task": task, "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}}


TIMETABLE: dict[str, dict[str, Any]] = {
    "catalogue": every_tick("catalogue.tasks.tick"),
    # Erasures that are not done, and once an hour what is to be deleted by its age.
    "privacy": every_tick("catalogue.tasks.privacy_tick"),
    "integrations": every_tick("integrations.tasks.tick"),
}
