"""Every path of the API as people read it, out of the OpenAPI document alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
CODE = re.compile(r"`([a-z-]+)`")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a value looks like: in words, and the name of the shape it is made of, if it has one."""

    words: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter or a field of a shape. `place`: path, query or header; empty for a field."""

    name: str
    shape: Shape
    is_needed: bool
    about: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status with what it carries: a shape, the kinds of problem that it tells of, or neither
    and a sentence."""

    status: str
    shape: Shape | None
    problems: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLine:
    """One operation. `command` asks for it from a shell."""

    id: str
    method: str
    path: str
    summary: str
    about: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: Shape | None
    answers: tuple[Answer, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedShape:
    """A shape that bodies and answers are made of; without fields when it is one of few words."""

    name: str
    about: str
    words: str
    fields: tuple[Field, ...]


def paths_by_tag(document: Document, *, host: str) -> dict[str, list[PathLine]]:
    """The operations under what they are about, in the order of the document."""
    found: dict[str, list[PathLine]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                line = _path_line(path, method, operation, host)
                found.setdefault(operation["tags"][0], []).append(line)
    return found


def named_shapes(document: Document) -> list[NamedShape]:
    """The shapes by name."""
    schemas = document["components"]["schemas"]
    return [_named(name, schemas[name]) for name in sorted(schemas)]


def _path_line(path: str, method: str, operation: Document, host: str) -> PathLine:
    body = operation.get("requestBody")
    return PathLine(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=tuple(text for text in operation.get("description", "").split("\n\n") if text),
        parameters=tuple(_parameter(one) for one in operation.get("parameters", ())),
        body=None if body is None else _content(body),
        answers=tuple(_answer(status, one) for status, one in operation["responses"].items()),
        command=_command(path, method, operation, host),
    )


def _parameter(one: Document) -> Field:
    return Field(
        name=one["name"],
        shape=shape_of(one.get("schema", {})),
        is_needed=bool(one.get("required")),
        about=one.get("description", ""),
        place=one["in"],
    )


def _answer(status: str, one: Document) -> Answer:
    # An answer without a body of its own names its problems as `code`, `code`.
    about = one.get("description", "")
    problems = tuple(CODE.findall(about))
    shape = None if problems else _content(one)
    return Answer(status=status, shape=shape, problems=problems, about="" if problems else about)


def _content(one: Document) -> Shape | None:
    content = one.get("content", {})
    return shape_of(content[JSON].get("schema", {})) if JSON in content else None


def _command(path: str, method: str, operation: Document, host: str) -> str:
    needed = [
        one["name"]
        for one in operation.get("parameters", ())
        if one["in"] == "header" and one.get("required")
    ]
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{host}{path}"]
    lines.append('-H "Authorization: Bearer $KEY"')
    lines += [f'-H "{name}: …"' for name in needed]
    if JSON in operation.get("requestBody", {}).get("content", {}):
        lines.append(f'-H "Content-Type: {JSON}" -d @body.json')
    return " \\\n  ".join(lines)


def _named(name: str, schema: Document) -> NamedShape:
    needed = set(schema.get("required", ()))
    return NamedShape(
        name=name,
        about=schema.get("description", ""),
        words="" if "properties" in schema else shape_of(schema).words,
        fields=tuple(
            Field(
                name=field,
                shape=shape_of(one),
                is_needed=field in needed,
                about=one.get("description", ""),
            )
            for field, one in schema.get("properties", {}).items()
        ),
    )


def shape_of(schema: Document) -> Shape:
    """A schema in words: `text, at most 80 characters`, `list of Member`, `one of live, draft`."""
    for joined in ("allOf", "oneOf", "anyOf"):
        if joined in schema:
            shapes = [shape_of(one) for one in schema[joined]]
            named = next((shape.name for shape in shapes if shape.name), "")
            return Shape(words=" or ".join(shape.words for shape in shapes), name=named)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Shape(words=name, name=name)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return Shape(words="one of " * (len(values) > 1) + ", ".join(map(_literal, values)))
    return _typed(schema)


def _typed(schema: Document) -> Shape:
    given = schema.get("type", "any")
    types = [given] if isinstance(given, str) else list(given)
    held = shape_of(schema.get("items", {})) if "array" in types else Shape(words="")
    words = [
        f"list of {held.words}" if one == "array" else _word(one, schema)
        for one in sorted(types, key=lambda one: one == "null")
    ]
    return Shape(words=", ".join([" or ".join(words), *_bounds(schema)]), name=held.name)


WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "any": "any value",
}
FORMATS = {"date-time": "time", "date": "date", "uri": "address", "email": "e-mail address"}


def _word(type_: str, schema: Document) -> str:
    if type_ == "string":
        return FORMATS.get(schema.get("format", ""), "text")
    return WORDS.get(type_, type_)


BOUNDS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("maxLength", "at most {} characters"),
    ("maxItems", "at most {} of them"),
)


def _bounds(schema: Document) -> Iterator[str]:
    for key, words in BOUNDS:
        if key in schema:
            yield words.format(f"{schema[key]:,}")
    if "default" in schema:
        yield f"{_literal(schema['default'])} when left out"


def _literal(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)
