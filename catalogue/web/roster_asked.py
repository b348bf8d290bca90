"""What the page of a segment's people is asked to show, read from its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.utils import timezone

from catalogue.published import PublishedVersion, newest, version
from catalogue.published.rosters import Period, Way, period_between, period_of
from catalogue.web.asked import day_in, number_in, whole_number

PERIODS = (7, 30, 90)
MOST_COLUMNS = 4
# Places are ordinals: whole numbers of 32 bits.
MOST_PLACE = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterAsked:
    """`way`: None for all members, else those who entered or left in the period. `about` is the
    membership version shown, `newest` the newest one. `days` is None for a period of two dates.
    `problem` says what of the address was not understood."""

    way: Way | None
    about: PublishedVersion
    newest: PublishedVersion
    traits: tuple[str, ...]
    after: int
    days: int | None
    period: Period | None
    first_day: str
    last_day: str
    problem: str = ""

    def query(self, **changes: object) -> str:
        """The address of the same page with changes; None leaves a part out."""
        parts: dict[str, object] = {"trait": list(self.traits)}
        if self.days is None:
            parts |= {"from": self.first_day, "to": self.last_day}
        else:
            parts["period"] = self.days
        if self.way:
            parts["show"] = self.way
        parts |= changes
        return f"?{urlencode({k: v for k, v in parts.items() if v is not None}, doseq=True)}"

    @property
    def pin(self) -> dict[str, int]:
        """What further pages must name, so that they are of the same people."""
        if self.way is None:
            return {"m": self.about.membership_version}
        if self.period is None:
            return {}
        before = self.period.before.membership_version if self.period.before else 0
        return {"b": before, "m": self.period.after.membership_version}


def roster_asked(query: QueryDict, key: str, *, known: Sequence[str]) -> RosterAsked | None:
    """Read an address; `known` are the traits there are. None before the first refresh. Raises
    Http404 for versions that do not exist."""
    last = newest(key)
    if last is None:
        return None
    way: Way | None = {"entered": "entered", "left": "left"}.get(query.get("show", ""))  # type: ignore[assignment]
    days, first, until, problem = _days(query)
    chosen = tuple(dict.fromkeys(name for name in query.getlist("trait") if name in known))
    return RosterAsked(
        way=way,
        about=_pinned(query, key) or last,
        newest=last,
        traits=chosen[:MOST_COLUMNS],
        after=whole_number(query.get("after", ""), most=MOST_PLACE, default=-1),
        days=days,
        period=_pinned_period(query, key) or period_of(key, start=first, end=until),
        first_day=query.get("from", "") if days is None else "",
        last_day=query.get("to", "") if days is None else "",
        problem=problem,
    )


def _pinned(query: QueryDict, key: str) -> PublishedVersion | None:
    if "m" not in query:
        return None
    text = query.get("m", "")
    found = version(key, whole_number(text, most=10**9, default=0))
    if found is None:
        raise Http404(f"“{text[:20]}” is no membership version of this segment.")
    return found


def _pinned_period(query: QueryDict, key: str) -> Period | None:
    if "b" not in query or "m" not in query:
        return None
    before, after = (
        whole_number(query.get(name, ""), most=10**9, default=-1) for name in ("b", "m")
    )
    found = period_between(key, before, after) if before >= 0 else None
    if found is None:
        raise Http404("These two are no membership versions of this segment, one after the other.")
    return found


def _days(query: QueryDict) -> tuple[int | None, datetime, datetime, str]:
    """How many days (None: from one date to another), the first instant, the last, a problem."""
    now = timezone.now()
    usual = number_in(query, "period", default=30, choices=PERIODS)
    if not (query.get("from") or query.get("to")):
        return usual, now - timedelta(days=usual), now, ""
    first, last = day_in(query, "from"), day_in(query, "to")
    if first is None or last is None or first > last:
        problem = "A period goes from one day to the same or a later one, written 2026-11-23."
        return usual, now - timedelta(days=usual), now, problem
    zone = timezone.get_current_timezone()
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last, time.max, zone)
    return None, start, min(end, now), ""
