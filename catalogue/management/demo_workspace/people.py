"""The people in the accounts: one row per customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.management.demo_workspace import names
from catalogue.management.demo_workspace.accounts import COUNTRIES, PEOPLE_PER_SIZE, Accounts
from catalogue.management.demo_workspace.span import DAY_US, Days, Instants, Span, pick, with_gaps

FUNCTIONS = {
    "research": 0.21,
    "product": 0.18,
    "engineering": 0.17,
    "marketing": 0.14,
    "operations": 0.12,
    "consulting": 0.10,
    "management": 0.08,
}
DEVICES = {"desktop": 0.63, "mobile": 0.27, "tablet": 0.10}
SOURCES = {"search": 0.32, "colleague": 0.27, "review site": 0.14, "event": 0.11, "ads": 0.16}
MOTIVES = {"save time": 0.38, "keep control": 0.22, "look professional": 0.21, "learn": 0.19}
WORRIES = {"price": 0.29, "data protection": 0.27, "too complex": 0.24, "lock-in": 0.20}
TOOLS = ["slack", "jira", "hubspot", "zapier", "webhook", "google-drive", "notion"]
OWNER, ADMIN, MEMBER = "owner", "admin", "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One entry per customer in every array; `account` is an index. None is unknown."""

    id: npt.NDArray[np.object_]
    name: npt.NDArray[np.object_]
    email: npt.NDArray[np.object_]
    account: Days
    joined: Instants
    role: npt.NDArray[np.object_]  # as somebody who joins
    promoted: Instants  # when a member becomes an admin; 0 = never
    function: npt.NDArray[np.object_]
    language: npt.NDArray[np.object_]
    phone: npt.NDArray[np.object_]
    device: npt.NDArray[np.object_]
    source: npt.NDArray[np.object_]
    consent: npt.NDArray[np.object_]
    integrations: npt.NDArray[np.object_]  # lists of tools
    surveyed: Instants  # when the welcome survey is answered; 0 = never
    motive: npt.NDArray[np.object_]
    worry: npt.NDArray[np.object_]
    hours_from_utc: Days
    technical: npt.NDArray[np.bool_]  # works with the API
    eagerness: npt.NDArray[np.float64]  # chance of a working day with Fieldnote, when all is well

    def __len__(self) -> int:
        return len(self.id)


def hire_people(span: Span, accounts: Accounts) -> People:
    """Everybody, in the order of joining."""
    dice = span.dice(3)
    account, joined, role = _places(dice, span, accounts)
    count = len(account)
    name = _names(dice, count)
    function = with_gaps(dice, pick(dice, FUNCTIONS, count), 0.09)
    country = accounts.country[account]
    technical = dice.random(count) < np.where(function == "engineering", 0.30, 0.022)
    return People(
        id=np.array([f"cus-{number:06d}" for number in range(1, count + 1)], dtype=object),
        name=name,
        email=_emails(name, accounts.domain[account]),
        account=account,
        joined=joined,
        role=role,
        promoted=_promotions(dice, span, joined, role),
        function=function,
        language=with_gaps(dice, _by_country(country, 2), 0.04),
        phone=_phones(dice, count),
        device=with_gaps(dice, pick(dice, DEVICES, count), 0.06),
        source=with_gaps(dice, pick(dice, SOURCES, count), 0.17),
        consent=with_gaps(dice, (dice.random(count) < 0.64).astype(object), 0.08),
        integrations=_integrations(dice, technical),
        surveyed=np.where(dice.random(count) < 0.71, joined + _days(dice, count, 1, 9), 0),
        motive=with_gaps(dice, pick(dice, MOTIVES, count), 0.03),
        worry=with_gaps(dice, pick(dice, WORRIES, count), 0.06),
        hours_from_utc=_by_country(country, 1).astype(np.int64),
        technical=technical,
        eagerness=dice.beta(1.5, 2.6, count) * (0.6 + 0.8 * accounts.warmth[account]),
    )


