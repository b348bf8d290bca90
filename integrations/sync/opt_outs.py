"""People who told a tool that they want no messages: we hold to it in every tool."""

from __future__ import annotations

from datetime import datetime

from pyroaring import BitMap

from integrations.models import Destination


def note_opt_outs(destination: Destination, members: BitMap, *, now: datetime) -> None:
    """Suppress these people for what the destination works for."""
