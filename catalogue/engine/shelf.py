"""What was found once and may be asked for again: kept by the process, up to so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values by key, of which those least recently asked for go first when they take more than
    `most_bytes`. A key names everything that its value depends on, so that nothing in here is ever
    wrong, and losing it costs time only. Values are shared: whoever gets one does not change it.
    For several threads at once."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._found: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """How many all values take."""
        return self._bytes

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, if it is kept."""
        with self._lock:
            found = self._found.get(key)
            if found is None:
                return None
            self._found.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of `size` bytes; one that is larger than all may be is not."""
        with self._lock:
            self._forget(key)
            if size > self.most_bytes:
                return
            self._found[key] = value, size
            self._bytes += size
            while self._bytes > self.most_bytes:
                self._forget(next(iter(self._found)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()
            self._bytes = 0

    def _forget(self, key: Hashable) -> None:
        found = self._found.pop(key, None)
        self._bytes -= 0 if found is None else found[1]
