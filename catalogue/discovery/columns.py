"""What is known of people, as columns that groups may be cut from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.spans import Window
from catalogue.definitions.terms import EventSelector, Path, Scalar
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitColumn:
    """One value of a trait for each person, None where it is missing."""

    path: Path
    values: tuple[Scalar | None, ...]

    @property
    def is_number(self) -> bool:
        """Whether all values that are there are numbers."""
        there = [one for one in self.values if one is not None]
        return bool(there) and all(
            isinstance(one, int | float) and not isinstance(one, bool) for one in there
        )

    def numbers(self) -> Floats:
        """The values of such a column, NaN where missing."""
        return np.array([np.nan if one is None else one for one in self.values], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumn:
    """How often each person has done such events in a window, shape (people,)."""

    events: EventSelector
    window: Window | None
    counts: Integers


Column = TraitColumn | EventColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A population: its columns, and who of it reached the goal, shape (people,).

    Raises DefinitionError when a column has another length, or when all or none reached it."""

    columns: tuple[Column, ...]
    reached: Mask

    def __post_init__(self) -> None:
        n = len(self.reached)
        if not n:
            raise refuse(Code.BAD_VALUE, "The population holds nobody.", "/population")
        for place, column in enumerate(self.columns):
            length = len(column.values if isinstance(column, TraitColumn) else column.counts)
            if length != n:
                raise refuse(
                    Code.BAD_VALUE,
                    f"The column has {length} values for {n} people.",
                    f"/columns/{place}",
                )
        if not self.columns:
            raise refuse(Code.BAD_VALUE, "Nothing is known to look at.", "/columns")
        if self.reached.all() or not self.reached.any():
            who = "Everybody" if self.reached.all() else "Nobody"
            raise refuse(Code.BAD_VALUE, f"{who} reached the goal.", "/goal")
