"""YAML 1.2 with the core rules, and JSON; what is no plain value is refused where it stands."""

from __future__ import annotations

import json
import math
import time

import pytest

from catalogue.definitions.documents import MAX_BYTES, read_yaml
from catalogue.definitions.errors import DefinitionError, Fault


def data(text: str) -> object:
    (document,) = read_yaml(text)
    return document.data


def refusal(text: str) -> Fault:
    with pytest.raises(DefinitionError) as caught:
        read_yaml(text)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("1:30:00", "1:30:00"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        ("10%", "10%"),
        ("=", "="),
        ("<<", "<<"),
        ("0b11", "0b11"),
        ("0x", "0x"),
        ("1e", "1e"),
        ("nan", "nan"),
        ("Infinity", "Infinity"),
        ('"7"', "7"),
        ("'true'", "true"),
        ('"null"', "null"),
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        (r'"\ud83d\ude00"', "😀"),
        ("😀", "😀"),
    ],
)
def test_only_the_core_rules_make_anything_but_text(written: str, value: object) -> None:
    found = data(f"a: {written}")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)  # type: ignore[index]


def test_not_a_number_is_read_as_one() -> None:
    found = data("a: .nan")
    assert math.isnan(found["a"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "place", "pointer", "words"),
    [
        ("a: 1\nb: {c: 2, c: 3}", (2, 11), "/b/c", "given twice"),
        ("a: 1\na: 2", (2, 1), "/a", "given twice"),
        ("a:\n  - &x 1", (2, 5), "/a/0", "Anchors"),
        ("a: *x", (1, 4), "/a", "Anchors"),
        ("&x a: 1", (1, 1), "", "Anchors"),
        ("a: !!str 3", (1, 4), "/a", "Tags"),
        ("a: ! 3", (1, 4), "/a", "Tags"),
        ("a: !x {b: c}", (1, 4), "/a", "Tags"),
        ("? [a]\n: b", (1, 3), "", "A key"),
        ("a: [1,\n", (2, 1), "/a/0", "broken"),
        ("a: 'x", (1, 6), "/a", "broken"),
        ("- a\nb: 1", (2, 1), "/0", "broken"),
        ("\ta: 1", (1, 1), "", "broken"),
        ("a: b: c", (1, 5), "/a", "broken"),
        ("a: 1\nb: \x01", (2, 4), "", "U+0001"),
        ("%YAML 1.1\n---\na: 1", (2, 1), "", "YAML 1.2"),
        (r'a: "\ud800"', (1, 4), "/a", "half a character"),
        ("a: " + "1" * 401, (1, 4), "/a", "too long"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_where_it_stands(
    text: str, place: tuple[int, int], pointer: str, words: str
) -> None:
    fault = refusal(text)
    assert (str(fault.code), fault.line, fault.column) == ("bad_value", *place)
    assert fault.pointer == pointer
    assert words in fault.message


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert data("<<: {a: 1}") == {"<<": {"a": 1}}


def test_a_file_holds_several_documents_each_with_its_own_places() -> None:
    first, second = read_yaml("a: 1\n---\nb:\n  - c: 2\n")
    assert (first.data, second.data) == ({"a": 1}, {"b": [{"c": 2}]})
    assert second.place("/b/0/c") == (4, 5)
    assert second.place("/a") == (3, 1)


def test_the_place_of_something_missing_is_that_of_what_is_around_it() -> None:
    (document,) = read_yaml("x: 1\na:\n  b: 2\n")
    assert document.place("/a/b/c/d") == (3, 3)
    assert document.place("/a/z") == (2, 1)
    assert document.place("/nothing") == (1, 1)


def test_json_is_read_with_tabs_escapes_and_nesting() -> None:
    written = {"a/b": [1, 2.5, None, True, {"ü": "x\ty\n😀"}], "": "12:30"}
    assert data(json.dumps(written)) == written
    assert data(json.dumps(written, indent="\t", ensure_ascii=False)) == written


def test_a_byte_order_mark_is_passed_over() -> None:
    assert data("\ufeffa: 1") == {"a": 1}


def test_files_over_64_kb_are_refused() -> None:
    fits = "a: " + "ü" * ((MAX_BYTES - 4) // 2)
    assert data(fits) is not None
    fault = refusal(fits + "üü")
    assert (str(fault.code), fault.line, fault.column) == ("too_large", 1, 1)


def test_deep_nesting_is_refused_at_once() -> None:
    started = time.process_time()
    fault = refusal("[" * 30_000 + "]" * 30_000)
    assert str(fault.code) == "too_large"
    # Reading all of it would take minutes.
    assert time.process_time() - started < 10
