"""Who is on trial, pays, is late with paying, has left: day by day, for each account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.management.demo_workspace.accounts import Accounts
from catalogue.management.demo_workspace.span import DAY_US, Days, Instants, Span, pick

UNBORN, FREE, TRIALING, ACTIVE, PAST_DUE, CANCELLED = range(6)
STATUSES = np.array([None, "free", "trialing", "active", "past_due", "cancelled"], dtype=object)
PLANS = np.array(["free", "starter", "pro", "business"], dtype=object)
STARTER, PRO, BUSINESS = 1, 2, 3
TRIAL_DAYS = 21
MONTH = 30.4

Matrix = npt.NDArray[np.int8]  # accounts × days


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Something that happened to accounts: which (indexes) and on which day."""

    account: Days
    day: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """`status` and `plan` at the end of each day, as indexes into STATUSES and PLANS."""

    status: Matrix
    plan: Matrix
    trial_ends: Instants  # 0 where there never was a trial
    started: Changes
    cancelled: Changes

    def paying(self) -> npt.NDArray[np.bool_]:
        """Accounts × days: whether there is a paid subscription at the end of the day."""
        return (self.status == ACTIVE) | (self.status == PAST_DUE)


def live_through(span: Span, accounts: Accounts) -> Subscriptions:
    """Every account's subscription through the span."""
    dice = span.dice(2)
    status = _statuses(dice, span, accounts)
    paying = (status == ACTIVE) | (status == PAST_DUE)
    born = span.days_of(accounts.signed_up)
    return Subscriptions(
        status=status,
        plan=_plans(dice, accounts, status, paying),
        trial_ends=np.where(accounts.on_trial, accounts.signed_up + TRIAL_DAYS * DAY_US, 0),
        started=_begins(paying, born),
        cancelled=_begins(status == CANCELLED, born),
    )


def _begins(state: npt.NDArray[np.bool_], born: Days) -> Changes:
    """Days on which a state begins; whoever is in it on the first day came before the span."""
    before = np.zeros_like(state)
    before[:, 1:] = state[:, :-1]
    before[:, 0] = born < 0
    account, day = np.nonzero(state & ~before)
    return Changes(account=account, day=day)


def _statuses(dice: np.random.Generator, span: Span, accounts: Accounts) -> Matrix:
    born = span.days_of(accounts.signed_up)
    pays_on = _first_payment(dice, accounts, born)
    status = np.zeros((len(accounts), span.days + 1), dtype=np.int8)
    state = _before_the_span(dice, accounts, born)
    for day in range(span.days + 1):
        state = np.where(born == day, np.where(accounts.on_trial, TRIALING, FREE), state)
        state = _end_of_trial(state, born, pays_on, day)
        state = _chances(dice, state, accounts.warmth)
        status[:, day] = state
    return status


def _first_payment(dice: np.random.Generator, accounts: Accounts, born: Days) -> Days:
    """The day on which a trial turns into a subscription; far away when it never does."""
    converts = dice.random(len(accounts)) < 0.12 + 0.26 * accounts.warmth
    early = dice.random(len(accounts)) < 0.4
    after = np.where(early, dice.integers(5, TRIAL_DAYS, len(accounts)), TRIAL_DAYS)
    return np.where(converts, born + after, np.iinfo(np.int64).max)


def _before_the_span(dice: np.random.Generator, accounts: Accounts, born: Days) -> Days:
    roll = dice.random(len(accounts)) - 0.25 * (accounts.warmth - 0.5)
    old = np.select([roll < 0.52, roll < 0.88], [ACTIVE, FREE], CANCELLED)
    recent = accounts.on_trial & (born >= -TRIAL_DAYS)
    return np.where(born >= 0, UNBORN, np.where(recent, TRIALING, old))


def _end_of_trial(state: Days, born: Days, pays_on: Days, day: int) -> Days:
    pays = (state == TRIALING) & (pays_on <= day)
    over = (state == TRIALING) & (born + TRIAL_DAYS <= day)
    return np.where(pays, ACTIVE, np.where(over, FREE, state))


def _chances(dice: np.random.Generator, state: Days, warmth: npt.NDArray[np.float64]) -> Days:
    roll = dice.random(len(state))
    leaves = (0.038 - 0.030 * warmth) / MONTH
    fails_to_pay = 0.015 / MONTH
    choices = [
        ((state == ACTIVE) & (roll < leaves), CANCELLED),
        ((state == ACTIVE) & (roll < leaves + fails_to_pay), PAST_DUE),
        ((state == PAST_DUE) & (roll < 0.15), ACTIVE),
        ((state == PAST_DUE) & (roll < 0.17), CANCELLED),
        ((state == FREE) & (roll < 0.008 * warmth / MONTH), ACTIVE),
        ((state == CANCELLED) & (roll < 0.010 / MONTH), ACTIVE),
    ]
    return np.select([when for when, _ in choices], [then for _, then in choices], state)


def _plans(
    dice: np.random.Generator,
    accounts: Accounts,
    status: Matrix,
    paying: npt.NDArray[np.bool_],
) -> Matrix:
    small = np.isin(accounts.company_size, ["1-10", "11-50"])
    chosen = np.where(
        small,
        pick(dice, {"1": 0.58, "2": 0.36, "3": 0.06}, len(accounts)),
        pick(dice, {"1": 0.22, "2": 0.48, "3": 0.30}, len(accounts)),
    ).astype(np.int64)
    rolls = dice.random(status.shape)
    steps = (rolls < 0.016 / MONTH).astype(np.int64) - (rolls > 1 - 0.005 / MONTH)
    levels = np.clip(chosen[:, None] + np.cumsum(steps * paying, axis=1), STARTER, BUSINESS)
    return np.select([paying, status == TRIALING], [levels, PRO], 0).astype(np.int8)
