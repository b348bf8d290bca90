"""Faults to plant in what the engine does about accounts."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from pyroaring import BitMap

from catalogue.definitions.nodes import HowMany
from catalogue.engine import plan, scans
from catalogue.engine.population import Population
from catalogue.warehouse import current
from catalogue.warehouse.current import Accounts
from catalogue.warehouse.memory import MemoryTables

Patch = pytest.MonkeyPatch


def no_account_fits_too(patch: Patch) -> None:
    right = Population.customers_of

    def wrong(self: Population, accounts: BitMap) -> BitMap:
        without = np.flatnonzero(self.account_of == current.NO_ACCOUNT)
        return right(self, accounts) | (BitMap(without.astype(np.uint32).data) & self.customers)

    patch.setattr(Population, "customers_of", wrong)


def all_taken_for_any(patch: Patch) -> None:
    right = Population.accounts_where

    def wrong(self: Population, how: HowMany, customers: BitMap) -> BitMap:
        return right(self, "any" if how == "all" else how, customers)

    patch.setattr(Population, "accounts_where", wrong)


def accounts_without_customers_forgotten(patch: Patch) -> None:
    right = Population.accounts_where

    def wrong(self: Population, how: HowMany, customers: BitMap) -> BitMap:
        return right(self, how, customers) & right(self, "any", self.customers)

    patch.setattr(Population, "accounts_where", wrong)


def the_deleted_counted_in_their_account(patch: Patch) -> None:
    def wrong(tables: MemoryTables, *, now: datetime) -> Accounts:
        return current._accounts_among(BitMap(range(len(tables.ordinals))), tables, now)

    patch.setattr(scans, "accounts_of", wrong)


def account_of_the_merged_passed_on(patch: Patch) -> None:
    def wrong(tables: MemoryTables, *, now: datetime) -> Accounts:
        everybody = BitMap(range(len(tables.ordinals)))
        whole = current._accounts_among(everybody, tables, now)
        found = current.accounts_of(tables, now=now)
        for merged, survivor in tables.survivors.items():
            if survivor in tables.customers and merged < len(whole) and whole[merged] >= 0:
                found[survivor] = whole[merged]
        return found

    patch.setattr(scans, "accounts_of", wrong)


def own_trait_taken_for_that_of_the_account(patch: Patch) -> None:
    patch.setattr(plan, "trait_subject", lambda node, about: about)


def references_between_subjects_allowed(patch: Patch) -> None:
    right = plan._members

    def wrong(node: object, known: plan.Known, pointer: str, about: object) -> object:
        return right(node, dict.fromkeys(known, about), pointer, about)

    patch.setattr(plan, "_members", wrong)


ACCOUNT_FAULTS = [
    no_account_fits_too,
    all_taken_for_any,
    accounts_without_customers_forgotten,
    the_deleted_counted_in_their_account,
    account_of_the_merged_passed_on,
    own_trait_taken_for_that_of_the_account,
    references_between_subjects_allowed,
]
