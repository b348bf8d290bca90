"""Segments over a company's own warehouse, on a real PostgreSQL."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command
from pyroaring import BitMap

from catalogue.membership.attempt import RefreshError
from catalogue.models import Customer, EventEntry, Photo, RefreshRun, TraitEntry
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.refusals import LoadError
from tests.catalogue.warehouse.company.shop import (
    DEFINITIONS,
    MEMBERS,
    NOW,
    PRESENT,
    load_into_the_lake,
    open_shop,
)
from tests.catalogue.workspace import define, ids, refresh

# Its specs run on PostgreSQL in `make test`; whole refreshes over it are among what takes minutes.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


@pytest.fixture(scope="module")
def shop(postgres: str) -> str:
    return open_shop(postgres)


@pytest.fixture
def own_warehouse(shop: str, settings: Any) -> str:
    settings.WAREHOUSE_URL = shop
    return shop


def define_all() -> None:
    for key, where in DEFINITIONS.items():
        define(key, where)


def published() -> dict[str, set[str]]:
    return {key: ids(key) for key in DEFINITIONS}


def test_a_refresh_publishes_who_fits(own_warehouse: str) -> None:
    define_all()
    refresh(now=NOW)
    assert {key: found for key, found in published().items() if key in MEMBERS} == MEMBERS


def test_a_refresh_publishes_the_same_members_as_the_lake(shop: str, settings: Any) -> None:
    load_into_the_lake()
    define_all()
    refresh(now=NOW)
    of_the_lake = published()
    settings.WAREHOUSE_URL = shop
    refresh(now=NOW)
    assert published() == of_the_lake


def test_accounts_of_the_groups_are_segmented_and_known_by_their_ids(own_warehouse: str) -> None:
    define("big", {"subject": "account", "where": {"trait": "tier", "is": "business"}})
    refresh(now=NOW)
    assert ids("big") == {"acme", "empty"}


def test_who_is_merged_by_an_alias_is_no_customer_and_stays_merged(
    own_warehouse: str, postgres: str
) -> None:
    define("paid-twice", DEFINITIONS["paid-twice"])
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("insert into users (id) values ('ed')")
        try:
            refresh(now=NOW)
        finally:
            connection.execute("delete from users where id = 'ed'")
    assert ids("paid-twice") == {"ada", "dan"}
    merged = Customer.objects.filter(merged_into__isnull=False)
    pairs = dict(merged.values_list("external_id", "merged_into__external_id"))
    assert pairs == {"ed": "eddie", "eddie": "dan"}
    ed = Customer.objects.get(external_id="ed")
    assert ed.ordinal not in BitMap.deserialize(bytes(Photo.objects.latest("pk").customers))


def test_a_check_says_which_ids_and_aliases_are_doubtful(own_warehouse: str, postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("insert into tracks (id, event) values ('o1', 'login')")
        try:
            out = StringIO()
            call_command("warehouse", "check", stdout=out)
        finally:
            connection.execute("delete from tracks where id = 'o1' and event = 'login'")
    assert "3 accounts." in out.getvalue()
    assert "1 ids are of rows of more than one event" in out.getvalue()
    assert "The alias “dan” is not followed: it would end where it began" in out.getvalue()


def test_a_login_that_may_make_no_temporary_table_sees_the_same(
    own_warehouse: str, postgres: str
) -> None:
    define_all()
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("revoke temporary on database postgres from public")
        try:
            refresh(now=NOW)
        finally:
            connection.execute("grant temporary on database postgres to public")
    assert {key: found for key, found in published().items() if key in MEMBERS} == MEMBERS


def test_numbers_stay_when_customers_come_and_go(own_warehouse: str, postgres: str) -> None:
    define("pro", DEFINITIONS["pro"])
    refresh(now=NOW)
    numbers = dict(Customer.objects.values_list("external_id", "ordinal"))
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("delete from users where id = 'cleo'")
        connection.execute("insert into users (id, plan) values ('zoe', 'pro')")
        try:
            refresh(now=NOW)
            assert ids("pro") == {"ada"}  # of zoe nothing was said
        finally:
            connection.execute("delete from users where id = 'zoe'")
            connection.execute("insert into users (id, plan) values ('cleo', 'pro')")
    later = dict(Customer.objects.values_list("external_id", "ordinal"))
    assert {name: later[name] for name in numbers} == numbers
    assert later["zoe"] not in numbers.values()


def test_nothing_is_written_to_the_warehouse(own_warehouse: str, postgres: str) -> None:
    define_all()
    tables = "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables order by 1"
    with psycopg.connect(postgres, autocommit=True) as connection:
        before = connection.execute(tables).fetchall()
        refresh(now=NOW)
        assert connection.execute(tables).fetchall() == before


def test_a_check_says_what_is_there_and_notes_it(own_warehouse: str) -> None:
    out = StringIO()
    call_command("warehouse", "check", stdout=out)
    assert "4 customers, 4 of them new." in out.getvalue()
    assert "context_ip" not in out.getvalue()
    of_customers = TraitEntry.objects.filter(subject="customer")
    assert dict(of_customers.values_list("name", "inferred_type")) == {
        "plan": "text",
        "seats": "number",
        "vip": "boolean",
        "birthday": "date",
        "tags": "object",
        "balance": "number",
    }
    assert set(EventEntry.objects.values_list("name", flat=True)) == {"order_paid", "login"}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ('[users]\ntable = "people"', "no table “public.people” (users.table of the mapping)"),
        ('[users]\nid = "uid"', "has no column “uid” (users.id of the mapping)"),
        ('[identifies]\ntime = "at"', "no column “at” (identifies.time of the mapping)"),
        ('[tracks]\nevnt = "x"', "tracks.evnt is not known; did you mean tracks.event"),
        ("schema = 3", "schema must be a name in quotes"),
        ("schema = ", "cannot be read"),
    ],
)
def test_what_the_mapping_gets_wrong_is_said_with_its_place(
    own_warehouse: str, settings: Any, tmp_path: Path, written: str, sentence: str
) -> None:
    settings.WAREHOUSE_MAPPING = str(tmp_path / "mapping.toml")
    Path(settings.WAREHOUSE_MAPPING).write_text(written, encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("warehouse", "check")
    assert sentence in str(refused.value)
    assert not Photo.objects.exists()


def test_other_names_are_mapped(
    own_warehouse: str, settings: Any, tmp_path: Path, postgres: str
) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('schema = "crm"\n[users]\nid = "key"\n[identifies]\ntable = ""', "utf-8")
    settings.WAREHOUSE_MAPPING = str(path)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("create schema if not exists crm")
        connection.execute("create or replace view crm.users as select id as key, plan from users")
        connection.execute("create or replace view crm.tracks as select * from tracks")
        connection.execute("create or replace view crm.login as select * from login")
        connection.execute("grant usage on schema crm to reader")
        connection.execute("grant select on all tables in schema crm to reader")
    define("pro", DEFINITIONS["pro"])
    define("no-login", DEFINITIONS["no-login"])
    refresh(now=NOW)
    assert (ids("pro"), ids("no-login")) == ({"ada", "cleo"}, {"bob", "cleo"})


def test_a_server_that_does_not_answer_leaves_what_was_published(
    own_warehouse: str, settings: Any
) -> None:
    define("pro", DEFINITIONS["pro"])
    refresh(now=NOW)
    settings.WAREHOUSE_URL = own_warehouse.replace("/pg-", "/no-")
    with pytest.raises(RefreshError, match="could not be read"):
        refresh(now=NOW)
    assert ids("pro") == {"ada", "cleo"}
    assert "Check WAREHOUSE_URL" in RefreshRun.objects.latest("pk").error


def test_a_query_that_takes_too_long_refuses_its_segment_alone(
    own_warehouse: str, settings: Any, postgres: str
) -> None:
    define("pro", DEFINITIONS["pro"])
    define("coupon", DEFINITIONS["coupon"])
    refresh(now=NOW)
    settings.WAREHOUSE_TIMEOUT_SECONDS = 1
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("alter table order_paid rename to order_paid_kept")
        connection.execute(
            "create view order_paid as select * from order_paid_kept"
            " where (select true from pg_sleep(3))"
        )
        connection.execute("grant select on order_paid to reader")
        try:
            refresh(now=NOW)
        finally:
            connection.execute("drop view order_paid")
            connection.execute("alter table order_paid_kept rename to order_paid")
    errors = {one["key"]: one["error"] for one in RefreshRun.objects.latest("pk").results}
    assert errors["pro"] == ""
    assert "longer than a query may take" in errors["coupon"]
    assert ids("coupon") == {"ada"}


def test_files_are_not_loaded_beside_a_warehouse(own_warehouse: str) -> None:
    with pytest.raises(LoadError, match="files cannot be loaded"):
        load_customers(pa.table(PRESENT), as_of=NOW)
    assert not Customer.objects.exists()
