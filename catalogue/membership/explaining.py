"""Why one customer or account is in segments or not, over what is stored. Reads, and writes
nothing.

By ordinal: whose it is, and who may know, is for `catalogue.published` to say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import Definition, Subject
from catalogue.engine import explain as engine
from catalogue.engine.account_evidence import MembersReason as MembersReason
from catalogue.engine.account_evidence import NoAccountReason as NoAccountReason
from catalogue.engine.evidence import EventsReason as EventsReason
from catalogue.engine.evidence import HeldReason as HeldReason
from catalogue.engine.evidence import SegmentReason as SegmentReason
from catalogue.engine.evidence import TraitReason as TraitReason
from catalogue.engine.explain import Explained as Explained
from catalogue.engine.explain import NodeExplained as NodeExplained
from catalogue.engine.inputs import Stopped
from catalogue.engine.standings import RankReason as RankReason
from catalogue.engine.standings import SampleReason as SampleReason
from catalogue.membership.estimating import newest_photo
from catalogue.membership.gathering import gather
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.opened import borrowed

# Of large tables it reads the few rows of one customer.
UNLIMITED = 10**18
TOO_LONG = (
    "explaining it took longer than the {seconds:g} seconds an estimate may take; explain fewer"
    " segments at once, narrow the windows of its definition, or raise ESTIMATE_SECONDS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One customer or account as of `now`, on the data loaded up to `data_as_of` (photo `photo`).

    `ordinal`: who is explained, of customers the last survivor when the one asked for was merged
    away; None when nobody is live, and then `segments` is empty. `segments`: by key, the
    explanation, or why the segment cannot be judged. Keys of archived segments and of none are left
    out."""

    ordinal: int | None
    segments: Mapping[str, Explained | DefinitionError]
    now: datetime
    photo: int
    data_as_of: datetime


def explain(
    *,
    keys: Collection[str],
    ordinal: int,
    now: datetime,
    proposed: Mapping[str, Definition] | None = None,
    labels: Labels | None = None,
    subject: Subject = "customer",
) -> Explanation:
    """Explain a customer, or an account, in the segments `keys`, which hold such, all at one `now`
    on the newest data. A definition in `proposed` is taken in the place of the stored one.

    It takes no longer than an estimate may: a segment that was not explained by then is
    `too_expensive`. Raises NoDataYet before the first load and ScanFailed when the stored data
    cannot be read."""
    photo, budget = newest_photo(), estimate_budget()
    deadline = Deadline(budget.seconds)
    with borrowed(photo, replace(budget, rows=UNLIMITED)) as tables:
        survivor = tables.survivors.get(ordinal, ordinal) if subject == "customer" else ordinal
        is_live = survivor in (tables.accounts if subject == "account" else tables.customers)
        found: dict[str, Explained | DefinitionError] = {}
        if is_live and keys:
            gathered = gather(keys, proposed=proposed)
            wanted = [key for key in keys if key in gathered.inputs]
            try:
                with deadline.held(tables.connection):
                    found = engine.explain(
                        gathered.inputs,
                        survivor,
                        tables,
                        now=now,
                        keys=wanted,
                        labels=labels,
                        subject=subject,
                        should_stop=deadline.has_passed,
                    )
            except Stopped:
                found = dict.fromkeys(wanted, _too_long(budget.seconds))
            found |= {key: gathered.refused[key] for key in keys if key in gathered.refused}
    return Explanation(
        ordinal=survivor if is_live else None,
        segments=found,
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
    )


def _too_long(seconds: float) -> DefinitionError:
    return refuse(Code.TOO_EXPENSIVE, TOO_LONG.format(seconds=seconds))
