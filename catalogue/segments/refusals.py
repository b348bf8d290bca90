"""Why an edit is not taken. The messages are for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue.segments.documents import SegmentDocument
from catalogue.segments.lifecycle import Lack


class SegmentRefused(Exception):
    """A segment may not become what was asked."""


class GateRefused(SegmentRefused):
    """It may not go live yet; `lacks` is everything that keeps it."""

    def __init__(self, name: str, lacks: Sequence[Lack]) -> None:
        self.lacks = tuple(lacks)
        super().__init__(f"“{name}” cannot go live. {' '.join(lack.said for lack in lacks)}")


class NeedsSecondPerson(SegmentRefused):
    """In this team, whoever edited a segment last does not publish it as well."""

    def __init__(self, name: str, team: str) -> None:
        super().__init__(
            f"You edited “{name}” last, and in the team {team} a second person publishes. Ask one:"
            " the request stands on the home page of everybody who may publish it."
        )


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
