"""Photos that were opened before."""

from __future__ import annotations

import pyarrow as pa
import pytest

from catalogue.models import Photo
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.opened import MOST, borrowed
from tests.catalogue.workspace import NOW, load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def test_tables_are_given_out_again_to_one_at_a_time() -> None:
    photo = Photo.objects.latest("pk")
    with borrowed(photo, estimate_budget()) as first, borrowed(photo, estimate_budget()) as second:
        assert first is not second
    opened = {id(first), id(second)}
    with (
        borrowed(photo, estimate_budget()) as third,
        borrowed(photo, estimate_budget()) as fourth,
        borrowed(photo, estimate_budget()) as fifth,
    ):
        assert {id(third), id(fourth)} == opened
        assert id(fifth) not in opened
    assert MOST == 2


def test_what_went_wrong_is_not_given_out_again() -> None:
    photo = Photo.objects.latest("pk")
    with pytest.raises(ValueError, match="x"), borrowed(photo, estimate_budget()) as first:
        raise ValueError("x")
    with borrowed(photo, estimate_budget()) as second:
        assert second is not first


def test_a_newer_photo_is_opened_anew() -> None:
    with borrowed(Photo.objects.latest("pk"), estimate_budget()) as first:
        assert len(first.customers) == 5
    load_customers(pa.table({"id": ["fay"]}), as_of=NOW)
    with borrowed(Photo.objects.latest("pk"), estimate_budget()) as second:
        assert len(second.customers) == 6
