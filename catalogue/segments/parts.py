"""The parts of segments (`key#part`): what there are, and who is in them. Whatever divides people
stands above this folder (goals, experiments) and registers here when the application starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from catalogue.definitions.nodes import Definition
from catalogue.engine.inputs import Part
from catalogue.models import Segment

# Those of every segment that has a goal.
OF_GOALS = ("reached", "not_reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one segment, by name. `beside`: definitions that they read and no segment has,
    under keys with a colon, which no segment key has. `read_anew`: what of the data is read whole
    at every refresh, as a sentence; empty where nothing is."""

    named: Mapping[str, Part] = field(default_factory=dict)
    beside: Mapping[str, Definition] = field(default_factory=dict)
    read_anew: str = ""


class PartSource(Protocol):
    """Something that divides the people of segments."""

    def names(self) -> Mapping[str, Collection[str]]:
        """By key of a segment that is not archived, the names its parts have now. May cost one
        query, and is asked whenever words are checked."""

    def parts(self, segments: Sequence[Segment]) -> Mapping[str, Parts]:
        """The parts of these segments, by key; segments without any are left out. Each call gives
        new ones, which may remember what they found for as long as one refresh or estimate."""


_registered: dict[str, PartSource] = {}


def register(name: str, source: PartSource) -> None:
    """Have this divide segments from now on, in the place of an older one of the same name."""
    _registered[name] = source


def names_of_parts() -> dict[str, set[str]]:
    """By key of a segment, the names of all its parts."""
    found: dict[str, set[str]] = defaultdict(set)
    for source in _registered.values():
        for key, names in source.names().items():
            found[key].update(names)
    return dict(found)


def parts_of(segments: Sequence[Segment]) -> dict[str, Parts]:
    """By key of a segment, all its parts. Of two of one name the first one registered stays."""
    found: dict[str, Parts] = {}
    for source in _registered.values():
        for key, parts in source.parts(segments).items():
            known = found.get(key, Parts())
            found[key] = Parts(
                named={**parts.named, **known.named},
                beside={**parts.beside, **known.beside},
                read_anew="; ".join(filter(None, (known.read_anew, parts.read_anew))),
            )
    return found
