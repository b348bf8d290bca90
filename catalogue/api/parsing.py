"""Reading what a request says, strictly: what is not understood is refused, never ignored."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from catalogue.api.problems import Flaw, Problem
from catalogue.definitions.documents import check_plain, step
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.pieces import nearest

MOST_BYTES = 1024 * 1024
MOST_DIGITS = 400


class StrictJson(BaseParser):
    """A JSON object in UTF-8. Refused: more than 1 MiB, keys given twice, NaN and infinities,
    numbers of over 400 digits, over 100 levels, characters that cannot be stored."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The object. Raises Problem."""
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise Problem("body-too-large", "The body is larger than 1 MiB. Send it in parts.")
        data = read_json(raw)
        if not isinstance(data, dict):
            raise _malformed("The body must be a JSON object, as in {“id”: “cus_1”}.")
        return data


def read_json(raw: bytes) -> object:
    """Plain values out of JSON. Raises Problem."""
    try:
        data = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_finite,
        )
        check_plain(data)
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _malformed(f"The body is no JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise _malformed("Values are nested more than 100 deep.") from None
    except DefinitionError as error:
        fault = error.faults[0]
        raise _malformed(fault.message, pointer=fault.pointer) from None
    return data


def check_sent(request: Request) -> None:
    """Refuse a body that was not sent as a body is sent here, before it is read."""
    headers = request.headers
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        raise Problem("length-required", "Send the header Content-Length; chunks are not read.")
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem("unsupported-media-type", "Send the body as it is, not compressed.")


def read_body(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The body by its shape. Raises Problem with a pointer for everything that does not fit."""
    data = request.data
    expected = shape()
    flaws = [
        _unknown(name, expected.fields, pointer=step("", name))
        for name in data
        if name not in expected.fields
    ]
    read = shape(data=data)
    if not read.is_valid():
        flaws += list(_flaws(read.errors, ""))
    if flaws:
        raise Problem("invalid-body", _summary(flaws), flaws=flaws)
    return dict(read.validated_data)


def check_names(data: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse the names of a body that are not among `known`. Raises Problem."""
    flaws = [_unknown(name, known, pointer=step("", name)) for name in data if name not in known]
    if flaws:
        raise Problem("invalid-body", _summary(flaws), flaws=flaws)


def read_query(
    params: QueryDict, shape: type[serializers.Serializer[Any]], also: Collection[str] = ()
) -> dict[str, Any]:
    """The query parameters by their shape; `also` are names that something else reads, as often as
    they are given. Raises Problem."""
    fields: list[str] = list(shape().fields)
    known = [*fields, *also]
    unknown = [_unknown(name, known, parameter=name) for name in params if name not in known]
    if unknown:
        raise Problem("unknown-parameter", _summary(unknown), flaws=unknown)
    twice = [name for name in fields if len(params.getlist(name)) > 1]
    if twice:
        said = f"“{twice[0]}” is given more than once. Give it once."
        raise Problem("invalid-parameter", said, flaws=[_flaw_of(twice[0], "repeated", said)])
    read = shape(data={name: params[name] for name in fields if name in params})
    if not read.is_valid():
        flaws = [
            _flaw_of(flaw.pointer.strip("/") if flaw.pointer else "", flaw.code, flaw.detail)
            for flaw in _flaws(read.errors, "")
        ]
        raise Problem("invalid-parameter", _summary(flaws), flaws=flaws)
    return dict(read.validated_data)


def invalid_parameter(name: str, sentence: str, suggestion: str | None = None) -> Problem:
    """The refusal of a parameter's value; the caller raises it."""
    flaw = Flaw(code="invalid", detail=sentence, parameter=name, suggestion=suggestion)
    return Problem("invalid-parameter", sentence, flaws=[flaw])


def _flaw_of(name: str, code: str, sentence: str) -> Flaw:
    return Flaw(code=code, detail=sentence, parameter=name)


def _unknown(name: str, known: Collection[str], **where: str) -> Flaw:
    near = nearest(name, known)
    hint = f" Did you mean “{near}”?" if near else _listed(known)
    return Flaw(
        code="unknown", detail=f"There is no “{name}” here.{hint}", suggestion=near, **where
    )


def _listed(known: Collection[str]) -> str:
    return f" There are: {', '.join(known)}." if known else " There are none."


def _summary(flaws: list[Flaw]) -> str:
    if len(flaws) == 1:
        return flaws[0].detail
    return f"{len(flaws)} things do not fit; see errors. The first: {flaws[0].detail}"


def _flaws(errors: Any, pointer: str) -> Iterator[Flaw]:
    """DRF's nested errors, flat, each with its pointer."""
    if isinstance(errors, Mapping):
        for name, below in errors.items():
            place = pointer if name == "non_field_errors" else step(pointer, name)
            yield from _flaws(below, place)
        return
    for position, one in enumerate(errors):
        if isinstance(one, Mapping):
            yield from _flaws(one, step(pointer, position))
        else:
            yield Flaw(code=str(one.code), detail=str(one), pointer=pointer)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _malformed(f"The key “{name[:80]}” is given twice in one object. Keep one.")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise _malformed(f"“{name}” is no JSON. Send null for what is unknown.")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _malformed("A number is too long. Send it as text, in quotes.")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _malformed(f"The number {text[:40]} is too large.")
    return number


def _malformed(sentence: str, pointer: str | None = None) -> Problem:
    flaws = [] if pointer is None else [Flaw(code="malformed", detail=sentence, pointer=pointer)]
    return Problem("malformed-body", sentence, flaws=flaws)
