"""The rows of one event, some at a time, for whoever counts in ways that no condition asks for."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.nodes import Path
from catalogue.definitions.windows import Interval, events_until
from catalogue.engine.clocks import Integers
from catalogue.engine.faults import told
from catalogue.engine.vectors.asked import Asked
from catalogue.engine.vectors.money import Floats
from catalogue.engine.vectors.ordinals import Ordinals
from catalogue.engine.vectors.rows import read
from catalogue.engine.vectors.tally import Places
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import Tables, kinds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRows:
    """n rows; shapes (n,). `places`: whose each is, merges followed; the place `size` is that of
    those who are nobody any more. `at`: microseconds since 1970, ascending. `numbers`: those of the
    property asked for, NaN where there is none; empty when none was asked for."""

    places: Places
    at: Integers
    numbers: Floats | None = None

    def __len__(self) -> int:
        return len(self.at)


def size_of(tables: Tables) -> int:
    """How many places there are, that of nobody left out: one for each ordinal."""
    return Ordinals.of(tables).size


def event_rows(
    name: str,
    tables: Tables,
    *,
    until: datetime,
    since: datetime | None = None,
    prop: Path | None = None,
) -> Generator[EventRows]:
    """The rows of an event from `since` (None: the first one) to `until`, both included; none of
    one that never happened. Raises Stopped, ScanFailed, and DefinitionError `too_expensive`."""
    with told():
        source, whose = tables.events(name), Ordinals.of(tables)
        if source is None:
            return
        asked = Asked(wheres=[frozenset()], props=[] if prop is None else [prop])
        covered = events_until(Interval(start=since), until)
        with closing(read([source], asked, covered, tables, with_times=True)) as stream:
            for rows in stream:
                yield EventRows(
                    places=whose.places(rows.ordinals),
                    at=rows.at,
                    numbers=None if prop is None else rows.numbers[prop],
                )


def kinds_in(name: str, prop: Path, tables: Tables) -> frozenset[str]:
    """The kinds of values that a property of an event has (`number`, `text`, …); none of one that
    it never had. Raises ScanFailed, and DefinitionError `too_expensive`."""
    with told():
        source = tables.events(name)
        return frozenset() if source is None else kinds_of(source).get(prop[0], frozenset())


def texts_in(name: str, prop: Path, tables: Tables, most: int) -> list[str]:
    """The different texts that a property of an event has had, at most so many, in order. Raises
    ScanFailed, and DefinitionError `too_expensive`."""
    with told():
        source = tables.events(name)
        column = None if source is None or len(prop) > 1 else source.properties.get(prop[0])
        if source is None or column is None or column.text is None:
            return []
        texts = column.text.name("text").as_table()
        found = fetch(tables.connection, texts.filter(texts.text.notnull()).distinct().limit(most))
        return sorted(found["text"].to_pylist())
