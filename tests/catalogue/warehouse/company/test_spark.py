"""Segments over a company's own tables on a real Spark cluster of a master and two workers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from catalogue.models import MembershipVersion, RefreshRun, TraitEntry
from tests.catalogue.warehouse.company.shop import (
    DEFINITIONS,
    MEMBERS,
    NOW,
    load_into_the_lake,
    write_shop,
)
from tests.catalogue.workspace import define, ids, refresh
from tests.conftest import ROOT
from tests.spark_cluster import spark_cluster

pytestmark = [pytest.mark.spark, pytest.mark.django_db(transaction=True)]
SMALL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
}
# A database that outlives a session; it takes one at a time.
METASTORE = "jdbc:derby:;create=true;databaseName="
SLEEPS = "java_method('java.lang.Thread', 'sleep', 90000L) is null"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with spark_cluster(tmp_path_factory.mktemp("cluster")) as address:
        yield address


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write_shop(tmp_path / "shop")
    return tmp_path / "shop"


def in_folders(master: str, shop: Path, child_env: dict[str, str]) -> dict[str, str]:
    """The environment of a process whose warehouse is the folders of the shop."""
    mapping = shop.with_suffix(".toml")
    mapping.write_text(f"location = {json.dumps(str(shop))}", encoding="utf-8")
    address = f"{master}?{urlencode(SMALL)}"
    return child_env | {"WAREHOUSE_URL": address, "WAREHOUSE_MAPPING": str(mapping)}


def in_database(
    master: str, shop: Path, child_env: dict[str, str], *statements: str
) -> dict[str, str]:
    """The environment of a process whose warehouse is a database `shop` of the cluster's catalogue,
    with these statements run in it."""
    kept = SMALL | {
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": str(shop.with_name("databases")),
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"{METASTORE}{shop.with_name('metastore')}",
    }
    tables = [
        f"create view {folder.name} as select * from parquet.`{folder}`"
        for folder in shop.iterdir()
    ]
    run = ["create database shop", "use shop", *tables, *statements]
    script = (
        "import sys, json\nfrom pyspark.sql import SparkSession\nkept, run = json.load(sys.stdin)\n"
        "session = SparkSession.builder.master('local[1]').config(map=kept).getOrCreate()\n"
        "for one in run: session.sql(one)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([kept, run]), capture_output=True, text=True, timeout=300, cwd=shop.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return child_env | {"WAREHOUSE_URL": f"{master}/shop?{urlencode(kept)}"}


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own: each is one application of the cluster at most."""
    Path(env["DATA_DIR"]).mkdir(exist_ok=True)  # where Derby writes its log
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=env, capture_output=True, text=True, timeout=600, cwd=env["DATA_DIR"],
    )  # fmt: skip


def published() -> dict[str, set[str]]:
    return {key: ids(key) for key in DEFINITIONS}


def test_a_refresh_on_a_cluster_publishes_the_same_members_as_the_lake(
    master: str, shop: Path, child_env: dict[str, str]
) -> None:
    for key, where in DEFINITIONS.items():
        define(key, where)
    env = in_folders(master, shop, child_env)
    done = manage("refresh", "--now", NOW.isoformat(), env=env)
    assert done.returncode == 0, done.stderr
    on_the_cluster = published()
    assert {key: on_the_cluster[key] for key in MEMBERS} == MEMBERS

    load_into_the_lake()
    refresh(now=NOW)
    assert published() == on_the_cluster
    assert set(MembershipVersion.objects.values_list("number", flat=True)) == {1}


def test_a_database_of_the_catalogue_is_read_and_what_takes_too_long_refuses_its_segment_alone(
    master: str, shop: Path, child_env: dict[str, str]
) -> None:
    slow = f"create or replace view login as select * from parquet.`{shop}/login` where {SLEEPS}"
    env = in_database(master, shop, child_env, slow) | {"WAREHOUSE_TIMEOUT_SECONDS": "20"}
    define("coupon", DEFINITIONS["coupon"])
    define("devices", DEFINITIONS["devices"])
    done = manage("refresh", "--now", NOW.isoformat(), env=env)

    assert "1 of 2 segments could not be refreshed" in done.stderr
    errors = {one["key"]: one["error"] for one in RefreshRun.objects.latest("pk").results}
    assert errors["coupon"] == ""
    assert "longer than a query may take (WAREHOUSE_TIMEOUT_SECONDS)" in errors["devices"]
    assert ids("coupon") == {"ada"}


def test_a_check_says_what_is_there_and_what_is_not(
    master: str, shop: Path, child_env: dict[str, str]
) -> None:
    env = in_folders(master, shop, child_env)
    found = manage("warehouse", "check", env=env)
    assert "4 customers, 4 of them new." in found.stdout, found.stderr
    of_customers = TraitEntry.objects.filter(subject="customer")
    assert dict(of_customers.values_list("name", "inferred_type")) == {
        "plan": "text",
        "seats": "number",
        "vip": "boolean",
        "birthday": "date",
        "tags": "object",
        "balance": "number",
    }
    (shop / "users").rename(shop / "people")
    assert (
        f"no table “{shop}.users” (users.table of the mapping)"
        in manage("warehouse", "check", env=env).stderr
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("spark://127.0.0.1:9/shop", "no Spark master answers (127.0.0.1:9"),
        ("spark://127.0.0.1:9", "does not say where on the cluster the tables are"),
    ],
)
def test_an_address_that_cannot_be_right_is_said_at_once(
    url: str, sentence: str, child_env: dict[str, str]
) -> None:
    assert sentence in manage("warehouse", "check", env=child_env | {"WAREHOUSE_URL": url}).stderr
