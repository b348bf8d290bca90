"""People who told a tool that they want no messages: we hold to it in every tool."""

from __future__ import annotations

from datetime import datetime

from pyroaring import BitMap

from catalogue import published
from catalogue.models import SuppressionSource, Via
from catalogue.privacy.suppressing import Entry, suppress_all
from integrations.models import Audience, Destination, Rejection
from integrations.sync.plan import slices

TOGETHER = 500


def note_opt_outs(destination: Destination, members: BitMap, *, now: datetime) -> None:
    """Suppress these people for what the destination works for; for everything where it does not
    say. Who is suppressed already stays as they are."""
    reason = f"Opted out in {destination.key}."
    for some in slices(members, TOGETHER):
        entries = [
            Entry(customer_id=customer_id, purpose=destination.purpose, reason=reason)
            for _, customer_id in published.already_sent(some)
        ]
        suppress_all(
            entries=entries, source=SuppressionSource.TOOL, now=now, by=None, via=Via.SYSTEM
        )


def note_refused_opt_outs(audience: Audience, *, now: datetime) -> None:
    """The same of those whom the tool refused because they opted out. It is written with the
    refusal who they are, so what a killed worker did not come to is done by the next sync."""
    refused = Rejection.objects.filter(audience=audience, opted_out=True)
    members = BitMap(refused.values_list("ordinal", flat=True))
    note_opt_outs(audience.destination, members, now=now)
