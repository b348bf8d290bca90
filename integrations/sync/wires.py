"""What a destination's requests go through: which addresses may be reached, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from django.conf import settings

from integrations import registry
from integrations.http import Exchange, Wire, unrecorded
from integrations.manifest import Limits, Rate
from integrations.models import Destination
from integrations.throttle import Throttle
from integrations.wire import always


def wire_of(
    destination: Destination,
    record: Callable[[Exchange], None] = unrecorded,
    may_ask: Callable[[], bool] = always,
) -> Wire:
    """The wire of one configured tool. `record` is told of every request, `may_ask` is asked before
    each."""
    rate = registry.manifest(destination.connector).rate
    return Wire(
        limits=limits_of(destination),
        private_hosts=frozenset(settings.PRIVATE_TOOL_HOSTS),
        throttle=_throttle(destination.key, rate, settings.RATE_LIMITS_URL),
        record=record,
        may_ask=may_ask,
    )


def limits_of(destination: Destination) -> Limits:
    """What one request, and one batch, may hold there."""
    limits = registry.manifest(destination.connector).limits
    most = destination.batch_records or limits.claimed
    return replace(limits, records=min(limits.records, most), batch=min(limits.claimed, most))


@cache
def _throttle(key: str, rate: Rate, url: str) -> Throttle:
    # One for each account in a process, so that all its lists keep to the same rate.
    return Throttle(name=f"tool:{key}", rate=rate, url=url)
