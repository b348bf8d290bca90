"""How a tag fills its partial."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

FOLDER = "catalogue/components"
# The icon a tone has unless another is named.
SIGNS = {
    "good": "good",
    "warn": "warn",
    "bad": "bad",
    "idle": "unknown",
    "mark": "version",
    "info": "info",
}


def render_component(partial: str, /, **context: Any) -> SafeString:
    """The partial of this name, filled in."""
    return render_to_string(f"{FOLDER}/{partial}.html", context)
