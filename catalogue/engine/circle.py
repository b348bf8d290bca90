"""Who is explained, and whoever decides about them: their account, and the customers of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.one_customer import Few, OneCustomer
from catalogue.engine.plan import Among, Formula, Plan, parts_of
from catalogue.warehouse import current
from catalogue.warehouse.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Somebody in a photo. `ordinal`: of the customer or account explained; `account`: that of the
    customer, None without one and where nothing asks for it. `alone`: the photo as if there were
    only them. `everybody`: the same with the account's customers, where conditions ask for them."""

    subject: Subject
    ordinal: int
    account: int | None
    alone: Few
    everybody: Few

    @property
    def is_wide(self) -> bool:
        """Whether there are others beside the one explained."""
        return self.everybody is not self.alone

    @property
    def customers(self) -> BitMap:
        """The live customers among whom conditions on an account's customers are counted."""
        return self.everybody.customers


def circle_of(
    tables: Tables, ordinal: int, subject: Subject, planned: Plan, *, now: datetime
) -> Circle:
    """The circle of a customer or account, as far as the plan looks at it."""
    account = ordinal if subject == "account" else _account(tables, ordinal, planned, now)
    accounts = BitMap() if account is None else BitMap([account])
    me = BitMap([ordinal]) if subject == "customer" else BitMap()
    alone = everybody = Few(tables, me, accounts)
    if account is not None and any(_asks_customers(planned)):
        everybody = Few(tables, current.customers_of(tables, account, now=now), accounts)
    return Circle(
        subject=subject, ordinal=ordinal, account=account, alone=alone, everybody=everybody
    )


def _account(tables: Tables, ordinal: int, planned: Plan, now: datetime) -> int | None:
    if Belonging() not in planned.conditions:
        return None
    found = current.accounts_of(OneCustomer(tables, ordinal), now=now)
    return None if found[ordinal] == current.NO_ACCOUNT else int(found[ordinal])


def _asks_customers(planned: Plan) -> Iterator[bool]:
    waiting = [planned.formulas[key] for key in planned.order]
    while waiting:
        formula: Formula | None = waiting.pop()
        yield isinstance(formula, Among)
        waiting += parts_of(formula)
