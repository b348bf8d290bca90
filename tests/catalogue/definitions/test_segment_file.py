"""A segment as a file: what it says, and what is refused in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.nodes import All, Definition, Everyone
from catalogue.definitions.segment_facts import Evidence
from catalogue.definitions.segment_file import SegmentFile, SegmentTest, parse_segment_files

FULL = """
apiVersion: segment-catalogue/v1
kind: Segment
key: trial-ending-unengaged
name: Trial ending, not engaged
status: live
team: growth
owner: mia@example.org
models: [plan_status, usage]
why: >
  Trials without a card convert at a third
  of the rate of others.
evidence: [{kind: interview, source: research/2026-04, n: 14, on: 2026-04-12}]
goal: {event: subscription_started, within: 14 days, at_least: 25%, by: 2026-12-31}
review: {every: 90 days, reviewer: tom@example.org}
refresh: every 6 hours
definition:
  subject: customer
  timezone: Europe/Berlin
  where:
    all:
      - {trait: subscription_status, is: trialing}
      - {did_not: payment_method_added}
members: {add: [c17], remove: ["007"]}
tests:
  - it: card on file is out
    now: 2026-03-18T12:00:00Z
    given:
      - {id: a, traits: {subscription_status: trialing}}
      - {id: b, events: [{name: payment_method_added, at: 200 days ago}]}
    accounts: [{id: acme, traits: {tier: business}}]
    segments: {paying: {static: [a, b], add: [c]}}
    expect: [a]
    timeline: [{at: 0 days, expect: [a], entered: [a], left: []}]
