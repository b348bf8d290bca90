"""How long customers stay: whole days from the first visit to the first 28 days without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.days import BITS, DAYS, Days, Word
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
# Ordinals whose words are in the processor's cache at once.
AT_ONCE = 1 << 14
EVERY_DAY = ~np.uint64(0)
# Looking back 1 + 1, + 2, + 4, + 8, + 12 days is 28 days in all.
MONTH_BY_DOUBLING = (1, 2, 4, 8, MONTH - 16)


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
    for low in range(0, seen.size, AT_ONCE):
        some = slice(low, min(low + AT_ONCE, seen.size))
        words = {place: word[some] for place, word in sorted(seen.words.items())}
        first = _oldest(words, len(days[some]))
        gone = _oldest(_away(words, first), len(first))
        came[some], ended[some] = first >= 0, gone >= 0
        # Ages count backwards; whoever has not gone was watched until today, of age 0.
        days[some] = (first - np.maximum(gone, 0)).clip(0)
    return Stays(days=days, ended=ended, came=came & ~seen.earlier[: seen.size])


def _oldest(words: Mapping[int, Word], people: int) -> Integers:
    """How many days ago the oldest day of each was, −1 where there is none. `words` as those of
    `Days`, by rising place; shape (people,)."""
    top, place = np.zeros(people, dtype=np.uint64), np.zeros(people, dtype=np.int64)
    for at, word in words.items():
        some = word != 0
        np.copyto(top, word, where=some)
        np.copyto(place, at, where=some)
    # Without the bit below the highest one, a word is never rounded up to the next power of two.
    bits = np.frexp((top & ~(top >> np.uint64(1))).astype(np.float64))[1]
    return np.asarray(np.where(top == 0, -1, place * BITS + bits - 1), dtype=np.int64)


def _away(words: Mapping[int, Word], first: Integers) -> dict[int, Word]:
    """Of each the days after the `first` visit (an age in days, −1 without any) that end 28 days
    without one."""
    latest = int(first.max(initial=-1)) // BITS
    lately = _within_a_month([words.get(at) for at in range(latest + 1)], len(first))
    places, bits = np.divmod(first, BITS)
    newer = (np.uint64(1) << bits.astype(np.uint64)) - np.uint64(1)
    found = {}
    for at, word in enumerate(lately):
        after = np.where(places > at, EVERY_DAY, np.where(places == at, newer, np.uint64(0)))
        found[at] = ~word & after
    return found


def _within_a_month(words: Sequence[Word | None], people: int) -> list[Word]:
    """For each day, whether there was a visit on it or on one of the 27 before."""
    found = [np.zeros(people, dtype=np.uint64) if word is None else word.copy() for word in words]
    for days in MONTH_BY_DOUBLING:
        # The newest first: what is handed over from the older word is as it was before.
        for at, word in enumerate(found):
            older = found[at + 1] << np.uint64(BITS - days) if at + 1 < len(found) else 0
            word |= (word >> np.uint64(days)) | older
    return found


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

    def __sub__(self, part: Tally) -> Tally:
        """The stays that are no `part` of these."""
        return Tally(ended=self.ended - part.ended, watched=self.watched - part.watched)


def tally(stays: Stays, members: Crowd) -> Tally:
    """The stays of some customers, counted by their length."""
    came, ended, days = stays.came[members], stays.ended[members], stays.days[members]
    lengths = np.bincount(days[came], minlength=DAYS + 1)
    until_the_end = np.bincount(days[came & ended], minlength=DAYS + 1)
    return Tally(ended=until_the_end, watched=lengths - until_the_end)


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
