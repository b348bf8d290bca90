"""manage.py segments test: the tests inside segment files, without database or server."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[3]
HEAD = "apiVersion: segment-catalogue/v1\nkind: Segment\n"
GIVEN = """\
    given:
      - {id: a, traits: {plan: pro}, events: [{name: login, at: 1 day ago}]}
      - {id: b, traits: {plan: free}}
"""


def segment(key: str, definition: str, *tests: str) -> str:
    body = "".join(
        f"  - it: test {i}\n    now: 2026-03-18T12:00:00Z\n{t}" for i, t in enumerate(tests)
    )
    return f"{HEAD}key: {key}\ndefinition: {definition}\n" + (f"tests:\n{body}" if tests else "")


def judged(*paths: Path) -> tuple[int, list[dict[str, str]]]:
    """Exit code and the lines printed."""
    out, code = io.StringIO(), 0
    try:
        call_command("segments", "test", *map(str, paths), "--json", stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def one(tmp_path: Path, text: str) -> tuple[int, str, str]:
    """Exit code, outcome and detail of the only test of a file."""
    (tmp_path / "one.yaml").write_text(text)
    code, lines = judged(tmp_path / "one.yaml")
    assert len(lines) == 1
    return code, lines[0]["outcome"], lines[0]["detail"]


PRO = "{trait: plan, is: pro}"


def test_a_right_expectation_passes(tmp_path: Path) -> None:
    text = segment("pros", PRO, GIVEN + "    expect: [a]\n")
    assert one(tmp_path, text) == (0, "passed", "")


def test_a_wrong_expectation_fails_and_names_who_is_missing_and_unexpected(tmp_path: Path) -> None:
    text = segment("pros", PRO, GIVEN + "    expect: [b, c]\n")
    assert one(tmp_path, text) == (1, "failed", "missing b, c; unexpected a")


def test_a_line_says_file_segment_it_outcome_and_detail(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(segment("pros", PRO, GIVEN + "    expect: [a]\n"))
    line = {"segment": "pros", "it": "test 0", "outcome": "passed", "detail": ""}
    assert judged(tmp_path) == (0, [{"file": str(tmp_path / "one.yaml"), **line}])


def test_a_refused_definition_refuses_every_test_that_does_not_expect_it(tmp_path: Path) -> None:
    tests = [
        GIVEN + "    expect: [a]\n",
        "    expect_error: bad_value\n",
        "    expect_error: cycle\n",
    ]
    (tmp_path / "one.yaml").write_text(segment("pros", "{trait: plan, is: null}", *tests))
    code, lines = judged(tmp_path)
    assert [line["outcome"] for line in lines] == ["refused", "passed", "failed"]
    assert "line 4, column" in lines[0]["detail"]
    assert "It should be refused with cycle, but was with bad_value." in lines[2]["detail"]
    assert code == 2


def test_an_expected_error_that_does_not_come_fails(tmp_path: Path) -> None:
    code, outcome, detail = one(tmp_path, segment("pros", PRO, "    expect_error: bad_value\n"))
    assert (code, outcome) == (1, "failed")
    assert "it was judged" in detail


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"key: [1, 2\nname: x\n", "line 2"),
        (b"key: caf\xe9\n", "UTF-8"),
        (HEAD.encode() + b"colour: red\n", "colour"),
        (b"", "no segment"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_refused_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    (tmp_path / "good.yaml").write_text(segment("pros", PRO, GIVEN + "    expect: [a]\n"))
    code, lines = judged(tmp_path)
    assert [(line["segment"], line["outcome"]) for line in lines] == [
        ("", "refused"),
        ("pros", "passed"),
    ]
    assert said in lines[0]["detail"]
    assert code == 2


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    code, lines = judged(tmp_path / "nowhere.yaml")
    assert (code, lines[0]["outcome"]) == (2, "refused")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[{id: a, traits: {}, event: []}]", "“event” is no key of a given customer"),
        ("[{traits: {}}]", "lacks “id”"),
        ("[{id: a}, {id: a}]", "“a” is given twice"),
        ("[{id: a, events: [{name: x, at: soon}]}]", "“soon” is no instant"),
        ("[{id: a, events: [{at: 1 day ago}]}]", "lacks “name”"),
        ("[{id: a, merged_into: b}, {id: b, merged_into: a}]", "a → b → a"),
        ("[{id: a, trait_history: [{trait: x, value: 1}]}]", "lacks “at”"),
    ],
)
def test_what_cannot_be_given_is_refused_with_a_sentence(
    tmp_path: Path, given: str, said: str
) -> None:
    text = segment("pros", PRO, f"    given: {given}\n    expect: []\n")
    code, outcome, detail = one(tmp_path, text)
    assert (code, outcome) == (2, "refused")
    assert said in detail


def test_references_are_looked_up_in_the_test_the_file_and_the_folder(tmp_path: Path) -> None:
    inner = "    segments: {pros: {definition: {trait: plan, is: free}}}\n    expect: [b]\n"
    (tmp_path / "a.yaml").write_text(segment("pros", PRO) + "---\n" + segment("none", PRO))
    (tmp_path / "b.yaml").write_text(
        segment("by-folder", "{in_segment: pros}", GIVEN + "    expect: [a]\n", GIVEN + inner)
    )
    (tmp_path / "c.yaml").write_text(
        segment("by-file", "{in_segment: frees}", GIVEN + "    expect: [b]\n")
        + "---\n"
        + segment("frees", "{trait: plan, is: free}")
    )
    code, lines = judged(tmp_path)
    assert [line["outcome"] for line in lines] == ["passed"] * 3
    assert code == 0
    code, lines = judged(tmp_path / "b.yaml")
    assert [line["outcome"] for line in lines] == ["refused", "passed"]
    assert "pros" in lines[0]["detail"]
    assert code == 2


def test_a_static_list_beside_its_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "vips.csv").write_text("customer_id\nb\nstranger\n")
    body = "members: {static: vips.csv, add: [a]}\ntests:\n  - it: x\n    now: 2026-03-18\n"
    text = f"{HEAD}key: vips\n{body}{GIVEN}    expect: [a, b]\n"
    assert one(tmp_path, text) == (0, "passed", "")


def test_a_timeline_judges_again_and_compares_with_the_entry_before(tmp_path: Path) -> None:
    right = """\
    timeline:
      - {at: 0 days, expect: [a], entered: [a], left: []}
      - {at: 2 days, expect: [], left: [a]}
      - {at: 3 days, definition: {everyone: true}, entered: [a, b]}
