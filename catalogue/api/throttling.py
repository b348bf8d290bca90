"""How often somebody may ask. Counted by the minute in the cache, which all processes share in
production; when the cache does not answer, nobody is stopped.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from catalogue.api.authentication import actor_of, owner_of

# REST framework's views import what settings name, so this one must not import them.
if TYPE_CHECKING:
    from rest_framework.views import APIView

SECONDS = 60
# By the name of the limit, the setting that says how many requests a minute it allows.
LIMITS = {"default": "API_REQUESTS_PER_MINUTE", "estimates": "API_ESTIMATES_PER_MINUTE"}


class PerCaller(BaseThrottle):
    """So many requests a minute for each key or login; what is expensive has a limit of its own."""

    name = "default"
    left = 0
    reset = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request; whether it may go on."""
        self.name = getattr(view, "limit", "default")
        minute, passed = divmod(time.time(), SECONDS)
        self.reset = max(1, round(SECONDS - passed))
        self.slot = f"api:{self.name}:{owner_of(actor_of(request))}:{int(minute)}"
        used = _count(self.slot, 1)
        self.left = max(0, limit(self.name) - used)
        return used <= limit(self.name)

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return float(self.reset)

    def give_back(self) -> None:
        """Take the request out of the count: it cost nothing."""
        _count(self.slot, -1)
        self.left = min(limit(self.name), self.left + 1)

    def headers(self) -> dict[str, str]:
        """What is left, for the caller."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={limit(self.name)};w={SECONDS}',
            "RateLimit": f'"{self.name}";r={self.left};t={self.reset}',
        }


def limit(name: str) -> int:
    """Requests a minute."""
    return int(getattr(settings, LIMITS[name]))


def _count(slot: str, by: int) -> int:
    try:
        cache.add(slot, 0, timeout=2 * SECONDS)
        return int(cache.incr(slot, by))
    except (RedisError, OSError, ValueError):
        return 0
