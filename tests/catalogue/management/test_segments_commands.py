"""manage.py segments and refresh, as people and programs call them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Segment
from tests.catalogue.workspace import NOW, define, load_workspace

HEAD = "apiVersion: segment-catalogue/v1\nkind: Segment\n"
PROS = HEAD + "key: pros\nteam: growth\ndefinition: {trait: plan, is: pro}\n"


def manage(*args: str) -> tuple[int, str, str]:
    """Exit code, what was printed, and the complaints."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    except CommandError as error:
        return 1, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "segments"
    folder.mkdir()
    return folder


# ── lint: no database ──────────────────────────────────────────────────────────────────────


def test_lint_passes_well_formed_files_without_a_database(folder: Path) -> None:
    (folder / "pros.yaml").write_text(PROS)
    code, out, err = manage("segments", "lint", str(folder))
    assert (code, out) == (0, "1 segment(s) are well-formed.\n")
    assert all(line.startswith("Advice: ") for line in err.splitlines())


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"key: [1, 2\nname: x\n", "line 2, column 5 (/key/1)", "YAML is broken"),
        (HEAD.encode() + b"key: caf\xe9\n", "line 3, column", "UTF-8"),
        (PROS.replace("is: pro", "iz: pro").encode(), "line 5, column", "/definition"),
        (HEAD.encode() + b"key: Bad Key\n", "line 3, column", "/key"),
        ((PROS + "status: live\n").encode(), "line 6, column 1 (/status)", "no owner"),
        ((PROS + "colour: red\n").encode(), "line 6, column 1", "colour"),
        ((PROS + "refresh: now and then\n").encode(), "line 6", "every 6 hours"),
    ],
)
def test_lint_says_file_line_column_and_pointer(
    folder: Path, content: bytes, place: str, said: str
) -> None:
    (folder / "bad.yaml").write_bytes(content)
    code, out, err = manage("segments", "lint", str(folder))
    assert code == 1
    assert out == ""
    assert str(folder / "bad.yaml") in err
    assert place in err
    assert said in err


def test_lint_finds_circles_and_leaves_references_to_stored_segments_alone(folder: Path) -> None:
    text = HEAD + "key: {0}\ndefinition: {{in_segment: {1}}}\n"
    (folder / "a.yaml").write_text(text.format("a", "b"))
    (folder / "b.yaml").write_text(text.format("b", "elsewhere"))
    assert manage("segments", "lint", str(folder))[0] == 0
    (folder / "b.yaml").write_text(text.format("b", "a"))
    code, _, err = manage("segments", "lint", str(folder))
    assert code == 1
    assert "in a circle: “a” → “b” → “a”" in err or "in a circle: “b” → “a” → “b”" in err


def test_lint_as_json_is_an_object_for_each_problem(folder: Path) -> None:
    (folder / "bad.yaml").write_text(PROS.replace("is: pro", "iz: pro"))
    code, out, _ = manage("segments", "lint", str(folder), "--json")
    assert code == 1
    row = rows(out)[0]
    assert (row["outcome"], row["code"], row["line"]) == ("refused", "unknown_operator", 5)
    assert row["pointer"] == "/definition/iz"


def test_a_path_that_is_not_there_is_a_sentence(folder: Path) -> None:
    code, _, err = manage("segments", "lint", str(folder / "none.yaml"))
    assert code == 1
    assert "none.yaml" in err
    assert "cannot be read" in err
    assert "no .yaml or .yml files" in manage("segments", "lint", str(folder))[2]


# ── apply, refresh, members, export ────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_from_a_file_to_its_people(folder: Path) -> None:
    load_workspace()
    (folder / "pros.yaml").write_text(PROS)
    code, out, _ = manage("segments", "apply", str(folder))
    assert code == 0
    assert "created    pros d1" in out
    code, out, _ = manage("refresh", "--now", NOW.isoformat())
    assert code == 0
    assert out.splitlines()[1].split()[:5] == ["pros", "2", "2", "0", "1"]
    assert manage("segments", "members", "pros") == (0, "customer_id\nada\ncleo\n", "")
    as_lines = manage("segments", "members", "pros", "--format", "jsonl")[1]
    assert rows(as_lines) == [{"customer_id": "ada"}, {"customer_id": "cleo"}]
    assert manage("segments", "members", "pros", "--json")[1] == as_lines
    assert manage("segments", "export", "pros")[1] == PROS


@pytest.mark.django_db
def test_refused_files_store_nothing(folder: Path) -> None:
    load_workspace()
    (folder / "a.yaml").write_text(PROS)
    (folder / "b.yaml").write_text(PROS.replace("pros", "b").replace("plan,", "plann,"))
    code, out, err = manage("segments", "apply", str(folder))
    assert (code, out) == (1, "")
    assert "Did you mean “plan”?" in err
    assert not Segment.objects.exists()
    code, out, _ = manage("segments", "apply", str(folder), "--json")
    assert (code, rows(out)[0]["suggestion"]) == (1, "plan")


@pytest.mark.django_db
def test_refresh_as_json_is_an_object_for_each_segment() -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    define("all", {"everyone": True})
    code, out, _ = manage("refresh", "--now", "2026-03-18T12:00:00Z", "--json")
    assert code == 0
    assert [(row["key"], row["size"], row["now"]) for row in rows(out)] == [
        ("all", 5, "2026-03-18T12:00:00Z"),
        ("pros", 2, "2026-03-18T12:00:00Z"),
    ]


@pytest.mark.django_db
def test_refresh_exits_1_and_names_what_is_refused_but_does_the_rest() -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    define("broken", {"in_segment": "gone"})
    code, out, err = manage("refresh", "--now", NOW.isoformat())
    assert code == 1
    assert "broken" in err
    assert "“gone”" in out
    assert manage("segments", "members", "pros")[0] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("refresh", "prso"), "There is no segment “prso”. Did you mean “pros”?"),
        (("segments", "members", "prso"), "There is no segment “prso”. Did you mean “pros”?"),
        (("segments", "export", "prso"), "There is no segment “prso”. Did you mean “pros”?"),
        (("segments", "members", "pros"), "never been refreshed: manage.py refresh pros"),
        (("refresh", "--now", "yesterdayish"), "“yesterdayish” is no instant"),
        (("refresh",), "Load customers first: manage.py load customers FILE"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(args: tuple[str, ...], said: str) -> None:
    define("pros", {"trait": "plan", "is": "pro"})
    code, out, err = manage(*args)
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.django_db
def test_members_of_an_earlier_day() -> None:
    load_workspace()
    define("recent", {"did": "login", "in_last": "3 days"})
    manage("refresh", "--now", "2026-03-11T00:00:00Z")
    manage("refresh", "--now", NOW.isoformat())
    assert manage("segments", "members", "recent")[1] == "customer_id\nada\n"
    earlier = ("segments", "members", "recent", "--as-of", "2026-03-12T00:00:00Z")
    assert manage(*earlier)[1] == "customer_id\nbob\n"
    code, _, err = manage("segments", "members", "recent", "--as-of", "2026-01-01")
    assert code == 1
    assert "was not refreshed as of 2026-01-01" in err


@pytest.mark.django_db
def test_ids_that_need_quotes_are_quoted() -> None:
    from datetime import UTC, datetime

    import pyarrow as pa

    from catalogue.warehouse.ingest import load_customers

    load_customers(pa.table({"id": ['a,"b"', "é"]}), as_of=datetime(2026, 1, 1, tzinfo=UTC))
    define("all", {"everyone": True})
    manage("refresh")
    assert manage("segments", "members", "all")[1] == 'customer_id\n"a,""b"""\né\n'
