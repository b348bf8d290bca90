"""What programs and people can read about the API."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from catalogue.api.documentation import openapi_document
from catalogue.api.problems import PROBLEMS
from tests.catalogue.api.asking import problem
from tests.catalogue.segments.ground import seat

pytestmark = pytest.mark.django_db
# The ids that clients are generated from: add to them, never change one.
OPERATIONS = Path(__file__).parent / "operation_ids.txt"


def operations() -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for methods in openapi_document()["paths"].values()
        for operation in methods.values()
    }


def test_the_schema_is_open_and_is_openapi_3_1() -> None:
    answer = Client().get("/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["openapi"].startswith("3.1")
    again = Client().get("/api/v1/schema/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    problem(Client().get("/api/v1/schema/?format=yaml"), 400, "unknown_parameter")


def test_operation_ids_never_change() -> None:
    assert sorted(operations()) == OPERATIONS.read_text(encoding="utf-8").split()


def test_every_path_of_the_api_is_in_the_schema() -> None:
    described = set(openapi_document()["paths"])
    assert {_as_template(route) for route in _routes()} == described


def test_every_operation_says_what_it_does_what_it_needs_and_how_it_fails() -> None:
    for name, operation in operations().items():
        assert operation["summary"], name
        assert len(operation["tags"]) == 1, name
        assert {"401", "429", "default"} <= set(operation["responses"]), name
        for status, response in operation["responses"].items():
            if status == "default" or int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (name, status)


def test_shapes_have_names_that_a_client_can_use() -> None:
    names = list(openapi_document()["components"]["schemas"])
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []
    assert [name for name in names if "Shape" in name] == []


def test_the_document_is_made_without_a_warning(capfd: pytest.CaptureFixture[str]) -> None:
    openapi_document.cache_clear()
    openapi_document()
    assert capfd.readouterr().err == ""


def test_the_document_says_nothing_of_the_machine_it_was_made_on() -> None:
    text = json.dumps(openapi_document())
    assert "testserver" not in text
    assert "localhost" not in text


def test_the_page_about_the_api_is_for_those_signed_in_and_names_their_own_host() -> None:
    assert Client().get("/api/v1/docs/").status_code == 302
    client = Client()
    client.force_login(seat("reader", None))
    page = client.get("/api/v1/docs/", headers={"Host": "localhost"}).content.decode()
    assert "http://localhost/api/v1/" in page
    for word in ("changes_cursor", "If-Match", "Idempotency-Key", "b5946576c1704b71", "Sunset"):
        assert word in page
    assert all(f"/api/v1/docs/problems/{slug}/" in page for slug in PROBLEMS)


def test_the_reference_shows_every_operation_and_every_shape_of_the_document() -> None:
    client = Client()
    client.force_login(seat("reader", None))
    answer = client.get("/api/v1/docs/reference/", headers={"Host": "localhost"})
    page = answer.content.decode()
    document = openapi_document()
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert len(operations) > 30
    assert all(f'id="{one["operationId"]}"' in page for one in operations)
    assert all(f'id="shape-{name}"' in page for name in document["components"]["schemas"])
    assert "curl -X POST http://localhost/api/v1/segments/{key}/versions/" in page
    assert "<script" not in page.partition("<main")[2]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_short_address_leads_to_the_page() -> None:
    client = Client()
    client.force_login(seat("reader", None))
    assert client.get("/api/docs/")["Location"] == "/api/v1/docs/"


def _routes() -> list[str]:
    found: list[str] = []

    def walk(patterns: list[Any], prefix: str) -> None:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif isinstance(one, URLPattern) and route.startswith("api/v1/"):
                found.append(route)

    walk(get_resolver().url_patterns, "")
    return [route for route in found if not route.startswith("api/v1/docs/")]


def _as_template(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
