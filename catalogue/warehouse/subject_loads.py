"""Loading customers or accounts: a row per subject, a column per trait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.fingerprints import ADDRESS
from catalogue.models import Load
from catalogue.warehouse import dictionary
from catalogue.warehouse.changes import Changed, Said, changes, confirmation, confirmations_of
from catalogue.warehouse.columns import read_ids, refuse_repeats
from catalogue.warehouse.importers import Sheet
from catalogue.warehouse.kinds import naive_utc
from catalogue.warehouse.layout import CUSTOMER_ACCOUNTS, confirmed_key, trait_key
from catalogue.warehouse.loads import How, check, leave_out_deleted, new_load
from catalogue.warehouse.ordinals import Roll
from catalogue.warehouse.refusals import Refusals
from catalogue.warehouse.shares import null_shares
from catalogue.warehouse.suppressed import suppress_addresses
from catalogue.warehouse.writer import Writer, writing

Values = Mapping[str, pa.Array]
ACCOUNT = ""  # stands among the names of traits for a customer's account; no trait has this name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The columns of a sheet of customers or accounts."""

    subject: str
    sheet: Sheet
    id_column: str
    ids: pa.Array
    accounts: pa.Array | None
    traits: Mapping[str, Values]
    refusals: Refusals

    def good(self) -> Rows:
        """Without the refused rows."""
        mask = pa.array(~self.refusals.bad)
        traits = {name: filtered(values, mask) for name, values in self.traits.items()}
        accounts = None if self.accounts is None else self.accounts.filter(mask)
        return Rows(
            subject=self.subject,
            sheet=self.sheet,
            id_column=self.id_column,
            ids=self.ids.filter(mask),
            accounts=accounts,
            traits=traits,
            refusals=self.refusals,
        )


def filtered(values: Values, mask: pa.Array) -> Values:
    """The values of the marked rows."""
    return {kind: array.filter(mask) for kind, array in values.items()}


def read_rows(subject: str, sheet: Sheet, id_column: str, account: str | None) -> Rows:
    """The columns, with what can be refused without knowing the workspace."""
    refusals = Refusals(sheet.rows, sheet.unreadable)
    ids = read_ids(sheet, id_column, "--id", refusals)
    refuse_repeats(ids, id_column, sheet.rows, refusals)
    names = [n for n in sheet.table.column_names if n not in (id_column, account)]
    accounts = read_ids(sheet, account, "--account", refusals, optional=True) if account else None
    return Rows(
        subject=subject,
        sheet=sheet,
        id_column=id_column,
        ids=ids,
        accounts=accounts,
        traits={name: sheet.values(name) for name in names},
        refusals=refusals,
    )


def load_rows(rows: Rows, as_of: datetime, how: How) -> Load:
    """Write the rows and publish a photo."""
    with writing(wait=how.wait) as writer:
        roll = Roll(rows.subject)
        known = roll.known(rows.ids)
        leave_out_deleted(rows.ids, known.deleted, rows.id_column, rows.refusals)
        check(rows.sheet, rows.refusals, how)
        rows = rows.good()
        telling = _Telling(
            writer=writer,
            subject=rows.subject,
            ordinals=roll.ordinals(rows.ids, known),
            at=naive_utc(as_of),
        )
        rolls = (roll, *telling.accounts(rows.accounts))
        for name, values in how_far(rows, how):
            telling.changed[name] = telling.tell(trait_key(rows.subject, name), name, values)
        telling.confirm()
        load = new_load(f"{rows.subject}s", rows.sheet, rows.refusals, as_of=as_of)
        load.customers_created = len(roll.new) if rows.subject == "customer" else 0
        types = {name: dictionary.type_of(values) for name, values in rows.traits.items()}
        shares = null_shares(writer, rolls, rows.subject, telling.changed)
        new_accounts = null_shares(writer, rolls[1:], "account", {})

        def record() -> None:
            dictionary.record_traits(rows.subject, types, shares)
            dictionary.record_traits("account", {}, new_accounts)
            if rows.subject == "customer" and ADDRESS in telling.changed:
                suppress_addresses(telling.changed[ADDRESS].rows)

        writer.publish(load, rolls, record)
        return load


def how_far(rows: Rows, how: How) -> Iterator[tuple[str, Values]]:
    """The traits, telling the progress as if all rows had been done little by little."""
    total, size = len(rows.sheet.rows), max(len(rows.traits), 1)
    for done, (name, values) in enumerate(rows.traits.items()):
        yield name, values
        how.on_rows(total * (done + 1) // size - total * done // size)


@dataclass(kw_only=True)
class _Telling:
    """What one load tells the lake of its ordinals."""

    writer: Writer
    subject: str
    ordinals: np.ndarray
    at: datetime
    confirmed: dict[str, BitMap] = field(default_factory=dict)
    changed: dict[str, Changed] = field(default_factory=dict)  # of the traits

    def __post_init__(self) -> None:
        key = confirmed_key(self.subject)
        self.confirmations = confirmations_of(self.writer, key, self.at)

    def tell(self, key: str, name: str, values: Values) -> Changed:
        """Write what really changes of one trait; keep in mind what was only confirmed."""
        said = Said(
            key=key,
            name=name,
            ordinals=self.ordinals,
            values=values,
            at=self.at,
            sequence=self.writer.fence,
        )
        changed = changes(said, self.writer, self.confirmations)
        self.confirmed[name] = changed.confirmed
        self.writer.append(key, changed.rows, name=name)
        return changed

    def accounts(self, ids: pa.Array | None) -> tuple[Roll, ...]:
        """Say whose account is which; an unknown account is created, an empty cell is none."""
        if ids is None:
            return ()
        roll = Roll("account")
        present = pc.drop_null(ids)
        numbers = np.zeros(len(ids), dtype=np.int32)
        numbers[ids.is_valid().to_numpy(zero_copy_only=False)] = roll.ordinals(
            present, roll.known(present)
        )
        column = pa.array(numbers, mask=ids.is_null().to_numpy(zero_copy_only=False))
        self.tell(CUSTOMER_ACCOUNTS, ACCOUNT, {"account": column})
        return (roll,)

    def confirm(self) -> None:
        """Write who was confirmed."""
        rows = confirmation(self.confirmed, self.at, self.writer.fence)
        self.writer.append(confirmed_key(self.subject), rows, name="confirmed")
