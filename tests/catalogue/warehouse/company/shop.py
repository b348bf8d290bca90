"""A company's warehouse as Segment and RudderStack lay it out, on a real PostgreSQL or as files;
and the same customers and events for the lake."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa

from catalogue.warehouse.ingest import load_accounts, load_customers, load_events
from catalogue.warehouse.population import merge_customers

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)

TABLES = """
create table users (id text, received_at timestamptz, plan text, seats bigint, vip boolean,
    birthday date, tags jsonb, balance numeric, context_ip text);
create table identifies (id text, user_id text, "timestamp" timestamptz, received_at timestamptz,
    plan text, seats bigint);
create table tracks (id text, user_id text, "timestamp" timestamptz, event text, event_text text);
create table order_paid (id text, user_id text, "timestamp" timestamptz, received_at timestamptz,
    event text, event_text text, amount numeric, coupon text, gift boolean);
create table login (id text, user_id text, "timestamp" timestamptz, received_at timestamptz,
    event text, event_text text, device text);
insert into users values
  ('ada', '2026-03-01 00:00+00', 'pro', 12, true, '1990-03-18', '["vip","beta"]', 10.10, '1.1.1.1'),
  ('bob', '2026-03-01 00:00+00', 'free', 3, false, '2000-02-29', '[]', 0, null),
  ('cleo', '2026-03-01 00:00+00', 'pro', null, null, null, null, 9007199254740993, null),
  ('dan', '2026-03-01 00:00+00', null, 7, true, '1980-12-31', '["beta"]', null, null);
insert into identifies values
  ('i1', 'ada', '2026-01-01 00:00+00', '2026-01-01 00:00+00', 'free', null),
  ('i2', 'ada', '2026-03-10 00:00+00', '2026-03-10 00:00+00', 'pro', 12),
  ('i3', 'bob', '2026-02-01 00:00+00', '2026-02-01 00:00+00', 'free', 3),
  ('i4', 'cleo', '2026-02-01 00:00+00', '2026-02-01 00:00+00', 'pro', null),
  ('i5', 'dan', '2026-02-01 00:00+00', '2026-02-01 00:00+00', null, 7),
  ('i6', 'dan', '2026-04-01 00:00+00', '2026-04-01 00:00+00', 'pro', 9),
  ('i7', null, '2026-02-01 00:00+00', '2026-02-01 00:00+00', 'pro', 1);
insert into order_paid (id, user_id, "timestamp", amount, coupon, gift) values
  ('o1', 'ada', '2026-03-17 08:00:00.5+00', 12.50, '10', true),
  ('o2', 'ada', '2026-03-01 08:00+00', 7.25, 'X-20%', false),
  ('o3', 'bob', '2026-02-01 08:00+00', 100, null, null),
  ('o4', 'gone', '2026-03-01 08:00+00', 5, null, null);
update order_paid set event = 'order_paid', event_text = 'Order Paid', received_at = "timestamp";
insert into login values
  ('l1', 'ada', '2026-03-18 09:00+00', '2026-03-17 00:00+00', 'login', 'Login', 'phone'),
  ('l2', 'bob', '2026-03-01 09:00+00', '2026-03-17 00:00+00', 'login', 'Login', 'desk'),
  ('l3', 'dan', '2026-03-12 09:00+00', '2026-03-17 00:00+00', 'login', 'Login', 'phone'),
  ('l4', 'dan', '2026-03-19 09:00+00', '2026-03-17 00:00+00', 'login', 'Login', 'desk');
insert into order_paid values
  ('o2', 'ada', '2026-03-02 08:00+00', '2026-03-05 00:00+00', 'order_paid', '', 900, 'X-1', true),
  (null, 'ed', '2026-03-02 08:00+00', '2026-03-05 00:00+00', 'order_paid', '', 2, null, null),
  (null, 'ed', '2026-03-02 08:00+00', '2026-03-05 00:00+00', 'order_paid', '', 2, null, null);
create table aliases (id text, previous_id text, user_id text, "timestamp" timestamptz);
insert into aliases values
  ('a1', 'ed', 'eddie', '2026-03-03 00:00+00'), ('a2', 'eddie', 'dan', '2026-03-04 00:00+00'),
  ('a3', 'dan', 'ed', '2026-03-05 00:00+00'), ('a4', 'bob', 'gone', '2026-03-05 00:00+00');
create table groups (id text, group_id text, user_id text, "timestamp" timestamptz,
    received_at timestamptz, tier text, employees bigint);
