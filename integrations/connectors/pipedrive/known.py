"""Whom Pipedrive knows, by our customer id.

Its search lags behind and ignores case, and its fields are never unique; so the company's persons
are listed once, and afterwards only those changed since. What was made a moment ago is found, even
when the answer that told of it was lost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from integrations.connectors.pipedrive.persons import Person, Persons

# How far changes are asked for again: what was written while we read.
OVERLAP = timedelta(seconds=60)


class Known:
    """Ids of persons by our id and, for adoption, by e-mail address. May be used by several threads
    at once. Who was deleted since is not noticed here: whoever uses an id reads the person anew."""

    def __init__(self, persons: Persons, *, by_email: bool) -> None:
        self._persons = persons
        self._by_email = by_email
        self._keys: dict[str, str] = {}
        self._ids: dict[str, tuple[str, ...]] = {}
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._read_at = float("-inf")
        self._changed_at: datetime | None = None
        self._lock = threading.Lock()

    def ids(self, key: str, *, since: float) -> list[str]:
        """Persons with our id, the oldest first, as they were at `since` (`time.monotonic`) or
        later."""
        with self._lock:
            self._refresh(since)
            return sorted(self._ids.get(key, ()), key=int)

    def unclaimed(self, email: str, *, since: float) -> list[str]:
        """Persons with that e-mail address and without an id of ours."""
        with self._lock:
            self._refresh(since)
            return sorted(self._addresses.get(email.lower(), ()), key=int)

    def note(self, person: Person) -> None:
        """A person was made or claimed."""
        with self._lock:
            if self._changed_at is not None:
                self._note(person)

    def _refresh(self, since: float) -> None:
        if self._read_at >= since:
            return
        began = time.monotonic()
        for person in self._changed():
            self._note(person)
        self._read_at = began

    def _changed(self) -> Iterable[Person]:
        if self._changed_at is None:
            return self._persons.all()
        return self._persons.updated_since(self._changed_at - OVERLAP)

    def _note(self, person: Person) -> None:
        # Pipedrive's clock, not ours.
        self._changed_at = max(self._changed_at or person.updated_at, person.updated_at)
        before = self._keys.pop(person.person_id, "")
        if before:
            self._ids[before] = _without(self._ids[before], person.person_id)
        if person.key:
            self._keys[person.person_id] = person.key
            others = _without(self._ids.get(person.key, ()), person.person_id)
            self._ids[person.key] = (*others, person.person_id)
        if self._by_email:
            self._note_addresses(person)

    def _note_addresses(self, person: Person) -> None:
        for address in person.emails:
            others = _without(self._addresses.get(address, ()), person.person_id)
            self._addresses[address] = others if person.key else (*others, person.person_id)


def _without(ids: tuple[str, ...], person_id: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != person_id)
