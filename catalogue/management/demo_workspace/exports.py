"""The files that Fieldnote's systems export. Nothing here touches the workspace.

Sign-up and billing export once a week, the product and the survey tool every four weeks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from catalogue.management.demo_workspace.accounts import found_accounts
from catalogue.management.demo_workspace.activity import use_product, visit
from catalogue.management.demo_workspace.deliveries import deliver
from catalogue.management.demo_workspace.people import hire_people
from catalogue.management.demo_workspace.purchases import trade
from catalogue.management.demo_workspace.span import DAY_US, Span
from catalogue.management.demo_workspace.subscriptions import live_through
from catalogue.management.demo_workspace.traits import (
    Business,
    accounts_table,
    changed,
    profiles_table,
    standing,
    standing_table,
    survey_table,
)

WEEKS = 12
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One file. `kind` is accounts, customers or events; `event` names the events in it; `at` is
    when it was exported: nothing in it is later."""

    name: str
    kind: str
    at: datetime
    table: pa.Table
    event: str = ""


def invent(span: Span) -> Business:
    """The whole business, in memory: the same for the same span."""
    accounts = found_accounts(span)
    subscriptions = live_through(span, accounts)
    people = hire_people(span, accounts)
    visits = visit(span, people, subscriptions)
    used = use_product(span, people, visits)
    return Business(
        span=span,
        accounts=accounts,
        subscriptions=subscriptions,
        people=people,
        happenings=used + trade(span, people, visits, subscriptions),
    )


def week_ends(span: Span) -> list[int]:
    """The instants, in microseconds, at which a week of the demo ends; the last is now."""
    weeks = min(WEEKS, span.days // 7 - 1)
    return [span.now_us - back * 7 * DAY_US for back in range(weeks - 1, -1, -1)]


def exports(business: Business) -> Iterator[Export]:
    """Every file, in the order of its export."""
    first, ends = business.span.first_us, week_ends(business.span)
    first_at = _instant(first)
    accounts = accounts_table(business.accounts)
    yield Export(name="accounts", kind="accounts", at=first_at, table=accounts)
    files = [
        *_weekly(business, [first, *ends]),
        *_surveys(business, [first, *_every_fourth(ends)]),
        *_events(business, [first, *_every_fourth(ends)]),
    ]
    # Sorting is stable: of one instant, sign-ups come before what refers to them.
    yield from sorted((file for file in files if len(file.table)), key=lambda file: file.at)


def _every_fourth(ends: list[int]) -> list[int]:
    return ends[::-4][::-1]


def _weekly(business: Business, ends: list[int]) -> Iterator[Export]:
    before = standing(business, ends[0] - 1000 * 365 * DAY_US)
    for end in ends:
        after = standing(business, end)
        day = f"{_instant(end):%Y-%m-%d}"
        new = np.flatnonzero(after.here & ~before.here)
        tables = {
            "sign-ups": profiles_table(business, new),
            "billing": standing_table(business, after, changed(before, after)),
        }
        for what, table in tables.items():
            yield Export(name=f"{what} {day}", kind="customers", at=_instant(end), table=table)
        before = after


def _surveys(business: Business, ends: list[int]) -> Iterator[Export]:
    for since, end in zip([0, *ends[:-1]], ends, strict=True):
        yield Export(
            name=f"survey {_instant(end):%Y-%m-%d}",
            kind="customers",
            at=_instant(end),
            table=survey_table(business, since, end),
        )


def _events(business: Business, ends: list[int]) -> Iterator[Export]:
    for delivery in deliver(business.span, business.people, business.happenings, ends):
        at = _instant(delivery.until)
        for event, table in delivery.tables.items():
            name = f"{event} {at:%Y-%m-%d}"
            yield Export(name=name, kind="events", at=at, table=table, event=event)


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
