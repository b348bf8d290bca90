"""Reading pages as people and screen readers do."""

from __future__ import annotations

import html
import re

HTMX = {"HX-Request": "true"}


def words_of(page: str) -> str:
    """What stands in the main part of a page, or in a fragment, without tags."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", main.group(0) if main else page)
    words = re.sub(r"\s+", " ", html.unescape(text)).strip()
    return re.sub(r" (?=[,.;:])", "", words)
