"""What stands beside the ids in a file, and who may say so."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import registry
from integrations.connectors.files.connector import open_connector
from integrations.connectors.files.table import NoTable, Table, as_bytes, from_bytes
from integrations.errors import ConfigError
from integrations.http import Wire
from integrations.protocol import Operation
from tests.integrations.connectors.files.harness import DiskHarness
from tests.integrations.contract.subject import Subject, open_subject

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
NAMES = st.lists(CELLS.filter(lambda text: text != "id"), max_size=3, unique=True)


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    return open_subject(registry.manifest("files"), DiskHarness(tmp_path), open_connector)


def mapped(subject: Subject, **options: Any) -> None:
    """From now on the destination has these options, and no others that name a column."""
    blank = {name: "" for name in subject.harness.options if name.startswith("field_")}
    subject.connector = subject.reopened(**{**blank, **options})


def rows(subject: Subject) -> list[list[str]]:
    path = Path(subject.harness.options["directory"]) / f"{subject.audience.remote_id}.csv"
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def add(subject: Subject, number: int, **about: Any) -> None:
    subject.send(Operation.ADD, [subject.record(number)])
    record = subject.record(number)
    whole = type(record)(ordinal=number, identity=record.identity, **about)
    subject.send(Operation.ADD, [whole])


def test_contact_and_segment_are_written_beside_the_id_in_order(subject: Subject) -> None:
    mapped(subject, contact_email="{email}", field_why="reason", field_segment_key="segment")

    add(subject, 1, contact={"email": "a@x.example"}, fields={"reason": 'he said "no",\nthen left'})

    assert rows(subject) == [
        ["customer_id", "email", "segment", "reason"],
        ["customer-1", "a@x.example", "", 'he said "no",\nthen left'],
    ]
    assert subject.read() == ["customer-1"]


def test_the_key_of_the_segment_stands_in_a_columns_name(subject: Subject) -> None:
    mapped(subject, field_goal_state="goal of {segment}")

    add(subject, 1, fields={"goal of at-risk": "reached"})

    assert rows(subject) == [["customer_id", "goal of at-risk"], ["customer-1", "reached"]]


def test_a_column_that_is_mapped_later_is_added_and_one_no_longer_mapped_goes(
    subject: Subject,
) -> None:
    mapped(subject, contact_email="{email}")
    add(subject, 1, contact={"email": "a@x.example"})
    mapped(subject, field_why="reason")

    add(subject, 2, fields={"reason": "new"})

    assert rows(subject) == [["customer_id", "reason"], ["customer-1", ""], ["customer-2", "new"]]


def test_columns_and_lines_of_others_stay(subject: Subject) -> None:
    mapped(subject, field_why="reason")
    add(subject, 1, fields={"reason": "ours"})
    path = Path(subject.harness.options["directory"]) / f"{subject.audience.remote_id}.csv"
    path.write_text("customer_id,note,reason\ncustomer-1,theirs,ours\nstranger,hello,\n")

    add(subject, 2, fields={"reason": "ours too"})
    subject.remove(1)

    assert rows(subject) == [
        ["customer_id", "note", "reason"],
        ["customer-2", "", "ours too"],
        ["stranger", "hello", ""],
    ]


def test_the_manifest_tells_which_columns_are_ours(subject: Subject) -> None:
    mapped(subject, contact_email="{email}", field_why="reason")
    add(subject, 1)

    path = Path(subject.harness.options["directory"])
    said = json.loads((path / f"{subject.audience.remote_id}.manifest.json").read_text())

    assert said["columns"] == ["customer_id", "email", "reason"]
    assert (said["count"], said["complete"]) == (1, False)


def test_enriching_writes_to_lines_that_are_there_and_makes_none(subject: Subject) -> None:
    mapped(subject, field_why="reason")
    add(subject, 1)
    records = [subject.record(number, fields={"reason": "rich"}) for number in (1, 2)]

    said = subject.send(Operation.ENRICH, records)

    assert [type(outcome).__name__ for outcome in said] == ["Accepted", "Rejected"]
    assert rows(subject) == [["customer_id", "reason"], ["customer-1", "rich"]]


@pytest.mark.parametrize(
    "options",
    [
        {"field_why": "customer_id"},
        {"field_why": "reason", "field_message": "reason"},
        {"field_why": "email", "contact_email": "{email}"},
        {"field_why": "two\nlines"},
        {"column": "email", "contact_email": "{email}"},
    ],
)
def test_two_things_in_one_column_are_refused(subject: Subject, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="The column .* cannot be written"):
        mapped(subject, **options)


@pytest.mark.parametrize(
    ("directory", "said"),
    [
        ("drop/daily", "absolute path"),
        ("ftp://host/path", "no place for files"),
        ("s3:///prefix", "no place for files"),
        ("sftp://host.example/in", "Say who logs in"),
        ("sftp://us:secret@host.example/in", "as the option password"),
        ("s3://bucket/x", "needs the options access_key and secret_key"),
        ("gs://bucket/x", "needs the option service_account"),
        ("sftp://us@host.example/in", "needs the option host_key"),
    ],
)
def test_a_place_that_cannot_be_used_is_told(directory: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        open_connector({"directory": directory}, wire=Wire())
    assert "secret@" not in str(refused.value)


@given(names=NAMES, ids=st.lists(CELLS, unique=True, max_size=4), data=st.data())
def test_what_is_written_is_read_again(names: list[str], ids: list[str], data: Any) -> None:
    cells = st.tuples(*[CELLS] * len(names))
    table = Table(tuple(names), {identity: data.draw(cells) for identity in ids if identity})

    assert from_bytes(as_bytes(table, column="id"), column="id") == table


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"other\na\n", b"id,x,x\n", b"id\na,b\n", b"id\n\na\n", b'id\n"open\n'],
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(NoTable):
        from_bytes(data, column="id")
