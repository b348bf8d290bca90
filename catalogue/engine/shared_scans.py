"""Which scans answer which conditions: all of them over one trait, one history, or one selection of
events are answered together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.definitions.nodes import Subject
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.held import HeldCondition
from catalogue.engine.conditions.sample import SampleCondition
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure
from catalogue.engine.inputs import Kind
from catalogue.engine.kept.memory import NOTHING_KEPT, Kept
from catalogue.engine.scans import (
    Answer,
    Condition,
    scan_accounts,
    scan_events,
    scan_held,
    scan_samples,
    scan_trait,
    scan_walks,
)
from catalogue.engine.walks.conditions import WalkCondition, names_of
from catalogue.warehouse.pieces import Pieces, are_in_pieces, size_of
from catalogue.warehouse.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a scan reads: the newest values of a trait, its whole history, whose customer is whose,
    ids, events to be counted, or events in their order. `names`: of the traits or events, none for
    ids and accounts."""

    kind: Kind
    names: tuple[str, ...] = ()
    subject: Subject = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One reading of tables that answers several conditions. `size`: bytes of the files it may have
    to read, None where that is not known; `unread`: of those that are not remembered."""

    source: Source
    conditions: Sequence[Condition]
    run: Callable[[Tables], Answer]
    size: int | None = None
    unread: int = 0


def shared_scans(
    conditions: Sequence[Condition],
    tables: Tables,
    now: datetime,
    kept: Kept = NOTHING_KEPT,
    *,
    keep_vectors: bool = False,
) -> list[Scan]:
    """The scans that answer distinct conditions as of `now`, from what is kept where it can be.
    `keep_vectors`: they answer with what was counted, too."""
    known = tables.event_names()
    asking = _Asking(now=now, kept=kept, keep_vectors=keep_vectors)
    groups: dict[Source, list[Condition]] = {}
    for condition in conditions:
        groups.setdefault(_source_of(condition, known), []).append(condition)
    found = {source: _pieces(source, tables) for source in groups}
    return [
        Scan(
            source=source,
            conditions=some,
            run=_reading(source, some, asking),
            size=_size(found[source]),
            unread=_unread(source, found[source], kept),
        )
        for source, some in groups.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """As of when, from what is remembered, and whether for what was counted."""

    now: datetime
    kept: Kept
    keep_vectors: bool


def _source_of(condition: Condition, known: Collection[str]) -> Source:
    match condition:
        case TraitCondition() | TraitFigure():
            return Source(kind="trait", names=(condition.trait,), subject=condition.subject)
        case HeldCondition():
            return Source(kind="history", names=(condition.trait,))
        case SampleCondition():
            return Source(kind="sample")
        case Belonging():
            return Source(kind="accounts")
    if isinstance(condition, WalkCondition):
        return Source(kind="walk", names=_sorted(names_of(condition, known)))
    return Source(kind="events", names=_sorted(condition.selection.among(known)))


def _sorted(names: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _pieces(source: Source, tables: Tables) -> Pieces | None:
    """The pieces that a source lies in, where it lies in any."""
    if not are_in_pieces(tables):
        return None
    match source.kind:
        case "trait" | "history":
            return tables.trait_pieces(source.names[0], source.subject)
        case "events" | "walk":
            each = [tables.event_pieces(name) for name in source.names]
            return {piece: noted for pieces in each for piece, noted in pieces.items()}
    return None


def _size(pieces: Pieces | None) -> int | None:
    return None if pieces is None else size_of(pieces)


def _unread(source: Source, pieces: Pieces | None, kept: Kept) -> int:
    """Bytes of what has to be read: of what is known nothing, unless some of that is gone."""
    if pieces is None:
        return 0
    known = kept.known(source.kind, source.names, source.subject)
    if not known <= pieces.keys():
        return size_of(pieces)
    return size_of({name: piece for name, piece in pieces.items() if name not in known})


def _reading(
    source: Source, conditions: Sequence[Condition], asking: _Asking
) -> Callable[[Tables], Answer]:
    # A source has conditions of its own kinds only.
    some: Any = list(conditions)
    names, now, kept = source.names, asking.now, asking.kept
    match source.kind:
        case "trait":
            return lambda tables: scan_trait(names[0], source.subject, some, tables, now, kept)
        case "history":
            return lambda tables: scan_held(names[0], some, tables, now)
        case "sample":
            return lambda tables: scan_samples(some, tables, kept)
        case "accounts":
            return lambda tables: scan_accounts(tables, now)
        case "walk":
            return lambda tables: scan_walks(frozenset(names), some, tables)
    keep = asking.keep_vectors
    return lambda tables: scan_events(frozenset(names), some, tables, kept, keep_vectors=keep)
