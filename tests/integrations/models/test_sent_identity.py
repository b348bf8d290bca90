"""What people were sent as is written by the thousand, and written over where it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.models import SentIdentity
from tests.integrations.ground import audience_of, destination, live_segment

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def rows(audience_id: int, names: dict[int, str]) -> list[dict[str, object]]:
    return [
        {"audience_id": audience_id, "ordinal": ordinal, "identity": name}
        for ordinal, name in names.items()
    ]


def test_a_new_address_is_written_over_the_old_one_and_the_row_stays(tmp_path: Path) -> None:
    destination("crm", "files", {"directory": tmp_path})
    live_segment("risk", to="crm")
    audience_id = audience_of("risk").pk
    key = ("audience_id", "ordinal")
    SentIdentity.objects.insert(rows(audience_id, {1: "a@x.org", 2: "'b' %s"}), known_by=key)
    before = dict(SentIdentity.objects.values_list("ordinal", "pk"))

    SentIdentity.objects.insert(rows(audience_id, {1: "new@x.org", 3: "c"}), known_by=key)

    found = {row.ordinal: row for row in SentIdentity.objects.all()}
    names = {ordinal: row.identity for ordinal, row in found.items()}
    assert names == {1: "new@x.org", 2: "'b' %s", 3: "c"}
    assert {ordinal: found[ordinal].pk for ordinal in before} == before
    SentIdentity.objects.insert([], known_by=key)
    assert SentIdentity.objects.count() == 3
