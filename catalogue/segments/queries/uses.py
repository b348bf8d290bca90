"""Which segments look at which traits and events, from the definitions stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogue.models import Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.trees import account_traits_in, event_prefixes_in, events_in, traits_in


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Use:
    """A segment that looks at something."""

    name: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """By name, the segments that look at it; events also by how they begin (`test_*`), and those
    that are the goal of segments."""

    traits: Mapping[str, Sequence[Use]]
    account_traits: Mapping[str, Sequence[Use]]
    events: Mapping[str, Sequence[Use]]
    prefixes: Mapping[str, Sequence[Use]]
    goals: Mapping[str, Sequence[Use]]

    def of_trait(self, name: str, subject: str = "customer") -> list[Use]:
        """The segments whose definition looks at a trait of customers, or of accounts."""
        traits = self.account_traits if subject == "account" else self.traits
        return sorted(traits.get(name, ()))

    def of_event(self, name: str) -> list[Use]:
        """The segments whose definition looks at an event, named or meant by how it begins."""
        begun = (uses for prefix, uses in self.prefixes.items() if name.startswith(prefix))
        return sorted({*self.events.get(name, ()), *(use for uses in begun for use in uses)})

    def of_goal(self, name: str) -> list[Use]:
        """The segments whose goal is that an event happens."""
        return sorted(self.goals.get(name, ()))


def uses_of(viewer: Actor) -> Uses:
    """What the segments that exist for `viewer` look at, archived ones apart; one query."""
    rows = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    found: dict[str, dict[str, list[Use]]] = {
        "traits": defaultdict(list),
        "account_traits": defaultdict(list),
        "events": defaultdict(list),
        "prefixes": defaultdict(list),
        "goals": defaultdict(list),
    }
    fields = ("key", "name", "goal", "definition__canonical")
    for row in rows.select_related("definition").only(*fields):
        names = {
            "traits": traits_in(row.definition),
            "account_traits": account_traits_in(row.definition),
            "events": events_in(row.definition),
            "prefixes": event_prefixes_in(row.definition),
            "goals": _events_of(row.goal),
        }
        for what, used in names.items():
            for name in used:
                found[what][name].append(Use(key=row.key, name=row.name))
    return Uses(**found)


def _events_of(goal: Mapping[str, object] | None) -> list[str]:
    """The events that a goal names."""
    named = (goal or {}).get("event") or []
    return [str(one) for one in named] if isinstance(named, list) else [str(named)]
