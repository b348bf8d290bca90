"""A demo workspace that was cut short is finished, and one with customers is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from itertools import islice

import pytest
from django.core.management import call_command

from catalogue.management.demo_workspace.build import build
from catalogue.management.demo_workspace.exports import exports, invent
from catalogue.management.demo_workspace.loading import begun_at, load_exports
from catalogue.management.demo_workspace.span import Span
from catalogue.models import Customer, EventEntry, Load, MembershipVersion, Segment, User

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SMALL = Span(now=NOW, customers=900, accounts=300, days=28)
pytestmark = pytest.mark.django_db(transaction=True)


def silent(_sentence: str) -> None:
    return None


def state() -> dict[str, object]:
    """What the demo made, without when it was made."""
    versions = MembershipVersion.objects.order_by("segment__key", "number")
    return {
        "loads": list(Load.objects.order_by("pk").values_list("file_name", "rows_loaded")),
        "events": dict(EventEntry.objects.values_list("name", "event_count")),
        "versions": list(versions.values_list("segment__key", "number", "sha256")),
    }


@pytest.mark.long
def test_a_workspace_that_was_cut_short_is_finished_at_its_own_instant() -> None:
    load_exports(islice(exports(invent(SMALL)), 9), now=NOW)
    assert begun_at() == NOW
    build(SMALL, silent)
    finished = state()
    files = list(exports(invent(SMALL)))
    loaded = [name for name, _ in finished["loads"]]
    assert len([name for name in loaded if name.startswith("Fieldnote as of ")]) == len(files)
    assert len(set(loaded)) == len(loaded)
    build(SMALL, silent)
    assert state() == finished


def test_a_workspace_with_other_customers_is_left_alone() -> None:
    Customer.objects.create(ordinal=0, external_id="c1")
    out = StringIO()
    call_command("demo_workspace", stdout=out)
    assert "There are customers already" in out.getvalue()
    assert Customer.objects.count() == 1
    assert not Segment.objects.exists()
    assert not User.objects.exists()
