"""Why one customer, or account, is in segments or not, for those who may see people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Subject
from catalogue.membership import explaining
from catalogue.membership.explaining import Explained
from catalogue.models import Account, ApiKey, Customer, Segment, Status
from catalogue.permissions import Actor, check_can_see_people, segments_with_people_for
from catalogue.published.merges import survivor_of
from catalogue.published.people import Purpose, withheld_of
from catalogue.segments.subjects import holding, subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerExplained:
    """Why a customer is in segments or not, as of `now`, on the data loaded up to `data_as_of`; of
    segments of accounts, why an account is (`subject`).

    `asked_id`: as asked for. `customer_id`: who is explained, after all merges; None when there is
    no such live one. `sentence` says which of these it is (unknown, deleted, merged), and is
    empty for a plain live customer. `segments`: by key, the explanation, or why the segment cannot
    be judged; empty without a customer."""

    asked_id: str
    customer_id: str | None
    sentence: str
    segments: Mapping[str, Explained | DefinitionError]
    now: datetime
    data_as_of: datetime | None = None
    subject: Subject = "customer"


UNKNOWN = (
    "There is no {subject} “{id}”. Write the id exactly as it was loaded, with its capital letters"
    " and zeros in front."
)
DELETED = "The {subject} “{id}” was deleted on {on:%Y-%m-%d}, so it is in no segment."
MERGED = (
    "“{id}” was merged into “{into}”, so this is about “{into}”: its own traits, and the events of"
    " both."
)
SUPPRESSED = (
    "The customer “{id}” is suppressed, and programs are not told of them. Whoever is signed in and"
    " may see people finds the reason on the customer's page."
)
MERGED_AND_DELETED = (
    "“{id}” was merged into “{into}”, which is deleted, so neither is in a segment any more."
)


def explain(
    key: str,
    customer_id: str,
    *,
    viewer: Actor,
    now: datetime,
    definition: Definition | None = None,
    labels: Labels | None = None,
) -> CustomerExplained:
    """Why a customer is in the segment `key` or not, judged anew at `now`; with `definition`, in
    what the segment would be with it. Of a segment of accounts, `customer_id` is that of an
    account. An archived segment has no explanation.

    Raises Segment.DoesNotExist for a key that the viewer knows of no segment, PermissionDenied when
    the viewer may not see its people, DefinitionError when it cannot be judged, NoDataYet before
    the first load, ScanFailed when the stored data cannot be read."""
    related = Segment.objects.visible_to(viewer).select_related("team", "definition")
    segment = related.get(key=key)
    check_can_see_people(viewer, segment)
    proposed = None if definition is None else {key: definition}
    subject = subject_of(segment.definition)
    if subject == "customer" and _is_kept_from(viewer, customer_id):
        return _silence(customer_id, now)
    explain_it = _of_account if subject == "account" else _explained
    found = explain_it([key], customer_id, now=now, proposed=proposed, labels=labels)
    outcome = found.segments.get(key)
    if isinstance(outcome, DefinitionError):
        raise outcome
    return found


def explain_each(
    customer_id: str,
    *,
    viewer: Actor,
    now: datetime,
    keys: Collection[str] | None = None,
    labels: Labels | None = None,
    subject: Subject = "customer",
) -> CustomerExplained:
    """The same for several segments of customers, or of accounts, at once (None: for all that are
    not archived), left to those whose people the viewer may see. Raises NoDataYet and
    ScanFailed."""
    seen = segments_with_people_for(viewer).exclude(status=Status.ARCHIVED).order_by("key")
    allowed = holding(subject, seen)
    some = allowed if keys is None else allowed.filter(key__in=keys)
    wanted = list(some.values_list("key", flat=True))
    explain_them = _of_account if subject == "account" else _explained
    return explain_them(wanted, customer_id, now=now, proposed=None, labels=labels)


def _explained(
    keys: Sequence[str],
    customer_id: str,
    *,
    now: datetime,
    proposed: Mapping[str, Definition] | None,
    labels: Labels | None,
) -> CustomerExplained:
    asked = Customer.objects.filter(external_id=customer_id).first()
    if asked is None or asked.deleted_at is not None:
        return _nobody(customer_id, asked, "customer", now)
    found = explaining.explain(
        keys=keys, ordinal=asked.ordinal, now=now, proposed=proposed, labels=labels
    )
    survivor = survivor_of(asked)
    return CustomerExplained(
        asked_id=customer_id,
        customer_id=None if found.ordinal is None else survivor.external_id,
        sentence=_merged(asked, survivor, is_live=found.ordinal is not None),
        segments=found.segments,
        now=now,
        data_as_of=found.data_as_of,
    )


def _of_account(
    keys: Sequence[str],
    account_id: str,
    *,
    now: datetime,
    proposed: Mapping[str, Definition] | None,
    labels: Labels | None,
) -> CustomerExplained:
    asked = Account.objects.filter(external_id=account_id).first()
    if asked is None or asked.deleted_at is not None:
        return _nobody(account_id, asked, "account", now)
    found = explaining.explain(
        keys=keys,
        ordinal=asked.ordinal,
        now=now,
        proposed=proposed,
        labels=labels,
        subject="account",
    )
    return CustomerExplained(
        asked_id=account_id,
        customer_id=None if found.ordinal is None else account_id,
        sentence="",
        segments=found.segments,
        now=now,
        data_as_of=found.data_as_of,
        subject="account",
    )


def _is_kept_from(viewer: Actor, customer_id: str) -> bool:
    """Whether the viewer is a program, and the customer somebody programs are not told of."""
    if not isinstance(viewer, ApiKey):
        return False
    asked = Customer.objects.filter(external_id=customer_id, deleted_at=None).first()
    return asked is not None and bool(
        withheld_of(BitMap([survivor_of(asked).ordinal]), Purpose.API)
    )


def _silence(customer_id: str, now: datetime) -> CustomerExplained:
    sentence = SUPPRESSED.format(id=customer_id)
    return CustomerExplained(
        asked_id=customer_id, customer_id=None, sentence=sentence, segments={}, now=now
    )


def _nobody(
    asked_id: str, asked: Customer | Account | None, subject: Subject, now: datetime
) -> CustomerExplained:
    message, on = (UNKNOWN, None) if asked is None else (DELETED, asked.deleted_at)
    sentence = message.format(subject=subject, id=asked_id, on=on)
    return CustomerExplained(
        asked_id=asked_id,
        customer_id=None,
        sentence=sentence,
        segments={},
        now=now,
        subject=subject,
    )


def _merged(asked: Customer, survivor: Customer, *, is_live: bool) -> str:
    if survivor == asked:
        return ""
    message = MERGED if is_live else MERGED_AND_DELETED
    return message.format(id=asked.external_id, into=survivor.external_id)
