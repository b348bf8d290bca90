"""Why one customer or account is in segments or not, over what is stored. Reads, and writes
nothing.

By ordinal: whose it is, and who may know, is for `catalogue.published` to say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
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
from catalogue.engine.standings import RankReason as RankReason
from catalogue.engine.standings import SampleReason as SampleReason
from catalogue.membership.estimating import newest_photo
from catalogue.membership.gathering import gather
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.opened import borrowed

# Of large tables it reads the few rows of one customer.
UNLIMITED = 10**18


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

    Raises NoDataYet before the first load and ScanFailed when the stored data cannot be read."""
    photo = newest_photo()
    with borrowed(photo, replace(estimate_budget(), rows=UNLIMITED)) as tables:
        survivor = tables.survivors.get(ordinal, ordinal) if subject == "customer" else ordinal
        is_live = survivor in (tables.accounts if subject == "account" else tables.customers)
        found: dict[str, Explained | DefinitionError] = {}
        if is_live and keys:
            gathered = gather(keys, proposed=proposed)
            wanted = [key for key in keys if key in gathered.inputs]
            found = engine.explain(
                gathered.inputs,
                survivor,
                tables,
                now=now,
                keys=wanted,
                labels=labels,
                subject=subject,
            )
            found |= {key: gathered.refused[key] for key in keys if key in gathered.refused}
    return Explanation(
        ordinal=survivor if is_live else None,
        segments=found,
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
    )
