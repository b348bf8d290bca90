"""What a test gives, as plain parsed data, made into a workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args
from zoneinfo import ZoneInfo

from catalogue.definitions.dates import read_date
from catalogue.definitions.nodes import Duration, Unit
from catalogue.definitions.windows import EARLIEST, literal_instant, shift
from catalogue.warehouse.given import (
    GivenAccount,
    GivenChange,
    GivenCustomer,
    GivenError,
    GivenEvent,
    World,
)

UNITS = "|".join(get_args(Unit))
AGE = re.compile(rf"(?P<ahead>in +)?(?P<count>[0-9]+) +(?P<unit>{UNITS})s?(?P<ago> +ago)?")
CUSTOMER_KEYS = (
    "id", "traits", "trait_history", "account", "deleted", "merged_into", "events",
)  # fmt: skip
EVENT_KEYS = ("name", "at", "id", "props", "received")
CHANGE_KEYS = ("trait", "value", "at")
ACCOUNT_KEYS = ("id", "traits", "trait_history")

Plain = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Reads the instants of a test: `now` and the zone that local times and ages are in."""

    now: datetime
    zone: ZoneInfo

    def read(self, written: object, *, bare_is_ahead: bool = False) -> datetime:
        """The instant that `3 days ago`, `in 2 days` or a date with time names, as aware UTC;
        `3 days` alone is ahead where that is allowed."""
        if isinstance(written, str):
            age = AGE.fullmatch(written)
            if age is not None and (bare_is_ahead or age["ahead"] or age["ago"]):
                return self._at_age(age)
            return read_instant(written, self.zone)
        raise GivenError(_no_instant(written))

    def _at_age(self, age: re.Match[str]) -> datetime:
        if age["ahead"] and age["ago"]:
            raise GivenError(_no_instant(age[0]))
        if int(age["count"]) == 0:
            return self.now
        duration = Duration(count=int(age["count"]), unit=cast("Unit", age["unit"]))
        return shift(self.now, duration, self.zone, sign=-1 if age["ago"] else 1)


def _no_instant(written: object) -> str:
    return (
        f"“{written}” is no instant; write one like 2026-03-18T12:00:00Z, "
        "or an age like “3 days ago” or “in 2 days”."
    )


def read_instant(written: object, zone: ZoneInfo) -> datetime:
    """The instant a text names, as aware UTC; without an offset it is local to the zone."""
    literal = read_date(written) if isinstance(written, str) else None
    if literal is None:
        raise GivenError(_no_instant(written))
    return literal_instant(literal, EARLIEST, zone)


def world_of(given: Sequence[object], accounts: Sequence[object], clock: Clock) -> World:
    """The workspace of a test. Raises GivenError with a sentence that says what cannot be used."""
    return World(
        customers=tuple(_customer(each, clock) for each in given),
        accounts=tuple(_account(each, clock) for each in accounts),
    )


def _customer(data: object, clock: Clock) -> GivenCustomer:
    plain = _mapping(data, "a given customer", CUSTOMER_KEYS)
    customer_id = _text(plain, "id", "a given customer")
    what = f"customer “{customer_id}”"
    return GivenCustomer(
        id=customer_id,
        changes=_changes(plain, what, clock),
        events=tuple(_event(each, what, clock) for each in _list(plain, "events", what)),
        account=_optional_text(plain, "account", what),
        deleted=_flag(plain, "deleted", what),
        merged_into=_optional_text(plain, "merged_into", what),
    )


def _account(data: object, clock: Clock) -> GivenAccount:
    plain = _mapping(data, "a given account", ACCOUNT_KEYS)
    account_id = _text(plain, "id", "a given account")
    changes = _changes(plain, f"account “{account_id}”", clock)
    return GivenAccount(id=account_id, changes=changes)


def _changes(plain: Plain, what: str, clock: Clock) -> tuple[GivenChange, ...]:
    traits = _mapping(plain.get("traits") or {}, f"traits of {what}")
    ever = [GivenChange(trait=name, value=value) for name, value in traits.items()]
    history = [_change(each, what, clock) for each in _list(plain, "trait_history", what)]
    return (*ever, *history)


def _change(data: object, what: str, clock: Clock) -> GivenChange:
    plain = _mapping(data, f"trait_history of {what}", CHANGE_KEYS)
    for key in CHANGE_KEYS:
        if key not in plain:
            raise GivenError(f"A change in trait_history of {what} lacks “{key}”.")
    trait = _text(plain, "trait", f"trait_history of {what}")
    return GivenChange(trait=trait, value=plain["value"], at=clock.read(plain["at"]))


def _event(data: object, what: str, clock: Clock) -> GivenEvent:
    plain = _mapping(data, f"an event of {what}", EVENT_KEYS)
    if "at" not in plain:
        raise GivenError(f"An event of {what} lacks “at”.")
    received = plain.get("received")
    return GivenEvent(
        name=_text(plain, "name", f"an event of {what}"),
        at=clock.read(plain["at"]),
        id=_optional_text(plain, "id", f"an event of {what}"),
        props=_mapping(plain.get("props") or {}, f"props of an event of {what}"),
        received=None if received is None else clock.read(received),
    )


def _mapping(data: object, what: str, keys: Sequence[str] | None = None) -> Plain:
    if not isinstance(data, Mapping):
        raise GivenError(f"“{what}” must be a mapping, not {data!r}.")
    for key in data:
        if keys is not None and key not in keys:
            raise GivenError(f"“{key}” is no key of {what}; there are {', '.join(keys)}.")
    return data


def _list(plain: Plain, key: str, what: str) -> Sequence[object]:
    data = plain.get(key)
    if data is None:
        return ()
    if not isinstance(data, list | tuple):
        raise GivenError(f"“{key}” of {what} must be a list, not {data!r}.")
    return data


def _text(plain: Plain, key: str, what: str) -> str:
    found = _optional_text(plain, key, what)
    if found is None:
        raise GivenError(f"{what[0].upper()}{what[1:]} lacks “{key}”.")
    return found


def _optional_text(plain: Plain, key: str, what: str) -> str | None:
    found = plain.get(key)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise GivenError(f"“{key}” of {what} must be text, not {found!r}.")


def _flag(plain: Plain, key: str, what: str) -> bool:
    found = plain.get(key, False)
    if isinstance(found, bool):
        return found
    raise GivenError(f"“{key}” of {what} is true or false, not {found!r}.")
