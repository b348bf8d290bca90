"""The memory of one process: what it found at its last refresh, and from there the next one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from threading import Lock
from typing import TypeVar

from pyroaring import BitMap

from catalogue.engine.conditions.sample import SampleCondition
from catalogue.engine.kept.events import Found, KeptEvents
from catalogue.engine.kept.question import EventQuestion
from catalogue.engine.kept.traits import FoundByTrait, KeptTrait, TraitQuestion

NOBODY = (BitMap(), BitMap())
Name = TypeVar("Name", bound=Hashable)
Remembered = TypeVar("Remembered", KeptEvents, KeptTrait)


class Kept:
    """What is remembered of each source of rows; nothing when `most`, a number of bytes, is 0. For
    one refresh at a time; its scans may run in several threads, each on a source of its own."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.events: dict[frozenset[str], KeptEvents] = {}
        self.traits: dict[tuple[str, str], KeptTrait] = {}
        # What each of them took when it was put there; nobody changes it but who takes it out.
        self._sizes: dict[Hashable, int] = {}
        self._drawn: dict[SampleCondition, tuple[BitMap, BitMap]] = {}
        self._lock = Lock()
        # Whether anything was read as a whole since somebody set this back.
        self.has_scanned = False
        self._is_in_file = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered from which a refresh could follow."""
        return not self.events and not self.traits

    @property
    def nbytes(self) -> int:
        """The memory that all of it takes."""
        with self._lock:
            return sum(self._sizes.values())

    def known(self, kind: str, names: Sequence[str], subject: str) -> frozenset[str]:
        """The pieces of a scan's source that are known; none where all of it has to be read."""
        with self._lock:
            kept: KeptEvents | KeptTrait | None = None
            if kind == "events":
                kept = self.events.get(frozenset(names))
            elif kind == "trait":
                kept = self.traits.get((names[0], subject))
            return frozenset() if kept is None else kept.pieces

    def forget(self) -> None:
        """Begin anew."""
        self.events.clear()
        self.traits.clear()
        self._sizes.clear()
        self._drawn = {}
        self._is_in_file = self.has_scanned = False

    def begin_from_file(
        self,
        events: Mapping[frozenset[str], KeptEvents],
        traits: Mapping[tuple[str, str], KeptTrait],
        drawn: Mapping[SampleCondition, tuple[BitMap, BitMap]],
    ) -> None:
        """Begin with what another process remembered; the arrays lie in a file."""
        self.forget()
        for names, of_events in events.items():
            self._keep(self.events, names, of_events)
        for whose, of_trait in traits.items():
            self._keep(self.traits, whose, of_trait)
        self._drawn = dict(drawn)
        self._is_in_file = True

    def leave_the_file(self) -> None:
        """Take all that still lies in a file into memory; that takes as long as to copy it."""
        if self._is_in_file:
            for of_events in self.events.values():
                of_events.leave_the_file()
            for of_trait in self.traits.values():
                of_trait.leave_the_file()
            self._is_in_file = False

    @property
    def drawn(self) -> Mapping[SampleCondition, tuple[BitMap, BitMap]]:
        """Of each sample who was drawn, and who of them is in it."""
        return self._drawn

    def about_events(self, question: EventQuestion) -> Found:
        """The answer about some events, from what is remembered where it follows from that. Raises
        TooLarge."""
        followed = self._followed(question)
        if followed is None:
            self.has_scanned = True
        kept, found = followed or KeptEvents.scanned(question)
        self._keep(self.events, question.names, kept)
        return found

    def _followed(self, question: EventQuestion) -> tuple[KeptEvents, Found] | None:
        kept = self._taken_out(self.events, question.names)
        if kept is None or not kept.can_follow(question):
            return None
        found = kept.follow(question)
        return None if found is None else (kept, found)

    def about_trait(self, question: TraitQuestion) -> FoundByTrait:
        """The answer about a trait, from what is remembered where it follows from that."""
        whose = (question.name, question.subject)
        kept = self._taken_out(self.traits, whose)
        if kept is not None and kept.can_follow(question):
            found = kept.follow(question)
        else:
            self.has_scanned = True
            kept, found = KeptTrait.scanned(question)
        self._keep(self.traits, whose, kept)
        return found

    def drawn_for(self, one: SampleCondition) -> BitMap:
        """Of whom it is known whether they are in a sample."""
        return self._drawn.get(one, NOBODY)[0]

    def in_sample(self, one: SampleCondition) -> BitMap:
        """Those of them who are."""
        return self._drawn.get(one, NOBODY)[1]

    def keep_samples(self, samples: Mapping[SampleCondition, BitMap], drawn: BitMap) -> None:
        """Remember who is in which sample, of all who were drawn."""
        if self.most:
            self._drawn |= {one: (drawn, true) for one, true in samples.items()}

    def _taken_out(self, place: dict[Name, Remembered], name: Name) -> Remembered | None:
        # Should anything go wrong, it is gone and the next refresh scans.
        with self._lock:
            self._sizes.pop(name, None)
            return place.pop(name, None)

    def _keep(self, place: dict[Name, Remembered], name: Name, kept: Remembered) -> None:
        size = kept.nbytes
        with self._lock:
            if sum(self._sizes.values()) + size <= self.most:
                place[name], self._sizes[name] = kept, size


# For whoever asks once only.
NOTHING_KEPT = Kept(0)
