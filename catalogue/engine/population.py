"""Who is judged, customers and accounts, and the way from the ones to the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from catalogue.definitions.nodes import HowMany, Subject
from catalogue.warehouse.current import Accounts
from catalogue.warehouse.tables import Tables

Counts = npt.NDArray[np.int64]
NOBODY = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, kw_only=True)
class Population:
    """The live customers and accounts of a photo, as ordinals. `account_of`: by the ordinal of a
    customer that of its account, or NO_ACCOUNT; nobody's unless it was asked for."""

    customers: BitMap
    accounts: BitMap = field(default_factory=BitMap)
    account_of: Accounts = field(default_factory=lambda: NOBODY)

    @classmethod
    def of_tables(cls, tables: Tables, account_of: Accounts | None) -> Population:
        """Everybody in a photo."""
        found = NOBODY if account_of is None else account_of
        return cls(customers=tables.customers, accounts=tables.accounts, account_of=found)

    def of(self, subject: Subject) -> BitMap:
        """All customers, or all accounts."""
        return self.accounts if subject == "account" else self.customers

    def customers_of(self, accounts: BitMap) -> BitMap:
        """The customers of these accounts."""
        chosen = np.zeros(self._size + 1, dtype=bool)
        chosen[accounts.to_array()] = True
        # NO_ACCOUNT is the last place, which no account has.
        return BitMap(np.flatnonzero(chosen[self.account_of]).astype(np.uint32).data)

    def accounts_where(self, how: HowMany, customers: BitMap) -> BitMap:
        """The accounts of which any, all or none of the customers are among these."""
        found = self._counted(self.account_of[customers.to_array()])
        fits = found == self._staff if how == "all" else (found > 0) == (how == "any")
        return BitMap(np.flatnonzero(fits).astype(np.uint32).data) & self.accounts

    @property
    def _size(self) -> int:
        return self.accounts.max() + 1 if self.accounts else 0

    @cached_property
    def _staff(self) -> Counts:
        """By the ordinal of an account, how many customers it has."""
        return self._counted(self.account_of)

    def _counted(self, accounts: Accounts) -> Counts:
        return np.bincount(accounts + 1, minlength=self._size + 1)[1:]
