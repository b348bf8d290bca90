"""What this process read last of rows that are never edited: versions of who is in a segment, and
splits by its goal. From there it reads on; without it everything, which grows from refresh to
refresh."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that takes memory."""

    @property
    def nbytes(self) -> int: ...


Name = TypeVar("Name")
Known = TypeVar("Known", bound=Sized)


class Memory(Generic[Name, Known]):
    """What is known by name, up to a number of bytes; what nobody asked for lately goes first. It
    is for whoever asks to see whether it still holds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Name, Known] = OrderedDict()
        self._lock = Lock()

    def of(self, name: Name) -> Known | None:
        """What is known, if anything is."""
        with self._lock:
            return self._known.get(name)

    def keep(self, name: Name, known: Known) -> None:
        """Remember it."""
        with self._lock:
            self._known[name] = known
            self._known.move_to_end(name)
            while sum(one.nbytes for one in self._known.values()) > self._most:
                self._known.popitem(last=False)

    def forget(self, name: Name) -> None:
        """Know nothing of it any more."""
        with self._lock:
            self._known.pop(name, None)
