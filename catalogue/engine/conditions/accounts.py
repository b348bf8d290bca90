"""What conditions need that look from customers to accounts, or from accounts to customers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Whose customer everybody is. Not true or false of anybody: others are judged by it."""
