"""The definition as YAML, beside the builder in the form of a segment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue.models import Draft
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.writing import (
    EDIT,
    fields,
    live,
    state,
)
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def edna(client: Client) -> Client:
    """The browser of an editor of the team."""
    team()
    client.force_login(seat("edna"))
    return client


def test_yaml_says_the_same_and_changes_the_same(edna: Client) -> None:
    live()

    turned = edna.post(EDIT, {**fields(edna), "do": "face:yaml"})
    posted = form_on(turned.text)
    assert posted["face"] == ["yaml"]
    assert "trait: plan" in posted["yaml"][0]
    text = posted["yaml"][0].replace("is: pro", 'in: ["pro", 01234]')
    saved = edna.post(EDIT, {**posted, "yaml": [text], "do": "save"})

    assert saved["Location"] == f"{EDIT}?face=yaml"
    assert Draft.objects.get().document["definition"]["where"] == {
        "all": [{"trait": "plan", "in": ["pro", 1234]}]
    }
    assert form_on(edna.get(saved["Location"]).text)["face"] == ["yaml"]


BROKEN = "all:\r\n  - {trait: plan, is: pro}\r\n  - {trait: plan, lessthan: 3}\r\n"


def test_wrong_yaml_stays_as_typed_and_names_its_lines(edna: Client) -> None:
    live()
    posted = fields(edna) | {"face": ["yaml"], "yaml": [BROKEN]}
    before = state()

    for do in ("save", "face:rows", "update"):
        answer = edna.post(EDIT, {**posted, "do": do})

        assert form_on(answer.text)["yaml"] == [BROKEN]
        words = words_of(answer.text)
        assert "Line 3, column" in words
        assert "knows no “lessthan”" in words
        assert "{trait: plan, lessthan: 3}" in words
    assert state() == before


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("all: [", 1),
        ("&x all: []", 1),
        ("all:\n  - {trait: plann, is: pro}", 2),
        ("where:\n  all:\n    - {trait: plan, is: pro}\n    - {did: nothing}", 4),
        ("a: 1\n---\nb: 2", 3),
        ("", 1),
        ("[" * 3_000, 1),
        ("x: " + "y" * 70_000, 1),
    ],
)
def test_yaml_of_every_bad_kind_is_refused_with_a_line(edna: Client, text: str, line: int) -> None:
    live()
    posted = fields(edna) | {"face": ["yaml"], "yaml": [text], "do": ["save"]}
    before = state()

    answer = edna.post(EDIT, posted)

    assert answer.status_code == 422
    assert f"Line {line}, column" in words_of(answer.text)
    assert state() == before


def test_a_circle_is_refused(edna: Client) -> None:
    live()
    live("friends", definition={"in_segment": "pros"})
    posted = fields(edna) | {"face": ["yaml"], "yaml": ["in_segment: friends"], "do": ["save"]}
    before = state()

    answer = edna.post(EDIT, posted)

    assert answer.status_code == 422
    assert "in a circle" in words_of(answer.text)
    assert state() == before


def test_rows_that_are_not_finished_do_not_turn_into_yaml(edna: Client) -> None:
    live()

    answer = edna.post(EDIT, {**fields(edna, **{"rule-0-value": ""}), "do": "face:yaml"})

    assert form_on(answer.text)["face"] == ["rows"]
    assert "Write a value" in answer.text