def _places(
    dice: np.random.Generator, span: Span, accounts: Accounts
) -> tuple[Days, Instants, npt.NDArray[np.object_]]:
    sizes = _team_sizes(dice, span, accounts)
    account = np.repeat(np.arange(len(accounts)), sizes)
    seat = np.arange(len(account)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    joined = _joined(dice, span, accounts, account, seat)
    role = np.where(dice.random(len(account)) < 0.16, ADMIN, MEMBER).astype(object)
    role[seat == 0] = OWNER
    order = np.argsort(joined, kind="stable")
    return account[order], joined[order], role[order]


def _team_sizes(dice: np.random.Generator, span: Span, accounts: Accounts) -> Days:
    base = np.array([PEOPLE_PER_SIZE[size] for size in accounts.company_size])
    weights = base * dice.lognormal(0.0, 0.35, len(accounts))
    spare = span.customers - len(accounts)
    return 1 + dice.multinomial(spare, weights / weights.sum())


def _joined(
    dice: np.random.Generator, span: Span, accounts: Accounts, account: Days, seat: Days
) -> Instants:
    signed_up = accounts.signed_up[account]
    age = span.now_us - signed_up
    # Most colleagues come in the first days, the others over the life of the account.
    soon = dice.exponential(3 * DAY_US, len(account))
    some_time = dice.random(len(account)) * age
    wait = np.where(dice.random(len(account)) < 0.82, soon, some_time)
    return signed_up + np.where(seat == 0, 0, np.minimum(wait, age * 0.98)).astype(np.int64)


def _names(dice: np.random.Generator, count: int) -> npt.NDArray[np.object_]:
    given = np.array(names.GIVEN.split(), dtype=object)
    family = np.array(names.FAMILY.split(), dtype=object)
    return dice.choice(given, count) + " " + dice.choice(family, count)


def _emails(
    people: npt.NDArray[np.object_], domains: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    taken: dict[str, int] = {}
    emails = []
    for name, domain in zip(people, domains, strict=True):
        local = name.lower().replace(" ", ".")
        seen = taken[f"{local}@{domain}"] = taken.get(f"{local}@{domain}", 0) + 1
        emails.append(f"{local}{seen if seen > 1 else ''}@{domain}")
    return np.array(emails, dtype=object)


def _promotions(
    dice: np.random.Generator, span: Span, joined: Instants, role: npt.NDArray[np.object_]
) -> Instants:
    chosen = (role == MEMBER) & (dice.random(len(joined)) < 0.10)
    start = np.maximum(joined, span.first_us)
    when = start + (dice.random(len(joined)) * (span.now_us - start)).astype(np.int64)
    return np.where(chosen, when, 0)


def _by_country(country: npt.NDArray[np.object_], column: int) -> npt.NDArray[np.object_]:
    return np.array([COUNTRIES[key][column] for key in country], dtype=object)


def _phones(dice: np.random.Generator, count: int) -> npt.NDArray[np.object_]:
    # +999 is assigned to nobody.
    numbers = dice.integers(10_000_000, 99_999_999, count)
    return with_gaps(dice, np.array([f"+999 {number}" for number in numbers], dtype=object), 0.33)


def _integrations(
    dice: np.random.Generator, technical: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    count = len(technical)
    chance = np.array([0.34, 0.26, 0.17, 0.13, 0.05, 0.29, 0.20])
    uses = dice.random((count, len(TOOLS))) < chance
    uses[:, TOOLS.index("webhook")] |= technical & (dice.random(count) < 0.8)
    lists = np.empty(count, dtype=object)
    lists[:] = [[TOOLS[at] for at in np.flatnonzero(row)] or None for row in uses]
    return lists


def _days(dice: np.random.Generator, count: int, low: float, high: float) -> Instants:
    return (dice.uniform(low, high, count) * DAY_US).astype(np.int64)