"""
    moving = "{did: login, in_last: 2 days}"
    assert one(tmp_path, segment("moving", moving, GIVEN + right)) == (0, "passed", "")
    wrong = right.replace("left: [a]", "left: [b]")
    code, outcome, detail = one(tmp_path, segment("moving", moving, GIVEN + wrong))
    assert (code, outcome) == (1, "failed")
    assert detail == "at 2 days: left: missing b; at 2 days: left: unexpected a"


def test_people_read_one_line_per_test_and_a_sum(tmp_path: Path) -> None:
    tests = [GIVEN + "    expect: [a]\n", GIVEN + "    expect: [b]\n"]
    (tmp_path / "one.yaml").write_text(segment("pros", PRO, *tests))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("segments", "test", str(tmp_path), stdout=out)
    assert out.getvalue().splitlines() == [
        f"ok      {tmp_path}/one.yaml: pros: test 0",
        f"FAILED  {tmp_path}/one.yaml: pros: test 1",
        "        missing b; unexpected a",
        "1 passed, 1 failed, 0 refused",
    ]


@pytest.mark.long
def test_a_process_of_its_own_needs_neither_database_nor_data_folder(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "var")}
    specs = "tests/specs/population"
    run = subprocess.run(
        [sys.executable, "manage.py", "segments", "test", specs, "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert {json.loads(line)["outcome"] for line in run.stdout.splitlines()} == {"passed"}
    assert not (tmp_path / "var").exists()
