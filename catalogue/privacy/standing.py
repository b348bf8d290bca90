"""Who is suppressed and who consents, as sets of ordinals, remembered by the state they are of.

Whoever asks reads the state in their own transaction. While it is the one that was remembered, that
is all there is to read; words of consent that were only added to are followed from there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

import numpy as np
import pyarrow as pa
from django.db.models import OuterRef, Q, Subquery
from pyroaring import BitMap

from catalogue.models import Consent, Customer, Photo, PrivacyState, Suppressed, Workspace
from catalogue.privacy.purposes import PurposeRule, rule_in
from catalogue.privacy.words import NO_END, Rows, Standing, Words
from catalogue.warehouse import photos
from catalogue.warehouse.finding import yes_or_no

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is to be known before anything is looked up, read by one query. `photo`: the number of
    the newest one; `expired_at`: the last instant up to now at which a word ended."""

    row: PrivacyState
    rule: PurposeRule
    photo: int
    expired_at: datetime | None

    @property
    def data(self) -> int:
        """The photo, where a trait says consent; else any will do."""
        return self.photo if self.rule.trait else 0

    def __str__(self) -> str:
        ended = "" if self.expired_at is None else str(_microseconds(self.expired_at))
        return f"{self.row.token}:{self.data}:{ended}"


def state_of(purpose: str, now: datetime) -> State:
    """The state as the caller's transaction sees it."""
    ended = Consent.objects.filter(purpose=purpose, expires_at__lte=now).order_by("-expires_at")
    told = PrivacyState.objects.filter(pk=1).annotate(
        consent=Subquery(Workspace.objects.filter(pk=OuterRef("pk")).values("consent")[:1]),
        photo=Subquery(Photo.objects.order_by("-pk").values("pk")[:1]),
        expired_at=Subquery(ended.values("expires_at")[:1]),
    )
    row = told.first()
    if row is None:  # nothing was ever written
        return State(
            row=PrivacyState(token="", epoch=""),  # noqa: S106 (no password)
            rule=rule_in(Workspace.current().consent, purpose),
            photo=0,
            expired_at=None,
        )
    return State(
        row=row,
        rule=rule_in(row.consent or {}, purpose),
        photo=row.photo or 0,
        expired_at=row.expired_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """All words of a purpose up to row `last`, and how people stand in one state."""

    state: State
    last: int
    words: Words
    standing: Standing
    since: int  # the instant it was judged at

    def answers(self, state: State, now: int) -> bool:
        return (self.state.row.token, self.state.rule, self.state.data) == (
            state.row.token,
            state.rule,
            state.data,
        ) and self.since <= now < self.standing.until


_lock = Lock()
_suppressed: dict[str, tuple[str, BitMap]] = {}
_lifted: dict[str, tuple[str, BitMap]] = {}
_followed: dict[str, _Followed] = {}


def suppressed(purpose: str, state: State) -> BitMap:
    """The ordinals of everybody who is suppressed for a purpose, and so also of those for every
    purpose; "" gives only these."""
    return _remembered(_suppressed, purpose, state, is_lifted=False)


def lifted(purpose: str, state: State) -> BitMap:
    """The ordinals of everybody who was suppressed so, once and no more by the same reason."""
    return _remembered(_lifted, purpose, state, is_lifted=True)


def _remembered(
    kept: dict[str, tuple[str, BitMap]], purpose: str, state: State, *, is_lifted: bool
) -> BitMap:
    token, people = kept.get(purpose, ("", BitMap()))
    if state.row.token == token:
        return people
    rows = Suppressed.objects.filter(
        Q(suppression__purpose="") | Q(suppression__purpose=purpose),
        suppression__lifted_at__isnull=not is_lifted,
    )
    people = _with_survivors(BitMap(rows.values_list("ordinal", flat=True).iterator(AT_ONCE)))
    if state.row.is_settled:
        kept[purpose] = (state.row.token, people)
    return people


def consent(state: State, now: datetime) -> Standing:
    """How everybody stands to the purpose of a state at `now`."""
    instant = _microseconds(now)
    with _lock:
        known = _followed.get(state.rule.purpose)
        if known is not None and known.answers(state, instant):
            return known.standing
        found = _follow(known, state, now)
        if state.row.is_settled:
            _followed[state.rule.purpose] = found
        return found.standing


def forget() -> None:
    """Forget everything that this process remembers."""
    _suppressed.clear()
    _lifted.clear()
    _followed.clear()


def _follow(known: _Followed | None, state: State, now: datetime) -> _Followed:
    """All words, from what is remembered where words were only added since."""
    is_same = known is not None and known.state.row.epoch == state.row.epoch
    last, words = (known.last, known.words) if known is not None and is_same else (0, Words())
    # What is not settled may be taken back, and must not get into what others follow from.
    words = words if state.row.is_settled else words.copy()
    last = _read(words, state.rule.purpose, last)
    judged = words
    survivors = _survivors()
    if survivors or state.rule.trait:
        judged = words.copy()
        judged.follow(survivors)
    if state.rule.trait:
        judged.take(_said_by_trait(state.rule.trait, now), only_newer=True)
    instant = _microseconds(now)
    return _Followed(
        state=state,
        last=last,
        words=words,
        standing=judged.standing(instant),
        since=instant,
    )


def _read(words: Words, purpose: str, last: int) -> int:
    """Take in the words after row `last`, and say which is the last one now."""
    rows = Consent.objects.filter(purpose=purpose, pk__gt=last).order_by("pk")
    fields = ("pk", "ordinal", "is_given", "at", "expires_at")
    some: list[tuple[int, int, bool, datetime, datetime | None]] = []
    for row in rows.values_list(*fields).iterator(AT_ONCE):
        some.append(row)
        if len(some) == AT_ONCE:
            words.take(_rows(some))
            last = some[-1][0]
            some.clear()
    words.take(_rows(some))
    return some[-1][0] if some else last


def _rows(some: Iterable[tuple[int, int, bool, datetime, datetime | None]]) -> Rows:
    told = list(some)
    return Rows(
        ordinals=np.array([row[1] for row in told], dtype=np.int64),
        is_given=np.array([row[2] for row in told], dtype=bool),
        at=np.array([_microseconds(row[3]) for row in told], dtype=np.int64),
        ends=np.array(
            [NO_END if row[4] is None else _microseconds(row[4]) for row in told], dtype=np.int64
        ),
    )


def _said_by_trait(trait: str, now: datetime) -> Rows:
    photo = photos.newest_photo()
    if photo is None:
        return _rows([])
    told = yes_or_no(photos.open_photo(photo), trait, now=now)
    at = told["at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    return Rows(
        ordinals=told["ordinal"].to_numpy().astype(np.int64),
        at=at,
        is_given=told["said"].to_numpy(),
        ends=np.full(len(at), NO_END, dtype=np.int64),
    )


def _with_survivors(people: BitMap) -> BitMap:
    into = _survivors()
    return people | BitMap([into[one] for one in people & BitMap(into)])


def _survivors() -> dict[int, int]:
    """Who was merged away → who they are now."""
    rows = Customer.objects.filter(merged_into__isnull=False)
    into = dict(rows.values_list("ordinal", "merged_into_id"))
    found = {}
    for start in into:
        end = start
        while end in into:
            end = into[end]
        found[start] = end
    return found


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND
