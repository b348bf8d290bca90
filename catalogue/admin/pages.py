"""The pages of the web that the admin leads to."""

from __future__ import annotations

from urllib.parse import quote


def segment_page(key: str, page: str = "") -> str:
    """A page about one segment, its first one by default."""
    return f"/segments/{quote(key, safe='')}/{f'{page}/' if page else ''}"


def publish_page(key: str) -> str:
    """Where a draft is published: what it changes, for whom, and the message."""
    return segment_page(key, "publish")


def diff_page(key: str, before: int, after: int) -> str:
    """What differs between two definition versions."""
    return segment_page(key, f"diff/{before}..{after}")
