"""Money: trials, checkouts left or finished, subscriptions begun and ended, monthly invoices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogue.management.demo_workspace.activity import MINUTE_US, Happenings, Visits
from catalogue.management.demo_workspace.people import OWNER, People
from catalogue.management.demo_workspace.span import DAY_US, Days, Instants, Span, pick
from catalogue.management.demo_workspace.subscriptions import (
    PLANS,
    TRIAL_DAYS,
    Subscriptions,
)

PRICES = np.array([0, 9, 19, 39])  # EUR a person and month, by plan
EXTRAS = {"template pack": (0.55, 29), "credits": (0.30, 49), "training": (0.15, 190)}
REASONS = {"too expensive": 0.31, "project over": 0.27, "missing feature": 0.22, "other": 0.20}
WAYS_TO_PAY = {"card": 0.68, "direct debit": 0.22, "paypal": 0.10}
LEFT_SHARE = 0.56  # of the checkouts for extras


def owners_of(people: People, accounts: int) -> Days:
    """The index of each account's owner."""
    owners = np.zeros(accounts, dtype=np.int64)
    leads = np.flatnonzero(people.role == OWNER)
    owners[people.account[leads]] = leads
    return owners


def trade(
    span: Span, people: People, visits: Visits, subscriptions: Subscriptions
) -> list[Happenings]:
    """Everything with money in it."""
    dice = span.dice(6)
    owners = owners_of(people, len(subscriptions.trial_ends))
    bought = _subscribed(dice, span, people, owners, subscriptions)
    extras = _extras(dice, visits)
    return [
        _trials(span, people, owners, subscriptions),
        _cards(dice, span, people, owners, subscriptions, bought),
        bought,
        _cancelled(dice, span, owners, subscriptions),
        _joined("checkout_started", [_checkout_of(dice, bought), extras]),
        _joined(
            "order_paid",
            [
                _first_invoice(bought),
                _paid(dice, extras),
                _renewals(dice, span, owners, subscriptions),
            ],
        ),
    ]


def _working_hours(dice: np.random.Generator, span: Span, days: Days) -> Instants:
    return span.instants(days) + dice.integers(8 * 60, 17 * 60, len(days)) * MINUTE_US


def _trials(span: Span, people: People, owners: Days, subscriptions: Subscriptions) -> Happenings:
    began = subscriptions.trial_ends - TRIAL_DAYS * DAY_US
    account = np.flatnonzero((subscriptions.trial_ends > 0) & (began >= span.first_us))
    plan = np.full(len(account), "pro", dtype=object)
    return Happenings(
        name="trial_started",
        person=owners[account],
        at=people.joined[owners[account]] + 2 * MINUTE_US,
        properties={"plan": plan},
    )


def _subscribed(
    dice: np.random.Generator,
    span: Span,
    people: People,
    owners: Days,
    subscriptions: Subscriptions,
) -> Happenings:
    started = subscriptions.started
    level = subscriptions.plan[started.account, started.day]
    seats = 1 + dice.geometric(0.12, len(level))
    return Happenings(
        name="subscription_started",
        person=owners[started.account],
        at=np.maximum(
            _working_hours(dice, span, started.day),
            people.joined[owners[started.account]] + 60 * MINUTE_US,
        ),
        properties={"plan": PLANS[level], "seats": seats, "amount": _price(level, seats)},
    )


def _price(level: npt.NDArray[np.int8], seats: Days) -> npt.NDArray[np.float64]:
    return np.round(PRICES[level] * seats * 0.99, 2)


def _cancelled(
    dice: np.random.Generator, span: Span, owners: Days, subscriptions: Subscriptions
) -> Happenings:
    ended = subscriptions.cancelled
    return Happenings(
        name="subscription_cancelled",
        person=owners[ended.account],
        at=_working_hours(dice, span, ended.day) + 90 * MINUTE_US,
        properties={"reason": pick(dice, REASONS, len(ended.day))},
    )


