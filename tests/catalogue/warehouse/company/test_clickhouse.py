"""Segments over a company's own tables on ClickHouse: its HTTP interface on a real socket, and
behind it the embedded engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from django.core.management import CommandError, call_command

from catalogue.models import RefreshRun
from tests.catalogue.warehouse.company.shop import (
    DEFINITIONS,
    MEMBERS,
    NOW,
    load_into_the_lake,
    write_shop,
)
from tests.catalogue.workspace import define, ids, refresh
from tests.fakes.fake_clickhouse import fake_clickhouse

pytestmark = [pytest.mark.clickhouse, pytest.mark.django_db(transaction=True)]
TABLE = "CREATE TABLE {name} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM file('{file}')"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("shop") / "shop"
    write_shop(folder)
    files = folder.glob("*/part.parquet")
    tables = [TABLE.format(name=file.parent.name, file=file) for file in files]
    with fake_clickhouse(*tables) as address:
        yield address


def test_a_refresh_publishes_the_same_members_as_the_lake(shop: str, settings: Any) -> None:
    for key, where in DEFINITIONS.items():
        define(key, where)
    settings.WAREHOUSE_URL = shop
    refresh(now=NOW)
    found = {key: ids(key) for key in DEFINITIONS}
    assert {key: found[key] for key in MEMBERS} == MEMBERS
    settings.WAREHOUSE_URL = ""
    load_into_the_lake()
    refresh(now=NOW)
    assert {key: ids(key) for key in DEFINITIONS} == found


# One engine of this kind is in a process at most, so tests put what they need beside the shop.
USERS = """CREATE TABLE parts.users
    (id String, plan SimpleAggregateFunction(anyLast, Nullable(String)))
    ENGINE = AggregatingMergeTree ORDER BY id"""
LOGINS = """CREATE VIEW parts.login AS
    SELECT 'ada' AS user_id, toDateTime('2026-03-01 00:00:00') AS timestamp
    FROM numbers(1000) WHERE sleepEachRow(0.1) = 0 SETTINGS max_block_size = 5"""


def test_what_is_not_merged_yet_is_read_as_it_will_be_and_a_slow_query_refuses_its_segment_alone(
    shop: str, settings: Any, tmp_path: Path
) -> None:
    run_in_it(
        shop, "CREATE DATABASE parts", USERS, "SYSTEM STOP MERGES parts.users",
        "INSERT INTO parts.users VALUES ('ada', 'free')",
        "INSERT INTO parts.users VALUES ('ada', 'pro')",
        "CREATE VIEW parts.tracks AS SELECT 'login' AS event", LOGINS,
    )  # fmt: skip
    settings.WAREHOUSE_URL = shop.replace("/shop", "/parts")
    settings.WAREHOUSE_MAPPING = str(tmp_path / "mapping.toml")
    Path(settings.WAREHOUSE_MAPPING).write_text('[identifies]\ntable = ""', encoding="utf-8")
    settings.WAREHOUSE_TIMEOUT_SECONDS = 1
    define("pro", DEFINITIONS["pro"])
    define("login", {"did": "login"})
    define("free", {"trait": "plan", "is": "free"})
    refresh(now=NOW)
    errors = {one["key"]: one["error"] for one in RefreshRun.objects.latest("pk").results}
    assert (errors["pro"], errors["free"]) == ("", "")
    assert "longer than a query may take (WAREHOUSE_TIMEOUT_SECONDS)" in errors["login"]
    assert (ids("pro"), ids("free")) == ({"ada"}, set())


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (("/shop", "/nowhere"), "could not be read"),
        (("@127.0.0.1", "@127.0.0.2"), "could not be read"),
        (("/shop", "/system"), "no table “system.identifies” (identifies.table of the mapping)"),
    ],
)
def test_an_address_that_cannot_be_right_is_said(
    shop: str, settings: Any, changed: tuple[str, str], sentence: str
) -> None:
    settings.WAREHOUSE_URL = shop.replace(*changed)
    with pytest.raises(CommandError) as refused:
        call_command("warehouse", "check")
    assert sentence in str(refused.value)


def run_in_it(address: str, *statements: str) -> None:
    """Statements run by the server, as its owner would."""
    client = clickhouse_connect.get_client(dsn=address)
    for statement in statements:
        client.command(statement)
    client.close()
