"""Definitions as trees, from the rows that keep them. Versions are never edited, so that a tree
read once is right for ever."""

from __future__ import annotations

from functools import lru_cache

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import (
    account_traits_used,
    event_prefixes_used,
    events_used,
    references,
    traits_used,
)
from catalogue.definitions.nodes import Definition
from catalogue.models import DefinitionVersion

# Some thousand segments, their older versions rarely.
KEPT = 5_000


@lru_cache(maxsize=KEPT)
def tree_of(canonical: str) -> Definition:
    """The tree that a canonical text says."""
    return from_canonical(canonical)


@lru_cache(maxsize=KEPT)
def _traits(canonical: str) -> frozenset[str]:
    tree = tree_of(canonical)
    return traits_used(tree.where, tree.subject)


@lru_cache(maxsize=KEPT)
def _account_traits(canonical: str) -> frozenset[str]:
    tree = tree_of(canonical)
    return account_traits_used(tree.where, tree.subject)


@lru_cache(maxsize=KEPT)
def _events(canonical: str) -> frozenset[str]:
    return events_used(tree_of(canonical).where)


@lru_cache(maxsize=KEPT)
def _event_prefixes(canonical: str) -> frozenset[str]:
    return event_prefixes_used(tree_of(canonical).where)


@lru_cache(maxsize=KEPT)
def _segments(canonical: str) -> frozenset[str]:
    return frozenset(one.key for one in references(tree_of(canonical).where))


def traits_in(version: DefinitionVersion | None) -> frozenset[str]:
    """The traits of customers a version looks at; none of a list kept by hand."""
    return _traits(version.canonical) if version and version.canonical else frozenset()


def account_traits_in(version: DefinitionVersion | None) -> frozenset[str]:
    """The traits of accounts a version looks at."""
    return _account_traits(version.canonical) if version and version.canonical else frozenset()


def events_in(version: DefinitionVersion | None) -> frozenset[str]:
    """The events a version looks at by name."""
    return _events(version.canonical) if version and version.canonical else frozenset()


def event_prefixes_in(version: DefinitionVersion | None) -> frozenset[str]:
    """How the events begin that a version looks at without naming them."""
    return _event_prefixes(version.canonical) if version and version.canonical else frozenset()


def segments_in(version: DefinitionVersion | None) -> frozenset[str]:
    """The keys of the segments a version is built on."""
    return _segments(version.canonical) if version and version.canonical else frozenset()
