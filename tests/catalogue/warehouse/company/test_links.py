"""Which engine a company's warehouse is on."""

from __future__ import annotations

import sys

import pytest

from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.company.links import connect
from catalogue.warehouse.company.mapping import Mapping


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    # None there is what Python itself keeps of a module that cannot be imported.
    for name in ("catalogue.warehouse.company.spark", "pyspark"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(WarehouseError, match=r"-r requirements/spark\.txt; it needs Java 17"):
        connect("spark://127.0.0.1:9/shop", Mapping())
