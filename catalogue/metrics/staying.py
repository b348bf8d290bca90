"""How long customers stay: whole days from the first visit to the first 28 days without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.days import DAYS, Days
from catalogue.metrics.engagement import MONTH, Crowd
from catalogue.metrics.measured import FEWEST, LEVEL, Interval, Reading, absent
from catalogue.metrics.waiting import Curve, Floats

METHOD = (
    "still coming 84 days after the first visit, 28 days without one end it; Kaplan–Meier, 95 %"
    " interval by Greenwood, of those who first came in the last three years"
)
# Where the curve is read: weekly at first, then every four weeks, over a year.
AT = np.array([0, 7, 14, 21, *range(28, 365, 28)], dtype=np.float64)
SAID_AT = 84
# Ordinals whose days are unfolded at once: some 75 MB.
AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """By ordinal, shapes (size,): for how many days each was watched, and whether the stay had
    ended by then. `came`: who first came in the time that is looked at; the others do not count."""

    days: Integers
    ended: Mask
    came: Mask


def stays(seen: Days) -> Stays:
    """The stay of everybody."""
    days = np.zeros(seen.size, dtype=np.int64)
    ended, came = np.zeros(seen.size, dtype=bool), np.zeros(seen.size, dtype=bool)
    for low, high, bits in _unfolded(seen):
        some = _stays_of(bits)
        days[low:high], ended[low:high], came[low:high] = some
    return Stays(days=days, ended=ended, came=came & ~seen.earlier[: seen.size])


def _unfolded(seen: Days) -> Iterator[tuple[int, int, Mask]]:
    """(from, to, bits) of some ordinals at a time: bits have shape (ordinals, days), the oldest day
    first."""
    last = max(seen.words, default=0) + 1
    for low in range(0, seen.size, AT_ONCE):
        high = min(low + AT_ONCE, seen.size)
        words = np.zeros((high - low, last), dtype="<u8")
        for place, word in seen.words.items():
            words[:, place] = word[low:high]
        bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
        yield low, high, bits[:, ::-1].astype(bool)


def _stays_of(bits: Mask) -> tuple[Integers, Mask, Mask]:
    people, width = bits.shape
    who, day = np.nonzero(bits)
    starts = np.searchsorted(who, np.arange(people))
    came = np.bincount(who, minlength=people) > 0
    first = np.full(people, width, dtype=np.int64)
    first[came] = day[starts[came]]
    # The day on which each one was there next; after the last one, the day that has not begun.
    following = np.append(day[1:], width)
    following[np.flatnonzero(np.append(who[1:] != who[:-1], True))] = width
    gone = np.flatnonzero(following - day - 1 >= MONTH)
    end = np.full(people, -1, dtype=np.int64)
    # Backwards, so that the first gap of each is written last.
    end[who[gone][::-1]] = day[gone][::-1] + MONTH
    ended = end >= 0
    return np.where(ended, end - first, width - 1 - first).clip(0), ended, came


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many stays ended after so many days, and of how many that is all that is known; shapes
    (DAYS + 1,)."""

    ended: Integers
    watched: Integers

    @property
    def n(self) -> int:
        """How many stays."""
        return int(self.ended.sum() + self.watched.sum())


def tally(stays: Stays, members: Crowd) -> Tally:
    """The stays of some customers, counted by their length."""
    came, ended, days = stays.came[members], stays.ended[members], stays.days[members]
    return Tally(
        ended=np.bincount(days[came & ended], minlength=DAYS + 1),
        watched=np.bincount(days[came & ~ended], minlength=DAYS + 1),
    )


def curve(counted: Tally, fewest: int = FEWEST) -> Curve:
    """To which share it has not happened yet, at days of a year. It ends where fewer than `fewest`
    people are still watched."""
    at_risk = counted.n - np.append(0, np.cumsum(counted.ended + counted.watched))[:-1]
    share, low, high = _kaplan_meier(counted.ended, at_risk)
    at = AT.astype(np.int64)
    at = at[at_risk[at] >= fewest]
    return Curve(
        days=at.astype(np.float64),
        share=share[at],
        low=low[at],
        high=high[at],
        at_risk=at_risk[at],
        n=counted.n,
        reason="" if len(at) else f"Fewer than {fewest} people, so the curve is hidden.",
    )


def _kaplan_meier(ended: Integers, at_risk: Integers) -> tuple[Floats, Floats, Floats]:
    """The share for each day and the ends of its interval, of stays counted by their length. It is
    what lifelines works out person by person, which for every segment would take too long."""
    watched = np.maximum(at_risk, 1)
    share = np.cumprod(1 - ended / watched)
    left = np.maximum(watched - ended, 1)
    spread = np.sqrt(np.cumsum(ended / (watched * left)))
    # On the scale of log(−log S), where ends stay between 0 and 1.
    inside = (share > 0) & (share < 1)
    logs = np.log(np.where(inside, share, 0.5))
    reach = float(norm.ppf((1 + LEVEL) / 2)) * spread / -logs
    low, high = (
        np.where(inside, np.exp(logs * np.exp(sign * reach)), share).astype(np.float64)
        for sign in (1, -1)
    )
    return share.astype(np.float64), low, high


def staying(found: Curve) -> Reading:
    """The share that is still coming after twelve weeks, as the curve says it."""
    place = np.flatnonzero(found.days == SAID_AT)
    if not len(place):
        reason = found.reason or "Nobody, or too few, were watched for 84 days."
        return absent(n=found.n, unit="share", method=METHOD, reason=reason)
    at = int(place[0])
    between = Interval(low=float(found.low[at]), high=float(found.high[at]))
    value = float(found.share[at])
    return Reading(value=value, n=found.n, unit="share", method=METHOD, interval=between)


def points(found: Curve) -> list[list[float]]:
    """The curve as it is kept: [day, share, low, high, people still watched] of each point."""
    columns = (found.days, found.share, found.low, found.high, found.at_risk)
    return [[round(float(one), 6) for one in row] for row in zip(*columns, strict=True)]
