"""Roles × routes × objects: what the table says is what the product does, in every cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from tests.rights.ground import (
    ARCHIVED,
    KEYS,
    LOGINS,
    MISSING,
    OBJECTS,
    OWN,
    PRIVATE,
    Ground,
    build,
    state,
)
from tests.rights.rows import Row, json_body
from tests.rights.table import api, web
from tests.rights.walking import routes

pytestmark = pytest.mark.django_db
NOT_LISTED = re.compile(r"admin:|api-unknown|jsi18n|.*static.*")


@pytest.fixture
def ground() -> Ground:
    return build()


def ask(ground: Ground, row: Row, who: str, what: str) -> HttpResponse:
    """One request, as it would come from outside."""
    arguments = {name: _named(value, what) for name, value in row.arguments.items()}
    path = reverse(row.route, kwargs=arguments) + row.query
    client = ground.client(who)
    if who in KEYS and row.method != "GET":
        kind = "application/json"
        body, headers = json_body(row), row.headers
        return client.generic(row.method, path, body, content_type=kind, headers=headers)
    if row.method == "GET":
        return client.get(path, headers=row.headers)
    return client.post(path, row.body, headers=row.headers)


def _named(value: object, what: str) -> object:
    return what if value == "{key}" else value


def outcome(answer: HttpResponse) -> str:
    """What the answer means for rights."""
    moved = answer.headers.get("Location", "")
    if answer.status_code == 401 or moved.startswith("/login/"):
        return "login"
    if answer.status_code == 500:
        return "broken"
    return {403: "refused", 404: "absent"}.get(answer.status_code, "ok")


def surprises(ground: Ground, rows: list[Row], everybody: tuple[str, ...]) -> Iterator[str]:
    """Every cell that is not as the table says, and every refusal that left a trace."""
    ground.begin_sessions()
    before = state()
    for row in rows:
        for who in everybody:
            for what in OBJECTS if row.of_segment else (OWN,):
                yield from _surprise(ground, row, who, what)
        if state() != before:
            yield f"{row}: somebody without the right changed something"


def _surprise(ground: Ground, row: Row, who: str, what: str) -> Iterator[str]:
    expected = row.rule(who, what)
    with transaction.atomic():
        answer = ask(ground, row, who, what)
        found = outcome(answer)
        # What somebody may do is taken back; of all else nothing must be left at the row's end.
        transaction.set_rollback(found == "ok")
    if not _fits(expected, found, what):
        yield f"{row} of {what} by {who}: {answer.status_code}, expected {expected}"


def _fits(expected: str, found: str, what: str) -> bool:
    if expected == "any":
        return found not in {"broken", "login"}
    if expected == "refused or gone":
        return found == "refused" or (what == ARCHIVED and found in {"ok", "absent"})
    if expected == "refused or absent":
        return found in {"refused", "absent"}
    return expected == found


@pytest.mark.long
def test_every_page_is_for_whom_the_table_says(ground: Ground) -> None:
    assert list(surprises(ground, web(ground), LOGINS)) == []


@pytest.mark.long
def test_every_resource_is_for_whom_the_table_says(ground: Ground) -> None:
    assert list(surprises(ground, api(ground), KEYS)) == []


def test_every_route_has_a_row(ground: Ground) -> None:
    listed = {row.route for row in (*web(ground), *api(ground))}
    there = {route.name for route in routes() if not NOT_LISTED.match(route.name)}

    assert there == listed


def test_what_one_may_not_see_and_what_is_not_there_answer_alike(ground: Ground) -> None:
    """But for the key itself, which the asker wrote."""
    for row, who in [
        *((row, "viewer") for row in web(ground) if row.of_segment and row.method == "GET"),
        *((row, "full key") for row in api(ground) if row.of_segment and row.method == "GET"),
    ]:
        hidden = _without(ask(ground, row, who, PRIVATE).text, PRIVATE)
        missing = _without(ask(ground, row, who, MISSING).text, MISSING)
        assert hidden.splitlines() == missing.splitlines(), row


def _without(text: str, key: str) -> str:
    # What is made anew for each answer says nothing about what was asked for.
    text = re.sub(r'(csrfmiddlewaretoken" value=|request_id": ?)"[^"]*"', r"\1…", text)
    for written in (key, key.title(), key.replace("-", " ")):
        text = text.replace(written, "…")
    return text
