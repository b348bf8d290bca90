"""Splits as tests want them."""

from __future__ import annotations

from decimal import Decimal

from catalogue.definitions.shares import Share
from catalogue.experiments.arms import Arm, Split


def percent(number: str | int) -> Share:
    return Share(percent=Decimal(number))


def split(*shares: str | int, holdout: str | int = 0, salt: str = "exp-12") -> Split:
    """Arms control, a, b, … with these percentages."""
    keys = ["control", *"abcdefgh"]
    arms = tuple(Arm(key=key, share=percent(one)) for key, one in zip(keys, shares, strict=False))
    return Split(salt=salt, arms=arms, holdout=percent(holdout))
