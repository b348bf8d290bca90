"""Instants on the command line."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from catalogue.definitions.windows import instant_of, start_of_day


def instant(text: str) -> datetime:
    """`2026-03-18T12:00:00Z`, or a date or local time in the workspace's zone; as aware UTC.

    Raises ArgumentTypeError, which the command line shows as a sentence."""
    zone = ZoneInfo(settings.WORKSPACE_TIME_ZONE)
    try:
        if len(text) == len("2026-03-18"):
            return start_of_day(date.fromisoformat(text), zone)
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"“{text}” is no instant. Write one like 2026-03-18T12:00:00Z, or a date."
        ) from None
    return instant_of(read, zone) if read.tzinfo is None else read.astimezone(UTC)
