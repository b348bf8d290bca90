"""Describing the dictionary: what a trait tells of somebody."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.models import TraitEntry
from catalogue.segments.describing import describe
from catalogue.warehouse.dictionary_edits import DictionaryError
from tests.catalogue.workspace import load_workspace

pytestmark = [pytest.mark.django_db]


def test_what_a_trait_tells_is_said_and_kept_while_other_things_are_described() -> None:
    load_workspace()
    plan = TraitEntry.objects.get(name="plan")
    said: dict[str, Any] = {
        "label": "Plan",
        "description": "",
        "type_": None,
        "by": None,
        "via": "web",
    }
    describe(entry=plan, **said, kind="plan_status")
    describe(entry=plan, **{**said, "label": "Tariff"})
    plan.refresh_from_db()
    assert (plan.kind, plan.label) == ("plan_status", "Tariff")
    with pytest.raises(DictionaryError, match="of the kind “colour”"):
        describe(entry=plan, **said, kind="colour")