insert into groups values
  ('g1', 'acme', 'ada', '2026-01-01 00:00+00', '2026-01-01 00:00+00', 'free', 3),
  ('g2', 'acme', 'bob', '2026-03-01 00:00+00', '2026-03-01 00:00+00', 'business', null),
  ('g3', 'solo', 'cleo', '2026-03-01 00:00+00', '2026-03-01 00:00+00', 'free', 1),
  ('g4', 'acme', 'cleo', '2026-03-01 00:00+00', '2026-03-02 00:00+00', null, null),
  ('g5', 'empty', null, '2026-03-01 00:00+00', '2026-03-01 00:00+00', 'business', 9);
insert into tracks select id, user_id, "timestamp", event, event_text from order_paid
  union all select id, user_id, "timestamp", event, event_text from login;
"""


def open_shop(address: str) -> str:
    """Make the tables; the address of a login that may only read them."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        connection.execute(TABLES)
        if not connection.execute("select from pg_roles where rolname = 'reader'").fetchone():
            connection.execute("create role reader login")
        connection.execute("grant usage on schema public to reader")
        connection.execute("grant select on all tables in schema public to reader")
    return address.replace("postgres:@", "reader:@")


# Types that PostgreSQL has alone, and what files have instead.
IN_FILES = {
    "tags jsonb": "tags varchar[]",
    "balance numeric": "balance decimal(38, 0)",
    "amount numeric": "amount decimal(38, 6)",
}


def write_shop(folder: Path) -> None:
    """The same tables as folders of Parquet files."""
    tables = TABLES
    for here, there in IN_FILES.items():
        tables = tables.replace(here, there)
    with duckdb.connect() as connection:
        connection.execute(tables)
        for (name,) in connection.sql(
            "select table_name from information_schema.tables"
        ).fetchall():
            (folder / name).mkdir(parents=True)
            connection.execute(f"copy {name} to '{folder / name}/part.parquet'")


DEFINITIONS: dict[str, dict[str, object]] = {
    "pro": {"trait": "plan", "is": "pro"},
    "not-pro": {"trait": "plan", "is_not": "pro"},
    "pro-for-long": {"held": "plan", "is": "pro", "for_at_least": "30 days"},
    "many-seats": {"trait": "seats", "gte": 7},
    "vip": {"trait": "vip", "is": True},
    "vip-tag": {"trait": "tags", "has_any": ["vip"]},
    "no-tags": {"trait": "tags", "is_empty": True},
    "birthday": {"trait": "birthday", "anniversary_on": "today"},
    "long-digits": {"trait": "balance", "is": "9007199254740993"},
    "paid-much": {"sum": "amount", "of": "order_paid", "gt": 19.7},
    "paid-19-75": {"sum": "amount", "of": "order_paid", "eq": 19.75},
    "coupon": {"did": "order_paid", "where": [{"prop": "coupon", "matches": "^X-"}]},
    "coupon-10": {"did": "order_paid", "where": [{"prop": "coupon", "is": 10}]},
    "gift": {"did": "order_paid", "where": [{"prop": "gift", "is": True}]},
    "no-login": {"did_not": "login", "in_last": "14 days"},
    "login-then-paid": {
        "sequence": [{"did": "order_paid"}, {"did": "login", "within": "7 days"}],
    },
    "devices": {"count_distinct": "device", "of": "login", "gte": 1},
    "top": {"top": 1, "by": {"sum": "amount", "of": "order_paid"}},
    "sampled": {"sample": "50%"},
    "paid-twice": {"count": "order_paid", "gte": 2},
    "of-business": {"account_trait": "tier", "is": "business"},
    "colleagues": {"account_members": "any", "where": {"trait": "plan", "is": "free"}},
}
MEMBERS = {
    "pro": {"ada", "cleo"},
    "not-pro": {"bob", "dan"},
    "pro-for-long": {"cleo"},
    "many-seats": {"ada", "dan"},
    "vip": {"ada", "dan"},
    "vip-tag": {"ada"},
    "no-tags": {"bob", "cleo"},
    "birthday": {"ada"},
    "long-digits": {"cleo"},
    "paid-much": {"ada", "bob"},
    "paid-19-75": {"ada"},
    "coupon": {"ada"},
    "coupon-10": {"ada"},
    "gift": {"ada"},
    "no-login": {"bob", "cleo"},
    "login-then-paid": {"ada"},
    "devices": {"ada", "bob", "dan"},
    "top": {"bob"},
    "paid-twice": {"ada", "dan"},
    "of-business": {"ada", "bob", "cleo"},
    "colleagues": {"ada", "bob", "cleo"},
}


