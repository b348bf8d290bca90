"""Why an edit is not taken. The messages are for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.segments.documents import SegmentDocument


class SegmentRefused(Exception):
    """A segment may not become what was asked."""


class StaleEdit(SegmentRefused):
    """Somebody changed the segment since the edit was begun. `yours` is what was not stored,
    `theirs` what is there now, `token` names that state; `who` changed it, if that is known."""

    def __init__(
        self, *, yours: Mapping[str, Any], theirs: SegmentDocument, token: str, who: str = ""
    ) -> None:
        self.yours = dict(yours)
        self.theirs = theirs
        self.token = token
        self.who = who
        by = f"{who} has" if who else "Somebody has"
        super().__init__(
            f"{by} changed “{theirs.get('name', 'this segment')}” since you opened it. Nothing of"
            " yours was stored. Compare both versions, then decide."
        )


class NoSuchVersion(SegmentRefused):
    """A number that no definition version, and no draft, of the segment has."""
