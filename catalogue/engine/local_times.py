"""What a bound means for values without an offset, and which instants lie in a local day.

Zone rules are applied to bounds here, in Python, so that back ends only compare timestamps and
need no zone data of their own. Results are naive: local times, or UTC where they are instants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from catalogue.definitions.windows import MICROSECOND, instant_of

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (naive on purpose: local or UTC by context)
FIRST, LAST = datetime.min, datetime.max  # noqa: DTZ901
HOUR = 3_600_000_000
DAY = 24 * HOUR
# No zone was ever further than a day from UTC, nor changed its clocks by more than a day.
REACH = 50 * HOUR


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [start, end) of naive timestamps; None is unbounded, start ≥ end is empty."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie in it."""
        return self.start is not None and self.end is not None and self.start >= self.end


def naive(instant: datetime) -> datetime:
    """An aware instant as naive UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def first_local_from(bound: datetime, zone: ZoneInfo) -> datetime | None:
    """The smallest naive local time whose instant (clause 9, `windows.instant_of`) is ≥ `bound`;
    None when there is none. As that reading never runs backwards, a local time x stands for an
    instant ≥ bound exactly when x ≥ this, and for one < bound exactly when x < this."""
    if zone.key == "UTC":
        return naive(bound)
    low, high = _guess(bound, -REACH), _guess(bound, REACH)
    if instant_of(high, zone) < bound:
        return None
    if instant_of(low, zone) >= bound:
        return FIRST
    while high - low > MICROSECOND:
        middle = low + (high - low) // 2
        if instant_of(middle, zone) >= bound:
            high = middle
        else:
            low = middle
    return high


def _guess(instant: datetime, distance: int) -> datetime:
    return _datetime(microseconds(naive(instant)) + distance)


def microseconds(moment: datetime) -> int:
    """Microseconds from 1970 to a naive timestamp."""
    return (moment - EPOCH) // MICROSECOND


def _datetime(number: int) -> datetime:
    """The naive timestamp that many microseconds after 1970, clamped to the calendar."""
    number = min(max(number, microseconds(FIRST)), microseconds(LAST))
    return EPOCH + timedelta(microseconds=number)


def local_span(start: datetime | None, end: datetime | None, zone: ZoneInfo) -> Span | None:
    """The naive local times that stand for instants in [start, end); None when there are none."""
    low = None if start is None else first_local_from(start, zone)
    high = None if end is None else first_local_from(end, zone)
    if start is not None and low is None:
        return None
    span = Span(low, high)
    return None if span.is_empty else span


def day_span(first: date, last: date) -> Span:
    """The naive local times of the days `first` to `last`."""
    end = None if last == date.max else datetime.combine(last + timedelta(days=1), time.min)
    return Span(datetime.combine(first, time.min), end)


@lru_cache(maxsize=16384)
def instants_of_days(first: date, last: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """All instants (naive UTC) whose local date is `first` to `last`. More than one span where
    clocks went back over midnight, so that the day was left and entered again."""
    days = day_span(first, last)
    if zone.key == "UTC":
        return (days,)
    low = None if days.start is None or first == date.min else microseconds(days.start)
    high = None if days.end is None else microseconds(days.end)
    return _merged(_inside(low, high, zone))


def _inside(
    low: int | None, high: int | None, zone: ZoneInfo
) -> list[tuple[int | None, int | None]]:
    """Pieces of the time line in which the local time is in [low, high), in order."""
    if low is not None and high is not None and high - low <= 4 * REACH:
        return _cut(low - REACH, high + REACH, low, high, zone)
    pieces: list[tuple[int | None, int | None]] = []
    if low is not None:
        pieces += _cut(low - REACH, low + REACH, low, high, zone)
    pieces.append((None if low is None else low + REACH, None if high is None else high - REACH))
    if high is not None:
        pieces += _cut(high - REACH, high + REACH, low, high, zone)
    return pieces


def _cut(
    start: int, end: int, low: int | None, high: int | None, zone: ZoneInfo
) -> list[tuple[int | None, int | None]]:
    pieces: list[tuple[int | None, int | None]] = []
    for piece_start, piece_end, offset in _constant_pieces(start, end, zone):
        begin = piece_start if low is None else max(piece_start, low - offset)
        stop = piece_end if high is None else min(piece_end, high - offset)
        if begin < stop:
            pieces.append((begin, stop))
    return pieces


def _constant_pieces(start: int, end: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """[start, end) cut where the zone's offset changes: (from, to, offset), in order."""
    pieces = []
    piece_start, offset, at = start, offset_at(start, zone), start
    while at < end:
        ahead = min(at + HOUR, end)
        if offset_at(ahead, zone) != offset:
            change = first_change(at, ahead, offset, zone)
            pieces.append((piece_start, change, offset))
            piece_start, offset, at = change, offset_at(change, zone), change
        else:
            at = ahead
    pieces.append((piece_start, end, offset))
    return pieces


def first_change(low: int, high: int, offset: int, zone: ZoneInfo) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=4096)
def changes_of_clocks(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants (aware UTC) near a local day at which the zone's clocks change."""
    if zone.key == "UTC":
        return ()
    midnight = microseconds(datetime.combine(day, time.min))
    pieces = _constant_pieces(midnight - REACH, midnight + REACH, zone)
    return tuple(_datetime(begin).replace(tzinfo=UTC) for begin, _, _ in pieces[1:])


def offset_at(number: int, zone: ZoneInfo) -> int:
    """Microseconds the zone's clocks are ahead of UTC at an instant."""
    utc = _datetime(min(max(number, microseconds(FIRST) + REACH), microseconds(LAST) - REACH))
    offset = utc.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // MICROSECOND


def _merged(pieces: list[tuple[int | None, int | None]]) -> tuple[Span, ...]:
    joined: list[tuple[int | None, int | None]] = []
    for piece in pieces:
        if joined and joined[-1][1] is not None and joined[-1][1] == piece[0]:
            joined[-1] = (joined[-1][0], piece[1])
        else:
            joined.append(piece)
    return tuple(Span(_edge(start), _edge(end)) for start, end in joined)


def _edge(number: int | None) -> datetime | None:
    return None if number is None else _datetime(number)