def load_into_the_lake() -> None:
    """The same customers and events, by the product's own loads."""
    for day, rows in SAID.items():
        said = pa.table({"id": list(rows), **_columns(rows)})
        load_customers(said, as_of=datetime.fromisoformat(day))
    load_customers(pa.table(PRESENT), as_of=datetime(2026, 3, 1, tzinfo=UTC))
    for name, rows in HAPPENED.items():
        table = pa.Table.from_pylist([row for row in rows if row["event_id"]])
        load_events(table, event=name, customer="id", event_id="event_id")
        bare = pa.Table.from_pylist([row for row in rows if not row["event_id"]])
        if len(bare):
            load_events(bare.drop_columns("event_id"), event=name, customer="id")
    load_customers(pa.table({"id": ["ed", "eddie"]}), as_of=NOW)
    merge_customers(pa.table({"from": ["ed", "eddie"], "into": ["eddie", "dan"]}), now=NOW)
    for day, accounts in OF_ACCOUNTS.items():
        as_of = datetime.fromisoformat(day)
        load_accounts(pa.table({"id": list(accounts), **_columns(accounts)}), as_of=as_of)
    load_customers(pa.table(BELONGS), as_of=datetime(2026, 3, 1, tzinfo=UTC), account="firm")


SAID: dict[str, dict[str, dict[str, object]]] = {
    "2026-01-01T00:00:00Z": {"ada": {"plan": "free"}},
    "2026-02-01T00:00:00Z": {"bob": {"plan": "free", "seats": 3}},
    "2026-02-01T00:00:01Z": {"cleo": {"plan": "pro"}},
    "2026-02-01T00:00:02Z": {"dan": {"seats": 7}},
    "2026-03-10T00:00:00Z": {"ada": {"plan": "pro", "seats": 12}},
    "2026-04-01T00:00:00Z": {"dan": {"plan": "pro", "seats": 9}},
}
OF_ACCOUNTS: dict[str, dict[str, dict[str, object]]] = {
    "2026-01-01T00:00:00Z": {"acme": {"tier": "free", "employees": 3}},
    "2026-03-01T00:00:00Z": {"acme": {"tier": "business"}, "solo": {"tier": "free"}},
    "2026-03-01T00:00:01Z": {"empty": {"tier": "business"}},
}
BELONGS = {"id": ["ada", "bob", "cleo"], "firm": ["acme", "acme", "acme"]}
PRESENT = {
    "id": ["ada", "bob", "cleo", "dan"],
    "vip": [True, False, None, True],
    "birthday": [date(1990, 3, 18), date(2000, 2, 29), None, date(1980, 12, 31)],
    "tags": [["vip", "beta"], [], None, ["beta"]],
    "balance": ["10.10", "0", "9007199254740993", None],
}


def _paid(
    event_id: str | None, customer: str, time: str, amount: float, coupon: str | None, gift: object
) -> dict[str, object]:
    facts = {"id": customer, "time": time, "amount": amount, "coupon": coupon, "gift": gift}
    return {"event_id": event_id, **facts}


HAPPENED: dict[str, list[dict[str, object]]] = {
    "order_paid": [
        _paid("o1", "ada", "2026-03-17T08:00:00.5Z", 12.5, "10", True),
        _paid("o2", "ada", "2026-03-01T08:00Z", 7.25, "X-20%", False),
        _paid("o3", "bob", "2026-02-01T08:00Z", 100.0, None, None),
        _paid("o2", "ada", "2026-03-02T08:00Z", 900.0, "X-1", True),
        _paid(None, "ed", "2026-03-02T08:00Z", 2.0, None, None),
        _paid(None, "ed", "2026-03-02T08:00Z", 2.0, None, None),
    ],
    "login": [
        {"event_id": "l1", "id": "ada", "time": "2026-03-18T09:00Z", "device": "phone"},
        {"event_id": "l2", "id": "bob", "time": "2026-03-01T09:00Z", "device": "desk"},
        {"event_id": "l3", "id": "dan", "time": "2026-03-12T09:00Z", "device": "phone"},
        {"event_id": "l4", "id": "dan", "time": "2026-03-19T09:00Z", "device": "desk"},
    ],
}


def _columns(rows: dict[str, dict[str, object]]) -> dict[str, list[object]]:
    names = dict.fromkeys(name for row in rows.values() for name in row)
    return {name: [row.get(name) for row in rows.values()] for name in names}
