"""Keys of segments on the command line."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from django.core.management.base import CommandError

from catalogue.models import Segment


def check_keys(keys: Collection[str]) -> None:
    """Raises CommandError for a key that no segment has, with the nearest one that one has."""
    known = list(Segment.objects.values_list("key", flat=True))
    for key in keys:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise CommandError(f"There is no segment “{key}”.{hint}")
