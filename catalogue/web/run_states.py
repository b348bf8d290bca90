"""How runs stand, for pages: state, how long it took, how often a page asks again."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue.web.components.states import State

# Refreshes and syncs alike; the last three only syncs have.
STATES = {
    "queued": State(tone="idle", word="Waits", icon="clock"),
    "running": State(tone="info", word="Running", icon="refresh"),
    "succeeded": State(tone="good", word="Succeeded"),
    "failed": State(tone="bad", word="Failed"),
    "cancelled": State(tone="warn", word="Cancelled", icon="off"),
    "incomplete": State(tone="warn", word="Not finished", icon="clock"),
    "braked": State(tone="warn", word="Stopped by the brake"),
    "stopped": State(tone="bad", word="Stopped"),
}
STATE_WORDS = {name: state.word for name, state in STATES.items()}
STUCK = State(tone="warn", word="Stands still")
# How often a page that waits asks, and when it becomes patient: seconds.
ASK_EVERY, ASK_LATER_EVERY, PATIENT_AFTER = 2, 10, 60


def state_of(name: str, *, is_stuck: bool = False) -> State:
    """The state as icon, word and colour; what stands still says so."""
    return STUCK if is_stuck else STATES[name]


def ask_every(since: datetime, *, is_active: bool, now: datetime) -> int:
    """Seconds between two questions about something that began at `since`; 0 = no more."""
    if not is_active:
        return 0
    return ASK_EVERY if (now - since).total_seconds() < PATIENT_AFTER else ASK_LATER_EVERY


def spell(span: timedelta) -> str:
    """How long something took: `840 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
