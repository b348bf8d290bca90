"""Segments × tools: how true every copy is, the most harmful first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.models import Segment, Status
from catalogue.permissions import Actor
from catalogue.web.components.states import State
from integrations.models import Audience, Destination
from integrations.sync.copies import HEAVY, Copy, Tool, copies_in, tool_of
from integrations.web.axes import connection_axis, definition_axis, people_axis

# How harmful a state of people is; a list that cannot be synced is worse than a late one. That a
# whole tool is switched off is said once, above its column.
HARM = {"differs": 0, "behind": 2, "unknown": 3, "count_only": 4, "unverifiable": 5, "equal": 6}
BROKEN = ("failing", "stopped", "braked", "resting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One segment in one tool. `copy` is None where nothing was ever sent though it is wanted."""

    tool: Tool
    copy: Copy | None
    definition: State | None = None
    people: State | None = None
    connection: State | None = None

    @property
    def is_broken(self) -> bool:
        """Whether its last sync did not get through."""
        return self.copy is not None and self.copy.truth.connection.state in BROKEN

    @property
    def harm(self) -> int:
        """0 is the worst."""
        if self.copy is None:
            return HARM["unknown"]
        return min(HARM[self.copy.truth.people.state], 1 if self.is_broken else 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One segment; a cell for each tool, None where it is not wanted."""

    key: str
    name: str
    cells: tuple[Cell | None, ...]

    @property
    def harm(self) -> int:
        """That of its worst cell."""
        return min((cell.harm for cell in self.cells if cell), default=9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One tool over all its copies. `last_proof`: when one of them was last read back."""

    tool: Tool
    connection: State
    copies: int
    proven: int
    last_proof: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Rows by harm, then name. `proven` of `copies` are equal, by a read-back."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    copies: int
    proven: int


def matrix_for(viewer: Actor) -> Matrix:
    """Every copy of a segment that exists for `viewer`, from a number of queries that does not
    depend on how many there are."""
    segments = {segment.key: segment for segment in _segments(viewer)}
    tools = [tool_of(row) for row in Destination.objects.order_by("key")]
    rows = Audience.objects.select_related("destination").defer(*HEAVY).order_by("pk")
    copies = copies_in([row for row in rows if row.segment_key in segments])
    held = {(copy.truth.segment, copy.tool.key): copy for copy in copies}
    lines = [_row(segment, tools, held) for segment in segments.values()]
    wanted = [line for line in lines if any(line.cells)]
    return Matrix(
        columns=tuple(column_of(tool, copies) for tool in tools),
        rows=tuple(sorted(wanted, key=lambda row: (row.harm, row.name))),
        copies=sum(cell is not None for row in wanted for cell in row.cells),
        proven=sum(copy.truth.people.state == "equal" for copy in copies),
    )


def _segments(viewer: Actor) -> Sequence[Segment]:
    rows = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    return list(rows.only("key", "name", "status", "sync_wanted").order_by("name"))


def _row(segment: Segment, tools: Sequence[Tool], held: Mapping[tuple[str, str], Copy]) -> Row:
    wanted = {line["to"] for line in segment.sync_wanted}
    cells = [_cell(tool, held.get((segment.key, tool.key)), tool.key in wanted) for tool in tools]
    return Row(key=segment.key, name=segment.name, cells=tuple(cells))


def _cell(tool: Tool, copy: Copy | None, is_wanted: bool) -> Cell | None:
    if copy is None:
        return Cell(tool=tool, copy=None) if is_wanted else None
    return Cell(
        tool=tool,
        copy=copy,
        definition=definition_axis(copy),
        people=people_axis(copy),
        connection=connection_axis(copy),
    )


def column_of(tool: Tool, copies: Sequence[Copy]) -> Column:
    """One tool over all its copies among these."""
    own = [copy for copy in copies if copy.tool.key == tool.key]
    proofs = [copy.truth.people.as_of for copy in own if copy.truth.people.as_of]
    return Column(
        tool=tool,
        connection=_connection(tool, own),
        copies=len(own),
        proven=sum(copy.truth.people.state == "equal" for copy in own),
        last_proof=max(proofs, default=None),
    )


def _connection(tool: Tool, copies: Sequence[Copy]) -> State:
    if tool.off_reason:
        return State(tone="bad", word="Switched off", icon="off", proof=tool.off_reason)
    states = [copy.truth.connection.state for copy in copies]
    for name, tone, word in (("failing", "bad", "Failing"), ("stopped", "warn", "Stopped")):
        if name in states:
            proof = f"{states.count(name)} of {len(states)} lists"
            return State(tone=tone, word=word, icon="plug", proof=proof)
    if "working" in states:
        return State(tone="good", word="Connected", icon="plug", proof="the last syncs got through")
    return State(tone="idle", word="Unknown", proof="nothing was sent there yet")
