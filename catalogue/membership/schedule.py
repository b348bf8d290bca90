"""When a segment is due: a pure function of its timetable, an instant and the workspace's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from catalogue.definitions.windows import instant_of, local_day

DAY = timedelta(days=1)
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": DAY}
# Periods that do not fit into a day have no natural beginning: they are counted from here.
EPOCH = date(2001, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """`every count units [at]`. Minutes and hours are elapsed time, counted from `at` of each local
    day (a period that does not divide 24 hours: from `at` of 1 January 2001). Days are local days,
    each at the local time `at`."""

    count: int
    unit: str  # minute, hour, day
    at: time = time(0, 0)

    @property
    def period(self) -> timedelta:
        """The time between two slots; of days, as on a day without a change of clocks."""
        return self.count * UNITS[self.unit]


# Of a segment that says nothing: once a day, before people come to work.
DEFAULT = Timetable(count=1, unit="day", at=time(6, 0))


def timetable_of(refresh: Mapping[str, object] | None) -> Timetable:
    """The timetable in `Segment.refresh`: {"every": n, "unit": "hour", "at": "06:00" or null}."""
    if not refresh:
        return DEFAULT
    at = refresh.get("at")
    return Timetable(
        count=int(str(refresh["every"])),
        unit=str(refresh["unit"]).removesuffix("s"),
        at=time.fromisoformat(str(at)) if at else time(0, 0),
    )


def latest_slot(timetable: Timetable, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The newest instant at or before `now` (aware UTC) at which the timetable rings."""
    if timetable.unit == "day":
        return _latest_day(timetable, now, zone)
    fits_the_day = DAY % timetable.period == timedelta(0)
    first = _latest_anchor(timetable.at, now, zone) if fits_the_day else _epoch(timetable.at, zone)
    return first + (now - first) // timetable.period * timetable.period


def _latest_day(timetable: Timetable, now: datetime, zone: ZoneInfo) -> datetime:
    day = local_day(now, zone)
    if _at(day, timetable.at, zone) > now:
        day -= DAY
    day -= timedelta(days=(day - EPOCH).days % timetable.count)
    return _at(day, timetable.at, zone)


def _latest_anchor(at: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = _at(local_day(now, zone), at, zone)
    return today if today <= now else _at(local_day(now, zone) - DAY, at, zone)


def _epoch(at: time, zone: ZoneInfo) -> datetime:
    return _at(EPOCH, at, zone)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return instant_of(datetime.combine(day, at), zone).astimezone(UTC)
