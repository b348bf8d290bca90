from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from catalogue.exports import writing
from catalogue.exports.formats import Manifest, Row, cell, safe, writer_of
from catalogue.exports.requesting import (
    ExportRefused,
    cancel_export,
    export_of,
    exports_folder,
    file_of,
    request_export,
)
from catalogue.exports.tidying import tidy_exports, waiting_exports
from catalogue.exports.writing import run_export
from catalogue.models import Customer, Export, Segment, TeamMember, User
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.workspace import NOW, define, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sue() -> User:
    return seat("sue", "viewer", sees=True)


def ask(by: User, format_: str = "csv", traits: tuple[str, ...] = ()) -> Export:
    """An export of ada and cleo."""
    if not Segment.objects.exists():
        live_segment()
        refresh("pros", now=NOW)
    segment = Segment.objects.get(key="pros")
    return request_export(
        segment=segment, number=1, format_=format_, traits=traits, by=by, via="web"
    )


def text_of(export: Export) -> str:
    return (exports_folder() / export.path).read_text(encoding="utf-8")


def test_the_csv_begins_with_what_it_is_and_holds_everybody(sue: User) -> None:
    done = run_export(export_id=ask(sue, traits=("plan", "email")).pk, clock_now=LATER)

    lines = text_of(done).splitlines()
    said = dict(line[2:].split(": ", 1) for line in lines if line.startswith("#"))
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert (said["segment"], said["definition_version"], said["membership_version"]) == (
        *("pros", "1", "1"),
    )
    assert said["as_of"] == NOW.isoformat()
    assert said["written_at"] == LATER.isoformat()
    assert (said["count"], said["withheld"]) == ("2", "0")
    total = sum(
        int.from_bytes(hashlib.sha256(one.encode()).digest()[:8], "big") for one in ("ada", "cleo")
    )
    assert said["checksum"] == f"{total % 2**64:016x}"
    since = NOW.isoformat()
    assert rows == [
        {"customer_id": "ada", "since": since, "plan": "pro", "email": "ada@x.example"},
        {"customer_id": "cleo", "since": since, "plan": "pro", "email": ""},
    ]
    assert (done.state, done.rows_done, done.rows_total) == ("succeeded", 2, 2)
    assert done.sha256 == hashlib.sha256((exports_folder() / done.path).read_bytes()).hexdigest()
    assert done.expires_at == LATER + timedelta(hours=24)


def test_json_lines_say_the_same(sue: User) -> None:
    done = run_export(export_id=ask(sue, "jsonl", ("email",)).pk, clock_now=LATER)

    manifest, *members = [json.loads(line) for line in text_of(done).splitlines()]
    assert manifest["manifest"]["count"] == 2
    assert manifest["manifest"]["traits"] == ["email"]
    assert members == [
        {"customer_id": "ada", "since": NOW.isoformat(), "traits": {"email": "ada@x.example"}},
        {"customer_id": "cleo", "since": NOW.isoformat(), "traits": {}},
    ]


def test_the_file_is_of_the_version_that_was_asked_for(sue: User) -> None:
    export = ask(sue)
    Segment.objects.get(key="pros")
    from tests.catalogue.workspace import define

    define("pros", {"trait": "plan", "is": "free"})
    refresh("pros", now=LATER)

    done = run_export(export_id=export.pk, clock_now=LATER)

    assert '"ada"' in text_of(done)
    assert '"bob"' not in text_of(done)


def test_whoever_was_deleted_since_is_left_out_and_counted(sue: User) -> None:
    export = ask(sue)
    Customer.objects.filter(external_id="ada").update(deleted_at=LATER)

    done = run_export(export_id=export.pk, clock_now=LATER)

    assert "ada" not in text_of(done)
    assert "# withheld: 1" in text_of(done)
    assert done.rows_total == 1


def test_a_right_taken_away_meanwhile_fails_the_export(sue: User) -> None:
    export = ask(sue)
    TeamMember.objects.update(see_people=False)

    failed = run_export(export_id=export.pk, clock_now=LATER)

    assert failed.state == "failed"
    assert "not who they are" in failed.error
    assert not list(exports_folder().glob("*"))


