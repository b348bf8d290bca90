"""The companies that are customers of Fieldnote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.management.demo_workspace import names
from catalogue.management.demo_workspace.span import DAY_US, Days, Instants, Span, pick

COMPANY_SIZES = {"1-10": 0.42, "11-50": 0.31, "51-200": 0.18, "201-1000": 0.09}
PEOPLE_PER_SIZE = {"1-10": 2.0, "11-50": 6.0, "51-200": 14.0, "201-1000": 26.0}
INDUSTRIES = {
    "software": 0.22,
    "consulting": 0.18,
    "health care": 0.13,
    "education": 0.12,
    "retail": 0.11,
    "manufacturing": 0.10,
    "media": 0.08,
    "public sector": 0.06,
}
# Country: share, hours before or after UTC, language.
COUNTRIES = {
    "DE": (0.24, 1, "de"),
    "US": (0.20, -6, "en"),
    "GB": (0.13, 0, "en"),
    "FR": (0.10, 1, "fr"),
    "NL": (0.07, 1, "nl"),
    "AT": (0.06, 1, "de"),
    "CH": (0.06, 1, "de"),
    "ES": (0.05, 1, "es"),
    "PL": (0.05, 1, "pl"),
    "IN": (0.04, 5, "en"),
}
# Of every ten accounts, how many signed up inside the span, and how many of those with a trial.
NEW_SHARE = 0.47
TRIAL_SHARE = 0.92


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """One entry per account in every array."""

    id: npt.NDArray[np.object_]
    name: npt.NDArray[np.object_]
    domain: npt.NDArray[np.object_]
    country: npt.NDArray[np.object_]
    industry: npt.NDArray[np.object_]
    company_size: npt.NDArray[np.object_]
    signed_up: Instants
    on_trial: npt.NDArray[np.bool_]  # began with a trial, not on the free plan
    warmth: npt.NDArray[np.float64]  # 0 to 1: how well the product fits them

    def __len__(self) -> int:
        return len(self.id)


def found_accounts(span: Span) -> Accounts:
    """All accounts, oldest first."""
    dice = span.dice(1)
    count = span.accounts
    company = _names(dice, count)
    return Accounts(
        id=np.array([f"acc-{number:05d}" for number in range(1, count + 1)], dtype=object),
        name=company,
        domain=np.array([f"{name.lower().replace(' ', '-')}.example" for name in company]),
        country=pick(dice, {key: share for key, (share, _, _) in COUNTRIES.items()}, count),
        industry=pick(dice, INDUSTRIES, count),
        company_size=pick(dice, COMPANY_SIZES, count),
        signed_up=_sign_ups(dice, span),
        on_trial=dice.random(count) < TRIAL_SHARE,
        warmth=dice.random(count),
    )


def _names(dice: np.random.Generator, count: int) -> npt.NDArray[np.object_]:
    pairs = [
        f"{first} {last}"
        for first in names.FIRST_WORDS.split()
        for last in names.LAST_WORDS.split()
    ]
    rounds = -(-count // len(pairs))
    numbered = [f"{p} {r + 1}" if r else p for r in range(rounds) for p in pairs][:count]
    return dice.permutation(np.array(numbered, dtype=object))


def _sign_ups(dice: np.random.Generator, span: Span) -> Instants:
    new = round(span.accounts * NEW_SHARE)
    old = span.accounts - new
    # Three years of growth before the span, a steady stream on working days inside it.
    earlier = span.first_us - dice.triangular(0, 0, 900, old) * DAY_US
    weights = np.where(span.weekdays()[:-1] < 5, 1.0, 0.25)
    # Drawn evenly along the weights, not one by one: no week is without trials by accident.
    places = (np.arange(new) + dice.random(new)) / new
    days: Days = np.searchsorted(np.cumsum(weights / weights.sum()), places)
    days = np.minimum(days, span.days - 1)
    inside = span.instants(days) + dice.integers(7 * 3600, 20 * 3600, new) * 1_000_000
    return np.sort(np.concatenate([earlier.astype(np.int64), inside]))
