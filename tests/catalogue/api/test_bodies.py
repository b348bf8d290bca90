"""Bodies deep, huge, broken or of the wrong type: a sentence, the right status, no change."""

from __future__ import annotations

import json

import pytest

from catalogue.models import Segment
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.segments.ground import team

pytestmark = pytest.mark.django_db
PATH = "segments/"


@pytest.fixture
def asks() -> Program:
    team()
    return program()


BROKEN = {
    "nothing": b"",
    "no JSON": b"key: x",
    "half": b'{"key": "x"',
    "more": b'{"key": "x"} {}',
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "NaN": b'{"key": NaN}',
    "infinite": b'{"key": Infinity}',
    "too large a number": b'{"key": 1e999}',
    "too long a number": b'{"key": ' + b"9" * 5000 + b"}",
    "a key twice": b'{"key": "x", "key": "y"}',
    "a key twice, deep": b'{"goal": {"event": "x", "event": "y"}}',
    "not UTF-8": b'{"key": "\xff"}',
    "UTF-16": '{"key": "x"}'.encode("utf-16"),
    "half a character": b'{"key": "\\ud800"}',
    "NUL": b'{"key": "a\\u0000b"}',
    "NUL in a key": b'{"a\\u0000b": "x"}',
    "101 deep": b'{"definition": ' + b"[" * 101 + b"]" * 101 + b"}",
    "10,000 deep": b'{"definition": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "100,000 deep, open": b'{"definition": ' + b'{"all":[' * 100_000,
}


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "nothing"])
def test_a_body_that_cannot_be_read_is_refused_with_a_sentence(asks: Program, name: str) -> None:
    problem(asks.raw("POST", PATH, BROKEN[name]), 400, "malformed_body")
    assert not Segment.objects.exists()


def test_no_body_lacks_everything(asks: Program) -> None:
    answer = asks.raw("POST", PATH, b"")
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, answer.json()["code"])


def test_a_body_over_a_mebibyte_is_not_read_to_its_end(asks: Program) -> None:
    problem(asks.raw("POST", PATH, b" " * (1024 * 1024 + 1)), 413, "body_too_large")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "x",
        "text/json",
    ],
)
def test_a_body_of_another_type_is_refused(asks: Program, content_type: str) -> None:
    answer = asks.raw("POST", PATH, b'{"key": "x"}', content_type=content_type)
    problem(answer, 415, "unsupported_media_type")


def test_a_compressed_body_is_refused(asks: Program) -> None:
    answer = asks.raw("POST", PATH, b"\x1f\x8b", Content_Encoding="gzip")
    problem(answer, 415, "unsupported_media_type")


def test_a_body_in_chunks_is_refused(asks: Program) -> None:
    answer = asks.raw("POST", PATH, b"{}", Transfer_Encoding="chunked")
    problem(answer, 411, "length_required")


@pytest.mark.parametrize(
    "value",
    [None, 5, 1.5, True, [], {}, "", " ", [None], {"a": {"b": []}}, "x" * 10_000, "ä\u202e"],
)
@pytest.mark.parametrize(
    "field", ["key", "name", "team", "definition", "goal", "messages", "sync", "tests", "private"]
)
def test_any_value_in_any_field_is_taken_or_refused_with_a_pointer(
    asks: Program, field: str, value: object
) -> None:
    body = {
        "key": "pros",
        "name": "Pros",
        "team": "growth",
        "definition": {"everyone": True},
        field: value,
    }
    answer = asks.post(PATH, body)
    assert answer.status_code in (201, 400, 422), answer.content
    if answer.status_code != 201:
        data = problem(answer, answer.status_code, answer.json()["code"])
        assert any(one["pointer"].startswith(f"/{field}") for one in data["errors"]), data


def test_a_definition_too_deep_or_too_long_is_refused_at_its_place(asks: Program) -> None:
    deep: dict[str, object] = {"everyone": True}
    for _ in range(30):
        deep = {"not": deep}
    long = {"any": [{"everyone": True}] * 600}
    for definition in (deep, long):
        body = {"key": "x", "name": "X", "team": "growth", "definition": definition}
        data = problem(asks.post(PATH, body), 422, "invalid_definition")
        assert data["errors"][0]["code"] == "too_large"
        assert data["errors"][0]["pointer"].startswith("/definition")


def test_a_byte_order_mark_does_no_harm(asks: Program) -> None:
    body = json.dumps({"key": "x", "name": "X", "team": "growth", "definition": {"everyone": True}})
    answer = asks.raw("POST", PATH, b"\xef\xbb\xbf" + body.encode())
    assert answer.status_code == 201


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_method_cannot_be_smuggled_in_by_a_header(asks: Program, name: str) -> None:
    answer = asks.raw("POST", PATH, b"{}", **{name.replace("-", "_"): "DELETE"})
    assert answer.status_code in (400, 422)