def test_a_cancelled_export_leaves_nothing(sue: User, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = ask(sue)
    assert cancel_export(waiting).state == "cancelled"
    assert run_export(export_id=waiting.pk, clock_now=LATER).state == "cancelled"

    running = ask(sue, "jsonl")
    monkeypatch.setattr(writing, "CHUNK", 1)
    rows = writing._rows

    def cancel_then_write(*given: object) -> object:
        cancel_export(Export.objects.get(pk=running.pk))
        return rows(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "_rows", cancel_then_write)
    assert run_export(export_id=running.pk, clock_now=LATER).state == "cancelled"
    assert not list(exports_folder().glob("*"))


def test_a_fault_is_noted_and_leaves_nothing_half_written(
    sue: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(sue)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        run_export(export_id=export.pk, clock_now=LATER)

    failed = Export.objects.get(pk=export.pk)
    assert failed.state == "failed"
    assert "No space left" in failed.error
    assert not list(exports_folder().glob("*"))


def test_an_export_is_written_once(sue: User) -> None:
    done = run_export(export_id=ask(sue).pk, clock_now=LATER)
    again = run_export(export_id=done.pk, clock_now=LATER + timedelta(hours=1))

    assert again.expires_at == done.expires_at


def test_files_are_only_for_the_owner_of_the_process(sue: User) -> None:
    done = run_export(export_id=ask(sue).pk, clock_now=LATER)

    path = exports_folder() / done.path
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_only_who_asked_and_still_has_the_right_is_given_the_file(sue: User) -> None:
    done = run_export(export_id=ask(sue).pk, clock_now=LATER)
    other = seat("sam", "admin", sees=True)

    assert export_of(done.pk, viewer=other) is None
    mine = export_of(done.pk, viewer=sue)
    assert mine is not None
    assert file_of(mine, viewer=sue, now=LATER).name == done.path
    with pytest.raises(ExportRefused, match="its time was over"):
        file_of(mine, viewer=sue, now=LATER + timedelta(hours=24))


def test_the_tick_names_what_waits_deletes_what_is_over_and_ends_what_is_lost(sue: User) -> None:
    waiting = ask(sue)
    done = run_export(export_id=ask(sue, "jsonl").pk, clock_now=LATER)
    assert waiting_exports() == [waiting.pk]
    orphan = exports_folder() / "99.csv.part"
    orphan.write_text("left by a dead worker")

    # The age of a file on the disk is of the real clock.
    now = datetime.now(UTC)
    Export.objects.filter(pk=done.pk).update(expires_at=now + timedelta(minutes=5))
    tidy_exports(now=now)
    assert Export.objects.get(pk=done.pk).path
    assert orphan.exists()
    Export.objects.filter(pk=done.pk).update(expires_at=now)
    Export.objects.filter(pk=waiting.pk).update(state="running", started_at=now)
    tidy_exports(now=now + timedelta(minutes=11))

    assert not list(exports_folder().glob("*"))
    assert not Export.objects.get(pk=done.pk).path
    lost = Export.objects.get(pk=waiting.pk)
    assert (lost.state, lost.error[:19]) == ("failed", "The worker was lost")


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-3 Tage", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-3, -3),
        (2.5, 2.5),
        (Decimal("-9.90"), Decimal("-9.90")),
        (True, "true"),
        (None, ""),
        (["a", "b"], '["a", "b"]'),
        ({"a": "=1"}, '{"a": "=1"}'),
        (datetime(2026, 3, 18, tzinfo=UTC), "2026-03-18T00:00:00+00:00"),
        ("a=b", "a=b"),
    ],
)
def test_numbers_stay_numbers_and_other_values_are_texts(value: object, expected: object) -> None:
    assert cell(value) == expected


def test_awkward_texts_come_back_from_the_csv(tmp_path: Path) -> None:
    texts = ['say "hi"', "two\nlines", "a,b;c", "#1", "ünï😀", " spaced "]
    file = io.StringIO(newline="")
    writer = writer_of("csv", file, ["x"])
    writer.begin(
        Manifest(
            segment="s",
            name="Two\nlines",
            subject="customer",
            definition_version=1,
            definition_hash="h",
            membership_version=1,
            as_of="",
            written_at="",
            count=6,
            withheld=0,
            checksum="",
            traits=("x",),
        )
    )
    writer.write(Row(id=text, since=None, traits={"x": text}) for text in texts)

    body = file.getvalue().partition('"customer_id"')
    rows = list(csv.reader(io.StringIO(body[1] + body[2], newline="")))

    assert [row[0] for row in rows[1:]] == texts
    assert [row[2] for row in rows[1:]] == texts
    assert "# name: Two lines" in body[0]


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_a_file_of_accounts_says_so_and_holds_their_ids_and_traits(format_: str) -> None:
    sue = seat("sue", "viewer", sees=True)
    load_accounts_too()
    firms = {"subject": "account", "where": {"trait": "tier", "is": "business"}}
    segment = define("firms", firms, name="Firms")
    refresh("firms")
    with pytest.raises(ExportRefused, match="no trait “plan”"):
        _export_of(segment, format_, ("plan",), sue)

    done = run_export(export_id=_export_of(segment, format_, ("name",), sue).pk, clock_now=LATER)

    lines = text_of(done).splitlines()
    if format_ == "csv":
        assert "# subject: account" in lines
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    else:
        manifest, *rows = map(json.loads, lines)
        assert manifest["manifest"]["subject"] == "account"
        rows = [{**row, **row["traits"]} for row in rows]
    assert {row["account_id"]: row["name"] for row in rows} == {
        "acme": "Acme Ltd",
        "empty": "Nobody Inc",
    }


def _export_of(segment: Segment, format_: str, traits: tuple[str, ...], by: User) -> Export:
    return request_export(
        segment=segment, number=1, format_=format_, traits=traits, by=by, via="web"
    )
