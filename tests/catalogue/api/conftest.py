"""Each test counts its requests from nought."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def own_cache() -> Iterator[None]:
    """What one test counted is nothing to the next."""
    cache.clear()
    yield
    cache.clear()
