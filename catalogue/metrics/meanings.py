"""Which events mean what, as the workspace says it, for one pass over the data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from catalogue.definitions.nodes import Path
from catalogue.definitions.paths import read_path
from catalogue.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """The event that brings money, the property that says how much, in which currency; and the
    property that says the currency of each, where there is one."""

    event: str
    prop: Path
    currency: str
    currency_prop: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """Events by what they mean; `active` is None while any event is."""

    active: frozenset[str] | None
    converted: frozenset[str]
    cancelled: frozenset[str]
    revenue: Revenue | None

    def means_active(self, name: str) -> bool:
        """Whether it counts as being there."""
        return self.active is None or name in self.active

    def needed(self, known: Collection[str]) -> list[str]:
        """The events of those known that have to be read, each once."""
        others = self.converted | self.cancelled
        paid = {self.revenue.event} if self.revenue else set()
        return sorted(n for n in known if self.means_active(n) or n in others or n in paid)


def meanings_of(workspace: Workspace) -> Meanings:
    """What the settings say."""
    return Meanings(
        active=frozenset(workspace.active_events) or None,
        converted=frozenset(workspace.converted_events),
        cancelled=frozenset(workspace.cancelled_events),
        revenue=None if workspace.revenue is None else _revenue(workspace.revenue),
    )


def _revenue(said: Mapping[str, str]) -> Revenue:
    named = said.get("currency_property")
    return Revenue(
        event=said["event"],
        # What is no path was not saved.
        prop=read_path(said["property"]) or (said["property"],),
        currency=said["currency"],
        currency_prop=read_path(named) if named else None,
    )
