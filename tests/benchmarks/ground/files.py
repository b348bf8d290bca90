"""The ground as files: what the product loads, and what every other contestant makes its tables of.
They are made once; a folder whose makers have changed since is made anew."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.benchmarks.ground import customers, edges, events, segments
from tests.benchmarks.ground.scale import Scale

MAKERS = ("scale", "conditions", "segments", "customers", "events", "edges", "files")
STAMP = "made-by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one scale. `first` and `later` are files of customers as a company would export
    them, `happened` its files of events; `people` is everybody by number with their traits."""

    folder: Path
    scale: Scale

    @property
    def first(self) -> Path:
        """Customers of a year ago."""
        return self.folder / "customers-first.parquet"

    @property
    def later(self) -> Path:
        """What had changed a week ago."""
        return self.folder / "customers-later.parquet"

    @property
    def people(self) -> Path:
        """Number and traits in the end, of everybody there is, by rising number."""
        return self.folder / "people.parquet"

    @property
    def happened(self) -> list[Path]:
        """Events in the order in which they arrived."""
        return [self.folder / f"events-{place:03}.parquet" for place in range(self.scale.files)]


def place(scale: Scale, below: Path) -> Files:
    """Where the files of a scale are, or are to be."""
    return Files(folder=below / scale.name / "files", scale=scale)


def files(scale: Scale, below: Path) -> Files:
    """The files of a scale, made if need be; not by two processes at once."""
    found = place(scale, below)
    stamp, makers = found.folder / STAMP, _digest(scale)
    if not stamp.exists() or stamp.read_text() != makers:
        # Whatever was made of older files goes with them.
        shutil.rmtree(found.folder.parent, ignore_errors=True)
        found.folder.mkdir(parents=True)
        _make(found)
        stamp.write_text(makers)
    return found


def _digest(scale: Scale) -> str:
    here = Path(__file__).parent
    sources = b"".join((here / f"{maker}.py").read_bytes() for maker in MAKERS)
    return hashlib.sha256(sources + repr(scale).encode()).hexdigest()


def _make(found: Files) -> None:
    scale = found.scale
    asked = segments.conditions(segments.segments(segments.TWO_HUNDRED))
    standing = list(edges.on_edges(asked, scale.edges))
    layout = customers.Layout.of(scale, len(standing))
    first = customers.traits(layout, edges.dates_on_edges(asked))
    later = customers.changed(first)
    listed, ids = first.filter(first["is_listed"]), customers.ids(layout.total)
    pq.write_table(_with_ids(listed.drop_columns(["is_listed"]), ids), found.first)
    pq.write_table(_with_ids(later, ids), found.later)
    does = np.zeros(scale.customers, dtype=bool)
    on_edges = edges.happenings(standing, layout.total - layout.edge)
    happened = events.slices(scale, layout, on_edges)
    for path, some in zip(found.happened, happened, strict=True):
        does[some.customer] = True
        rows = events.table(some)
        numbers = pa.array(some.customer)
        pq.write_table(rows.append_column("customer_id", ids.take(numbers)), path)
    people = customers.latest(first, later)
    known = pc.or_(first["is_listed"], pa.array(does))
    pq.write_table(people.filter(known), found.people)


def an_hour(found: Files, hours: int) -> Path:
    """A file of the events that arrive in the hour that ends so many hours after NOW."""
    scale = found.scale
    asked = segments.conditions(segments.segments(segments.TWO_HUNDRED))
    layout = customers.Layout.of(scale, len(list(edges.on_edges(asked, scale.edges))))
    some = events.an_hour(scale, layout, hours)
    rows = events.table(some)
    ids = customers.ids(layout.total).take(pa.array(some.customer))
    path = found.folder.parent / f"hour-{hours}.parquet"
    pq.write_table(rows.append_column("customer_id", ids), path)
    return path


def _with_ids(rows: pa.Table, ids: pa.Array) -> pa.Table:
    """The rows of customers with ids in the place of numbers."""
    numbers = rows["number"].combine_chunks()
    return rows.drop_columns(["number"]).append_column("id", ids.take(numbers))