def _cards(
    dice: np.random.Generator,
    span: Span,
    people: People,
    owners: Days,
    subscriptions: Subscriptions,
    bought: Happenings,
) -> Happenings:
    """Ways to pay: before each subscription, and now and then in a trial that comes to nothing."""
    began = subscriptions.trial_ends - TRIAL_DAYS * DAY_US
    tried = np.flatnonzero((began >= span.first_us) & (dice.random(len(began)) < 0.12))
    idle = began[tried] + dice.integers(1, TRIAL_DAYS, len(tried)) * DAY_US + 31 * MINUTE_US
    before = bought.at - dice.integers(20, 5 * 24 * 60, len(bought)) * MINUTE_US
    person = np.concatenate([owners[tried], bought.person])
    earliest = np.maximum(people.joined[person] + 10 * MINUTE_US, span.first_us)
    return Happenings(
        name="payment_method_added",
        person=person,
        at=np.maximum(np.concatenate([idle, before]), earliest),
        properties={"kind": pick(dice, WAYS_TO_PAY, len(person))},
    )


def _checkout_of(dice: np.random.Generator, bought: Happenings) -> Happenings:
    at = bought.at - dice.integers(2, 15, len(bought)) * MINUTE_US
    return _order("checkout_started", bought.person, at, "plan", bought.properties["amount"])


def _first_invoice(bought: Happenings) -> Happenings:
    at = bought.at + MINUTE_US
    return _order("order_paid", bought.person, at, "plan", bought.properties["amount"])


def _order(
    name: str, person: Days, at: Instants, item: str, amount: npt.NDArray[np.generic]
) -> Happenings:
    items = np.full(len(at), item, dtype=object)
    return Happenings(name=name, person=person, at=at, properties={"item": items, "amount": amount})


def _extras(dice: np.random.Generator, visits: Visits) -> Happenings:
    """Checkouts for things beside the plan; whether they are finished is another matter."""
    some = np.flatnonzero(dice.random(len(visits.at)) < 0.024)
    item = pick(dice, {name: share for name, (share, _) in EXTRAS.items()}, len(some))
    price = np.array([EXTRAS[name][1] for name in item], dtype=np.float64)
    return Happenings(
        name="checkout_started",
        person=visits.person[some],
        at=visits.at[some] + dice.integers(5, 40, len(some)) * MINUTE_US,
        properties={"item": item, "amount": price * dice.integers(1, 4, len(some))},
    )


def _paid(dice: np.random.Generator, extras: Happenings) -> Happenings:
    done = extras.only(dice.random(len(extras)) >= LEFT_SHARE)
    wait = (dice.exponential(12, len(done)) + 2) * MINUTE_US
    return Happenings(
        name="order_paid",
        person=done.person,
        at=done.at + wait.astype(np.int64),
        properties=done.properties,
    )


def _renewals(
    dice: np.random.Generator,
    span: Span,
    owners: Days,
    subscriptions: Subscriptions,
) -> Happenings:
    paying = subscriptions.paying()
    paying[:, 1:] &= paying[:, :-1]  # the first day has its own invoice
    due = (np.arange(paying.shape[1]) + dice.integers(0, 30, (len(paying), 1))) % 30 == 0
    account, day = np.nonzero(paying & due)
    level = subscriptions.plan[account, day]
    seats = 1 + dice.geometric(0.12, len(paying))[account]
    at = span.instants(day) + dice.integers(60, 300, len(day)) * MINUTE_US
    return _order("order_paid", owners[account], at, "renewal", _price(level, seats))


def _joined(name: str, parts: list[Happenings]) -> Happenings:
    keys = parts[0].properties
    return Happenings(
        name=name,
        person=np.concatenate([part.person for part in parts]),
        at=np.concatenate([part.at for part in parts]),
        properties={key: np.concatenate([part.properties[key] for part in parts]) for key in keys},
    )
