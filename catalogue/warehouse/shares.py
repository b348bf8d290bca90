"""Which share of the customers or accounts of the photo to be lacks each trait.

Counting reads every change of a trait; so a load only adds to the count that is kept as a share,
and counts anew where it told something of the past."""

from __future__ import annotations

from collections.abc import Mapping

from pyroaring import BitMap

from catalogue.models import TraitEntry
from catalogue.warehouse.changes import Changed, known_ordinals
from catalogue.warehouse.lake import PinnedLake
from catalogue.warehouse.layout import trait_key
from catalogue.warehouse.ordinals import Roll
from catalogue.warehouse.writer import Writer


def null_shares(
    writer: Writer, rolls: tuple[Roll, ...], subject: str, changed: Mapping[str, Changed]
) -> dict[str, float]:
    """The shares after a load: of the changed traits, and of all when there are more subjects."""
    before, live = len(writer.live(subject)), writer.live_after(subject, rolls)
    kept = _kept(subject)
    counts: dict[str, int] = {}
    for name in sorted({*changed, *(kept if len(live) != before else ())}):
        share = kept.get(name, 1.0)  # of a new trait, which nobody had
        count = _carried_on(share, before, live, changed.get(name))
        counts[name] = _counted(writer, subject, name, live) if count is None else count
    return _shares(counts, live)


def counted_shares(writer: Writer, subject: str) -> dict[str, float]:
    """The shares of all traits, counted anew; for when subjects have left."""
    live = writer.live(subject)
    counts = {name: _counted(writer, subject, name, live) for name in sorted(_kept(subject))}
    return _shares(counts, live)


def _kept(subject: str) -> dict[str, float | None]:
    entries = TraitEntry.objects.filter(subject=subject)
    return dict(entries.values_list("name", "null_share"))


def _carried_on(
    share: float | None, before: int, live: BitMap, changed: Changed | None
) -> int | None:
    """How many have a trait, from how many had it; None when that cannot be known."""
    if share is None or (changed is not None and not changed.newest):
        return None
    had = round((1 - share) * before)
    if changed is None:
        return had
    return had + len(changed.gained & live) - len(changed.lost & live)


def _counted(writer: Writer, subject: str, name: str, live: BitMap) -> int:
    lake = PinnedLake(writer.tables, writer.lake_dir)
    with writer.calculator.sheet() as connection:
        return len(known_ordinals(connection, lake, trait_key(subject, name)) & live)


def _shares(counts: Mapping[str, int], live: BitMap) -> dict[str, float]:
    return {name: 1 - count / len(live) if live else 1.0 for name, count in counts.items()}
