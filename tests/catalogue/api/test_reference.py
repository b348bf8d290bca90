"""How the OpenAPI document is put into words."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.api.reference import Shape, named_shapes, paths_by_tag, shape_of

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/api/v1/things/{key}/": {
            "patch": {
                "operationId": "things_update",
                "tags": ["things"],
                "summary": "Change a thing",
                "description": "At once.\n\nA key needs the scope `things:write`.",
                "parameters": [
                    {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "If-Match", "in": "header", "required": True},
                    {"name": "Request-Id", "in": "header"},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/x/ThingRequest"}}}
                },
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/x/Thing"}}}},
                    "412": {"description": "`stale-version`, `refused`"},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "description": "One thing.",
                "type": "object",
                "required": ["key"],
                "properties": {
                    "key": {"type": "string", "maxLength": 80, "description": "For ever."},
                    "state": {"$ref": "#/x/State"},
                },
            },
            "State": {"type": "string", "enum": ["live", "draft"]},
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "words", "name"),
    [
        ({"type": "string"}, "text", ""),
        ({"type": ["string", "null"], "format": "date-time"}, "time or null", ""),
        ({"type": "integer", "minimum": 1, "maximum": 1000, "default": 50},
         "whole number, at least 1, at most 1,000, 50 when left out", ""),
        ({"type": "boolean", "default": False}, "true or false, false when left out", ""),
        ({"type": "array", "items": {"$ref": "#/x/Member"}}, "list of Member", "Member"),
        ({"enum": ["live", "draft"]}, "one of live, draft", ""),
        ({"oneOf": [{"$ref": "#/x/Size"}, {"type": "null"}]}, "Size or null", "Size"),
        ({}, "any value", ""),
    ],
)  # fmt: skip
def test_a_schema_is_said_in_words(schema: dict[str, Any], words: str, name: str) -> None:
    assert shape_of(schema) == Shape(words=words, name=name)


def test_a_path_says_what_it_takes_and_what_it_answers() -> None:
    (line,) = paths_by_tag(DOCUMENT, host="http://here")["things"]

    assert (line.method, line.path, line.id) == ("PATCH", "/api/v1/things/{key}/", "things_update")
    assert line.about == ("At once.", "A key needs the scope `things:write`.")
    assert [(one.name, one.place, one.is_needed) for one in line.parameters] == [
        ("key", "path", True),
        ("If-Match", "header", True),
        ("Request-Id", "header", False),
    ]
    assert line.body == Shape(words="ThingRequest", name="ThingRequest")
    ok, stale = line.answers
    assert (ok.status, ok.shape) == ("200", Shape(words="Thing", name="Thing"))
    assert (stale.status, stale.shape, stale.problems) == (
        "412",
        None,
        ("stale-version", "refused"),
    )


def test_a_command_names_every_header_that_must_be_sent() -> None:
    (line,) = paths_by_tag(DOCUMENT, host="http://here")["things"]

    assert "curl -X PATCH http://here/api/v1/things/{key}/" in line.command
    assert '-H "If-Match: …"' in line.command
    assert "Request-Id" not in line.command
    assert "-d @body.json" in line.command


def test_a_shape_has_its_fields_or_its_words() -> None:
    state, thing = named_shapes(DOCUMENT)

    assert (state.name, state.words, state.fields) == ("State", "one of live, draft", ())
    assert [(one.name, one.shape.words, one.is_needed, one.about) for one in thing.fields] == [
        ("key", "text, at most 80 characters", True, "For ever."),
        ("state", "State", False, ""),
    ]
