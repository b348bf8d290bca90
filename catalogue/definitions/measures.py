"""What customers are ranked by: a figure of their events, or a trait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalogue.definitions import rules
from catalogue.definitions.spans import Window, check_event_window
from catalogue.definitions.terms import EventSelector, Path

MeasureFunction = Literal["count", "sum", "avg", "min", "max", "count_distinct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMeasure:
    """A count or an aggregate without its comparison. `prop` is empty for a count, and only then.
    A customer without such events counts zero, and has no aggregate."""

    function: MeasureFunction
    events: EventSelector
    prop: Path = ()
    window: Window | None = None

    def __post_init__(self) -> None:
        if self.function == "count" and self.prop:
            raise TypeError("a count looks at no property")
        if self.function != "count":
            rules.check_path(self.prop)
        check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitMeasure:
    """The value of a trait at `now`, where it reads as a number."""

    path: Path

    def __post_init__(self) -> None:
        rules.check_path(self.path)


Measure = EventMeasure | TraitMeasure
