"""The pages of the web that the admin leads to."""

from __future__ import annotations

from django.urls import reverse

# Pages about one segment by what the admin calls them; the tools' page is made by integrations.
ROUTES = {
    "": "segment",
    "people": "segment-people",
    "goal": "segment-goal",
    "history": "segment-history",
    "publish": "segment-publish",
}
DRAFT = "draft"


def segment_page(key: str, page: str = "") -> str:
    """A page about one segment, its first one by default."""
    return reverse(ROUTES[page], args=[key])


def sync_page(key: str) -> str:
    """What tools hold of a segment."""
    return f"{segment_page(key)}sync/"


def publish_page(key: str) -> str:
    """Where a draft is published: what it changes, for whom, and the message."""
    return segment_page(key, "publish")


def diff_page(key: str, before: int, after: int | str) -> str:
    """What differs between two definition versions, or a version and the draft."""
    return reverse("segment-diff", args=[key, f"{before}..{after}"])
