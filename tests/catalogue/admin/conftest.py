"""The furnished workspace, built once for each file that asks for it: each test runs in a savepoint
of the transaction that built it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.catalogue.admin.ground import furnish
from tests.rights.ground import Ground


@pytest.fixture(scope="module")
def ground(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ground]:
    """A row of every model, and everybody who may ask."""
    folder = tmp_path_factory.mktemp("admin")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DATA_DIR=folder, LAKE_DIR=folder / "lake"):
            furnished = furnish()
        yield furnished
        transaction.set_rollback(True)
