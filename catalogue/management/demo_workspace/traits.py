"""What the business knows of its customers at an instant, as the files its systems export."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalogue.management.demo_workspace.accounts import Accounts
from catalogue.management.demo_workspace.activity import Happenings
from catalogue.management.demo_workspace.people import ADMIN, People
from catalogue.management.demo_workspace.span import DAY_US, Days, Instants, Span, blank
from catalogue.management.demo_workspace.subscriptions import (
    PLANS,
    STATUSES,
    TRIALING,
    Subscriptions,
)

Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """The whole invented business, before anything is delivered."""

    span: Span
    accounts: Accounts
    subscriptions: Subscriptions
    people: People
    happenings: list[Happenings]


def accounts_table(accounts: Accounts) -> pa.Table:
    """One row per account."""
    return pa.table(
        {
            "id": pa.array(accounts.id, pa.string()),
            "name": pa.array(accounts.name, pa.string()),
            "country": pa.array(accounts.country, pa.string()),
            "industry": pa.array(accounts.industry, pa.string()),
            "company_size": pa.array(accounts.company_size, pa.string()),
        }
    )


def profiles_table(business: Business, who: Days) -> pa.Table:
    """What the sign-up form tells: traits that stay."""
    people, accounts = business.people, business.accounts
    account = people.account[who]
    gaps = business.span.dice(8).random((2, len(people)))[:, who]
    return pa.table(
        {
            "id": pa.array(people.id[who], pa.string()),
            "account": pa.array(accounts.id[account], pa.string()),
            "name": pa.array(people.name[who], pa.string()),
            "email": pa.array(people.email[who], pa.string()),
            "phone": pa.array(people.phone[who], pa.string()),
            "country": pa.array(accounts.country[account], pa.string()),
            "language": pa.array(people.language[who], pa.string()),
            "industry": _text(accounts.industry[account], gaps[0] < 0.11),
            "company_size": _text(accounts.company_size[account], gaps[1] < 0.14),
            "job_function": pa.array(people.function[who], pa.string()),
            "acquired_by": pa.array(people.source[who], pa.string()),
            "device": pa.array(people.device[who], pa.string()),
            "integrations": pa.array(list(people.integrations[who]), pa.list_(pa.string())),
            "marketing_consent": pa.array(people.consent[who], pa.bool_()),
            "signed_up_at": _times(people.joined[who]),
        }
    )


def _text(values: Objects, gaps: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(blank(values, gaps), pa.string())


def _times(instants: Instants) -> pa.Array:
    return pa.array(instants, pa.timestamp("us", tz="UTC"), mask=instants == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What changes with time, one entry per person, at one instant. "" and 0 are not here yet."""

    here: npt.NDArray[np.bool_]
    role: Objects
    plan: Objects
    status: Objects
    trial_ends: Instants
    seats: Days
    seat_usage: Days  # percent


def standing(business: Business, instant: int) -> Standing:
    """Everybody's role, plan and seats at an instant (microseconds)."""
    span, people, subscriptions = business.span, business.people, business.subscriptions
    day = int(np.clip((instant - span.first_us) // DAY_US, 0, span.today))
    here = people.joined <= instant
    seats, usage = _seats(business, here, subscriptions.status[:, day])
    promoted = (people.promoted > 0) & (people.promoted <= instant)
    return Standing(
        here=here,
        role=np.where(promoted, ADMIN, people.role),
        plan=PLANS[subscriptions.plan[:, day]][people.account],
        status=STATUSES[subscriptions.status[:, day]][people.account],
        trial_ends=subscriptions.trial_ends[people.account],
        seats=seats[people.account],
        seat_usage=usage[people.account],
    )


def _seats(
    business: Business, here: npt.NDArray[np.bool_], status: npt.NDArray[np.int8]
) -> tuple[Days, Days]:
    """Every third team has no seat to spare, the others have air for the next colleagues."""
    count = len(business.accounts)
    used = np.bincount(business.people.account[here], minlength=count)
    air = 1.0 + 0.9 * np.maximum(business.span.dice(9).random(count) - 0.33, 0)
    wanted = np.ceil(used * np.where(status == TRIALING, 2.0, air))
    seats = np.maximum(wanted.astype(np.int64), 3)
    return seats, used * 100 // seats


def standing_table(business: Business, at: Standing, who: Days) -> pa.Table:
    """What billing and the product export each week about those in `who`."""
    return pa.table(
        {
            "id": pa.array(business.people.id[who], pa.string()),
            "role": pa.array(at.role[who], pa.string()),
            "plan": pa.array(at.plan[who], pa.string()),
            "subscription_status": pa.array(at.status[who], pa.string()),
            "trial_ends_at": _times(at.trial_ends[who]),
            "seats": pa.array(at.seats[who]),
            "seat_usage": pa.array(at.seat_usage[who]),
        }
    )


def changed(before: Standing, after: Standing) -> Days:
    """Indexes of the people who are here and whose standing is not what it was."""
    differs = ~before.here
    for name in ("role", "plan", "status", "seats", "seat_usage"):
        differs = differs | (getattr(before, name) != getattr(after, name))
    return np.flatnonzero(after.here & differs)


def survey_table(business: Business, since: int, until: int) -> pa.Table:
    """Answers to the welcome survey given in (since, until], and to the yearly one after it."""
    people, dice = business.people, business.span.dice(10)
    mood = _mood(dice, business)
    later = _mood(dice, business)
    asked_again = people.surveyed + (dice.random(len(people)) * 160 * DAY_US).astype(np.int64)
    first = (people.surveyed > since) & (people.surveyed <= until)
    again = (people.surveyed > 0) & (asked_again > since) & (asked_again <= until)
    who = np.flatnonzero(first | again)
    score = np.where(again, later, mood)[who]
    return pa.table(
        {
            "id": pa.array(people.id[who], pa.string()),
            "survey_motive": pa.array(people.motive[who], pa.string()),
            "survey_worry": pa.array(people.worry[who], pa.string()),
            "survey_support_satisfaction": pa.array(score, pa.int64()),
            "survey_nps": pa.array(np.clip(score * 2 + 1 - (who % 3), 0, 10), pa.int64()),
        }
    )


def _mood(dice: np.random.Generator, business: Business) -> Days:
    """Support satisfaction from 1 to 5; who worries about complexity is harder to please."""
    worried = business.people.worry == "too complex"
    usual = dice.choice([1, 2, 3, 4, 5], len(worried), p=[0.06, 0.11, 0.23, 0.36, 0.24])
    low = dice.choice([1, 2, 3, 4, 5], len(worried), p=[0.18, 0.26, 0.25, 0.21, 0.10])
    return np.where(worried, low, usual)
