"""Goals, made known to the folders below."""

from __future__ import annotations

from catalogue.goals.dividing import OfGoals
from catalogue.goals.keeping import Splits
from catalogue.membership import beside
from catalogue.segments import parts


def register_all() -> None:
    """Divide segments by their goals, and keep what every refresh finds."""
    parts.register("goals", OfGoals())
    beside.register("goals", Splits())
