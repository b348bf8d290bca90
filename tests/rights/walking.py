"""Every route of the product, out of Django's own resolver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`name` with its namespace (`admin:index`), `path` as a template, `arguments` its names."""

    name: str
    path: str
    arguments: tuple[str, ...]


def routes() -> list[Route]:
    """All routes, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], path: str, space: str) -> Iterator[Route]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            below = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, here, below)
        else:
            arguments = tuple(pattern.pattern.converters) or tuple(
                getattr(pattern.pattern, "regex", None).groupindex
                if hasattr(pattern.pattern, "_regex")
                else ()
            )
            yield Route(name=f"{space}{pattern.name or here}", path=here, arguments=arguments)
