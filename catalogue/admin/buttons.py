"""What can be done with one object beside changing its fields: buttons above its form.

Pressing one is a POST, so that no link of another page, and no browser that loads links ahead, does
anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

Press = Callable[[HttpRequest, Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`press` does it and returns what to say; a button with `url` leads to a page instead."""

    name: str
    label: str
    press: Press | None = None
    url: str = ""
    press_url: str = ""  # filled in where it is shown
    tone: str = ""  # main, danger or nothing
    title: str = ""  # what will happen, in a sentence
