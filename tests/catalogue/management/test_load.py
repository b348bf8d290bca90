"""manage.py load and manage.py customers, as people and programs use them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Photo
from tests.catalogue.warehouse.lake_reading import events, history, ids, tables

pytestmark = pytest.mark.django_db


def run(*args: object) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command(*[str(arg) for arg in args], stdout=out, stderr=out)
    return out.getvalue()


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    file = tmp_path / "customers.csv"
    file.write_text("key,plan,firm,seats\n001,pro,acme,5\n002,,,7\n")
    return file


@pytest.fixture
def purchases(tmp_path: Path) -> Path:
    file = tmp_path / "purchases.csv"
    file.write_text("who,day,amount\n001,19970101,11.77\n001,19970101,11.77\n003,19970112,12.00\n")
    return file


def test_customers_are_loaded_with_the_columns_that_options_name(customers: Path) -> None:
    said = run(
        "load", "customers", customers, "--id", "key", "--account", "firm", "--as-of", "2026-03-01"
    )
    assert said == "customers.csv: 2 rows read, 2 loaded, 2 customers created.\n"
    instant = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
    assert history("plan") == {"001": [(instant, "pro")]}
    assert history("seats") == {"001": [(instant, 5.0)], "002": [(instant, 7.0)]}
    assert tables().trait_changes("firm") is None


def test_events_are_loaded_and_a_file_without_ids_counts_once(purchases: Path) -> None:
    command = (
        "load",
        "events",
        purchases,
        "--event",
        "Bought",
        "--customer",
        "who",
        "--time",
        "day",
    )
    said = run(*command)
    assert said == "purchases.csv: 3 rows read, 3 loaded, 2 customers created.\n"
    assert sum(events("Bought").values()) == 3
    again = run(*command)
    assert again.startswith("purchases.csv was loaded on ")
    assert "nothing changed" in again
    assert Photo.objects.count() == 1
    (row,) = lines(run(*command, "--json"))
    assert (row["already_loaded"], row["rows_loaded"]) == (True, 3)
    run(*command, "--again")
    assert sum(events("Bought").values()) == 6


def test_parquet_is_loaded_as_csv_is(tmp_path: Path) -> None:
    table = {"who": ["a"], "at": [datetime(2026, 3, 1, tzinfo=UTC)], "what": ["x"], "key": ["e1"]}
    pq.write_table(pa.table(table), tmp_path / "e.parquet")
    options = ("--customer", "who", "--time", "at", "--event-column", "what", "--event-id", "key")
    run("load", "events", tmp_path / "e.parquet", *options)
    said = run("load", "events", tmp_path / "e.parquet", *options)
    assert said == "e.parquet: 1 row read, 0 loaded, 1 received before.\n"


def test_bad_rows_refuse_the_file_and_are_told_by_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("customer_id,time\na,2026-02-30\n,2026-03-01\nb,2026-03-01\nc\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"3 of 4 rows refused.*--skip-bad-rows"):
        call_command("load", "events", str(file), "--event", "x", stderr=out)
    assert out.getvalue().splitlines() == [
        "bad.csv, row 2, column time: “2026-02-30” is no date or time; "
        "write it like 2026-03-18T12:00:00Z",
        "bad.csv, row 3, column customer_id: is missing; every row needs one",
        "bad.csv, row 5: the header has 2 cells, this row 1",
    ]
    assert not Photo.objects.exists()
    said = run("load", "events", file, "--event", "x", "--skip-bad-rows")
    assert said.startswith("bad.csv: 4 rows read, 1 loaded, 3 refused, 1 customer created.\n")
    assert ids() == {"b"}


def test_json_says_what_was_refused_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("id\na\na\n")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("load", "customers", str(file), "--json", stdout=out)
    refusal, whole = lines(out.getvalue())
    assert refusal == {
        "type": "refusal",
        "file": "bad.csv",
        "row": 3,
        "column": "id",
        "why": "“a” is already in row 2",
    }
    assert (whole["type"], whole["rows_refused"]) == ("refused", 1)
    load, refusal = lines(run("load", "customers", file, "--json", "--skip-bad-rows"))
    assert (load["type"], load["rows_loaded"], refusal["row"]) == ("load", 1, 3)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("customers", "nothing.csv"), "cannot be read"),
        (("customers", "{file}", "--id", "nr"), "no column 'nr'.*--id"),
        (("customers", "{file}", "--as-of", "2026-02-30"), "no instant"),
        (("events", "{file}", "--event", "x"), "no column 'customer_id'.*--customer"),
        (("events", "{file}"), "--event NAME"),
        (("accounts", "{file}", "--account", "firm"), "--account is for customers"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(
    args: tuple[str, ...], sentence: str, customers: Path
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("load", *(arg.format(file=customers) for arg in args))
    assert not Photo.objects.exists()


def test_customers_are_deleted_and_merged_by_file(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("id\na\nb\nc\nd\n")
    run("load", "customers", file)
    file.write_text("from,into\na,b\n")
    assert run("customers", "merge", file) == "file.csv: 1 row read, 1 merged.\n"
    file.write_text("customer_id\nc\nnobody\n")
    with pytest.raises(CommandError, match="1 of 2 rows refused"):
        run("customers", "delete", file)
    (load, refusal) = lines(run("customers", "delete", file, "--skip-bad-rows", "--json"))
    assert (load["kind"], load["rows_loaded"]) == ("deletions", 1)
    assert (refusal["row"], refusal["why"]) == (3, "“nobody” is no customer we know")
    assert ids() == {"b", "d"}