messages: {sales: Call., customer_success: "Ask."}
sync: [{to: hubspot, as: "Trial ending (catalogue)"}, {to: files}]
"""
SHORT = """
apiVersion: segment-catalogue/v1
kind: Segment
key: short
definition: {everyone: true}
"""
LIST = """
apiVersion: segment-catalogue/v1
kind: Segment
key: listed
members: {static: list.csv, add: [x]}
"""


def read(text: str, files: dict[str, str] | None = None) -> SegmentFile:
    (file,) = parse_segment_files(
        text, file_name="a.yaml", read_file=lambda name: (files or {})[name]
    )
    return file


def faults(text: str, files: dict[str, str] | None = None) -> tuple[Fault, ...]:
    with pytest.raises(DefinitionError) as caught:
        read(text, files)
    return caught.value.faults


def test_a_full_file_says_everything() -> None:
    file = read(FULL)
    assert (file.file_name, file.key, file.name) == (
        "a.yaml",
        "trial-ending-unengaged",
        "Trial ending, not engaged",
    )
    assert (file.status, file.team, file.owner) == ("live", "growth", "mia@example.org")
    assert file.models == ("plan_status", "usage")
    assert file.why == "Trials without a card convert at a third of the rate of others."
    assert file.evidence == (
        Evidence(kind="interview", source="research/2026-04", n=14, on=date(2026, 4, 12)),
    )
    assert file.goal == {
        "event": "subscription_started",
        "within": "14 days",
        "at_least": "25%",
        "by": "2026-12-31",
    }
    assert file.review == {"every": "90 days", "reviewer": "tom@example.org"}
    assert file.refresh == {"every": 6, "unit": "hour", "at": None}
    assert isinstance(file.tree, Definition)
    assert isinstance(file.tree.where, All)
    assert file.tree.timezone == "Europe/Berlin"
    assert file.refused is None
    assert (file.adds, file.removes, file.static) == (("c17",), ("007",), None)
    assert file.messages == {"sales": "Call.", "customer_success": "Ask."}
    assert file.sync == ({"to": "hubspot", "as": "Trial ending (catalogue)"}, {"to": "files"})
    assert file.source == FULL
    assert file.where_pointer == "/definition/where"


def test_its_tests_are_kept_as_written() -> None:
    assert read(FULL).tests == (
        SegmentTest(
            it="card on file is out",
            now="2026-03-18T12:00:00Z",
            given=(
                {"id": "a", "traits": {"subscription_status": "trialing"}},
                {"id": "b", "events": [{"name": "payment_method_added", "at": "200 days ago"}]},
            ),
            accounts=({"id": "acme", "traits": {"tier": "business"}},),
            segments={"paying": {"static": ["a", "b"], "add": ["c"]}},
            expect=("a",),
            timeline=({"at": "0 days", "expect": ["a"], "entered": ["a"], "left": []},),
        ),
    )


def test_a_short_file_has_defaults() -> None:
    file = read(SHORT)
    assert (file.name, file.status, file.team, file.owner) == ("short", "draft", "", None)
    assert (file.models, file.tests, file.evidence, file.sync) == ((), (), (), ())
    assert file.definition == Definition(where=Everyone())
    assert file.where_pointer == "/definition"


def test_the_default_zone_is_that_of_the_workspace() -> None:
    (file,) = parse_segment_files(SHORT, file_name="x", default_timezone="Asia/Tokyo")
    assert file.tree == Definition(where=Everyone(), timezone="Asia/Tokyo")


def test_a_static_list_stands_instead_of_a_definition() -> None:
    file = read(LIST, {"list.csv": "customer_id\n01\na b\n01\n"})
    assert (file.static, file.static_file, file.adds) == (("01", "a b"), "list.csv", ("x",))
    assert file.definition is None


def test_a_refused_definition_leaves_the_file_readable() -> None:
    file = read(SHORT.replace("{everyone: true}", "\n  where:\n    {trait: a, iss: b}"))
    assert file.tree is None
    assert file.refused is not None
    (fault,) = file.refused.faults
    assert (str(fault.code), fault.pointer) == ("unknown_operator", "/definition/where/iss")
    assert (fault.line, fault.column, fault.suggestion) == (7, 16, "is")


def test_neither_definition_nor_list_is_an_empty_definition() -> None:
    file = read(SHORT.replace("definition: {everyone: true}", ""))
    assert file.refused is not None
    assert str(file.refused.code) == "empty_definition"


def test_a_refused_definition_inside_a_test_leaves_the_file_readable() -> None:
    text = SHORT + (
        "tests:\n"
        "  - it: x\n"
        "    now: 2026-01-01\n"
        "    segments: {b: {definition: {all: []}}}\n"
        "    timeline: [{at: 1 day, definition: {foo: 1}}]\n"
    )
    (test,) = read(text).tests
    assert test.segments == {"b": {"definition": {"all": []}}}
    assert test.timeline == ({"at": "1 day", "definition": {"foo": 1}},)


def test_several_documents_are_several_segments_each_with_its_places() -> None:
    text = SHORT + "---" + SHORT.replace("short", "other").replace("everyone", "evryone") + "---\n"
    first, second = parse_segment_files(text, file_name="x")
    assert (first.key, second.key) == ("short", "other")
    assert second.refused is not None
    assert second.refused.faults[0].line == 10


def test_a_key_twice_in_one_file_is_refused_where_it_stands_again() -> None:
    (fault,) = faults(SHORT + "---" + SHORT)
    assert (fault.pointer, fault.line) == ("/key", 9)


def test_a_file_without_a_segment_is_refused() -> None:
    for text in ("", "# nothing\n", "---\n---\n"):
        assert "no segment" in faults(text)[0].message


@pytest.mark.parametrize(
    ("line", "code", "pointer", "suggestion"),
    [
        ("nmae: x", "unknown_operator", "/nmae", "name"),
        ("Status: live", "unknown_operator", "/Status", "status"),
        ("name: ''", "bad_value", "/name", None),
        ("name: 5", "bad_value", "/name", None),
        (f"name: {'x' * 201}", "bad_value", "/name", None),
        ("status: lve", "bad_value", "/status", "live"),
        ("status: archived", "bad_value", "/status", None),
        ("team: Growth Team", "bad_value", "/team", None),
        ("owner: Mia", "bad_value", "/owner", None),
        ("models: usage", "bad_value", "/models", None),
        ("models: [usge]", "bad_value", "/models/0", "usage"),
        ("why: [a]", "bad_value", "/why", None),
        ("evidence: [{kind: interview}]", "bad_value", "/evidence/0/source", None),
        ("evidence: [{kind: survey, source: b, n: many}]", "bad_value", "/evidence/0/n", None),
        (
            "evidence: [{kind: survey, source: b, on: 2026-02-30}]",
            "bad_value",
            "/evidence/0/on",
            None,
        ),
        ("evidence: [{kind: survey, source: b, m: 1}]", "unknown_operator", "/evidence/0/m", None),
        ("evidence: [{kind: surveys, source: b}]", "bad_value", "/evidence/0/kind", "survey"),
        (
            "evidence: [{kind: survey, source: b, strength: strog}]",
            "bad_value",
            "/evidence/0/strength",
            "strong",
        ),
        (
            "evidence: [{kind: survey, source: b, expires_on: soon}]",
            "bad_value",
            "/evidence/0/expires_on",
            None,
        ),
        ("goal: {within: 3 days}", "bad_value", "/goal/event", None),
        ("goal: {event: a, within: soon}", "bad_value", "/goal/within", None),
        ("goal: {event: a, at_least: 101%}", "bad_value", "/goal/at_least", None),
        ("goal: {event: a, at_least: 0.2}", "bad_value", "/goal/at_least", None),
        ("goal: {event: a, by: someday}", "bad_value", "/goal/by", None),
        ("goal: {event: a, unless: b}", "unknown_operator", "/goal/unless", None),
        ("review: {reviewer: a@b.c}", "bad_value", "/review/every", None),
        ("review: {every: 9 days, reviewer: Tom}", "bad_value", "/review/reviewer", None),
        ("refresh: 6 hours", "bad_value", "/refresh", None),
        ("refresh: every 0 hours", "bad_value", "/refresh", None),
        ("refresh: every 2 weeks", "bad_value", "/refresh", None),
        ("refresh: every 1 day at 24:00", "bad_value", "/refresh", None),
        ("refresh: every 1 day at 6:00", "bad_value", "/refresh", None),
        ("members: [a]", "bad_value", "/members", None),
        ("members: {add: a}", "bad_value", "/members/add", None),
        ("members: {add: [7]}", "bad_value", "/members/add/0", None),
        ("members: {ad: [a]}", "unknown_operator", "/members/ad", "add"),
        ("members: {static: x.csv}", "bad_value", "/members/static", None),
        ("messages: [a]", "bad_value", "/messages", None),
        ("messages: {sales: 5}", "bad_value", "/messages/sales", None),
        ("messages: {Customer Success: a}", "bad_value", "/messages/Customer Success", None),
        ("sync: hubspot", "bad_value", "/sync", None),
        ("sync: [{as: x}]", "bad_value", "/sync/0/to", None),
        ("sync: [{to: x, name: y}]", "unknown_operator", "/sync/0/name", None),
        ("tests: {}", "bad_value", "/tests", None),
        ("tests: [{now: 2026-01-01, expect: []}]", "bad_value", "/tests/0/it", None),
        ("tests: [{it: x, expect: []}]", "bad_value", "/tests/0/now", None),
        ("tests: [{it: x, now: noon, expect: []}]", "bad_value", "/tests/0/now", None),
        ("tests: [{it: x, now: 2026-01-01}]", "bad_value", "/tests/0", None),
        ("tests: [{it: x, now: 2026-01-01, expct: []}]", "unknown_operator", "/tests/0/expct",
         "expect"),
        ("tests: [{it: x, now: 2026-01-01, expect: a}]", "bad_value", "/tests/0/expect", None),
        ("tests: [{it: x, now: 2026-01-01, expect_error: bad_valu}]", "bad_value",
         "/tests/0/expect_error", "bad_value"),
        ("tests: [{it: x, now: 2026-01-01, timeline: [{expect: []}]}]", "bad_value",
         "/tests/0/timeline/0/at", None),
        ("tests: [{it: x, now: 2026-01-01, expect: [], given: {id: a}}]", "bad_value",
         "/tests/0/given", None),
        ("tests: [{it: x, now: 2026-01-01, expect: [], segments: {b: {where: 1}}}]",
         "unknown_operator", "/tests/0/segments/b/where", None),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_meant_is_refused_where_it_stands(
    line: str, code: str, pointer: str, suggestion: str | None
) -> None:
    found = faults(SHORT + line)
    first = found[0]
    assert (str(first.code), first.pointer) == (code, pointer)
    assert suggestion is None or first.suggestion == suggestion
    assert first.line == 6


@pytest.mark.parametrize("key", ["new", "compare", "bulk", "Upper", "a_b", "-a", "a--b", "a" * 81])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    (fault,) = faults(SHORT.replace("key: short", f"key: {key}"))
    assert (str(fault.code), fault.pointer, fault.line) == ("bad_value", "/key", 4)


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ("apiVersion: segment-catalogue/v1\n", "", ""),
        ("segment-catalogue/v1", "segment-catalogue/v2", "/apiVersion"),
        ("kind: Segment\n", "", ""),
        ("kind: Segment", "kind: Person", "/kind"),
        ("key: short", "", "/key"),
    ],
)
def test_a_file_says_what_it_is(old: str, new: str, pointer: str) -> None:
    (fault,) = faults(SHORT.replace(old, new))
    assert (str(fault.code), fault.pointer) == ("bad_value", pointer)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("every 30 minutes", {"every": 30, "unit": "minute", "at": None}),
        ("every 1 hour", {"every": 1, "unit": "hour", "at": None}),
        ("every 2 days at 06:00", {"every": 2, "unit": "day", "at": "06:00"}),
    ],
)
def test_a_timetable_is_kept_in_parts(written: str, kept: dict[str, object]) -> None:
    assert read(f"{SHORT}refresh: {written}").refresh == kept


def test_all_faults_of_all_documents_are_told_at_once() -> None:
    text = SHORT + "nmae: x\nstatus: lve\n---" + SHORT.replace("short", "Bad Key")
    assert [(fault.pointer, fault.line) for fault in faults(text)] == [
        ("/nmae", 6),
        ("/status", 7),
        ("/key", 11),
    ]


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("", "list is empty"),
        ('customer_id\na\n""\n', "line 3"),
        ("name,customer_id\nx\n", "line 2"),
        ('customer_id\n"a', "broken"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_line(csv: str, words: str) -> None:
    (fault,) = faults(LIST, {"list.csv": csv})
    assert (fault.pointer, fault.line) == ("/members/static", 5)
    assert words in fault.message


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.csv", "a/../../x.csv"])
def test_a_list_lies_beside_its_file(path: str) -> None:
    (fault,) = faults(LIST.replace("list.csv", path), {path: "customer_id\na\n"})
    assert "beside" in fault.message


def test_a_missing_or_garbled_list_is_refused_in_words(tmp_path: Path) -> None:
    def read_beside(name: str) -> str:
        return (tmp_path / name).read_text(encoding="utf-8")

    for content, words in ((None, "cannot be read"), (b"\xff", "UTF-8")):
        if content is not None:
            (tmp_path / "list.csv").write_bytes(content)
        with pytest.raises(DefinitionError, match=words):
            parse_segment_files(LIST, file_name="x", read_file=read_beside)
    with pytest.raises(DefinitionError, match="cannot be read here"):
        parse_segment_files(LIST, file_name="x")


@pytest.mark.parametrize(
    ("csv", "ids"),
    [
        ("customer_id\na\nb\n", ("a", "b")),
        ("\ufeffcustomer_id\r\na\r\n", ("a",)),
        ("name,customer_id\nx,007\ny, 7 \n", ("007", " 7 ")),
        ("id,name\na,x\n", ("a",)),
        ('customer_id\n"a,""b"""\n\n1e3\n', ('a,"b"', "1e3")),
        ('customer_id\n"a\nb"\n', ("a\nb",)),
        ("customer_id\nb\na\nb\n", ("b", "a")),
        ("customer_id\n", ()),
    ],
)
def test_ids_of_a_list_are_text_exactly_as_written(csv: str, ids: tuple[str, ...]) -> None:
    assert read(LIST, {"list.csv": csv}).static == ids
