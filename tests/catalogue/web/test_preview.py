"""Looking at what a form comes to, before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from catalogue.models import Draft, TraitEntry
from tests.catalogue.segments.ground import PROS, live_segment, seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.writing import (
    EDIT,
    PREVIEW,
    fields,
    live,
    state,
)
from tests.catalogue.workspace import NOW, define, refresh

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


def test_a_button_of_the_builder_stores_nothing_and_needs_no_script(edna: Client) -> None:
    live_segment()
    before = state()

    added = edna.post(EDIT, {**fields(edna), "do": "add:did"})
    assert added.status_code == 200
    assert 'aria-invalid="true"' not in added.text  # not finished is not wrong
    posted = form_on(added.text) | {"rule-1-event": ["login"]}
    updated = edna.post(EDIT, {**posted, "do": "update"})

    assert "has done" in words_of(updated.text)
    assert re.search(r"1 people|1 person", words_of(updated.text))
    assert state() == before
    edna.post(EDIT, {**form_on(updated.text), "do": "save"})
    assert Draft.objects.get().document["definition"]["where"] == {
        "all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]
    }


def test_the_preview_counts_people_and_each_condition(edna: Client) -> None:
    live_segment()
    refresh("pros")
    posted = fields(edna) | {"rule-0-op": ["in"], "rule-0-values": ["pro", "free"], "do": ["count"]}
    before = state()

    answer = edna.post(PREVIEW, posted, headers=HTMX)

    words = words_of(answer.text)
    assert "Plan is one of pro or free" in words
    assert "4 people of 5 customers" in words
    assert "exact · as of 18 Mar 2026" in words
    assert "2 more than now (2 as of" in words
    assert "alone 4 left 4 unknown for 1" in words
    assert 'id="rule-0-counts" hx-swap-oob' in answer.text
    assert 'data-says="4 people would belong, 2 more than now."' in answer.text
    assert state() == before


def test_what_is_too_much_to_be_counted_is_sampled_and_the_preview_says_so(
    edna: Client, settings: Any
) -> None:
    live_segment()
    settings.ESTIMATE_ROWS = 2  # fewer than there are values of the trait
    answer = edna.post(PREVIEW, fields(edna) | {"do": ["count"]}, headers=HTMX)
    words = words_of(answer.text)
    assert "≈" in words
    assert "sampled · as of 18 Mar 2026" in words
    assert "of 5 customers; right within ±" in words
    assert "one customer in sixteen" in words
    assert 'data-says="About ' in answer.text
    assert "alone" not in words


def test_the_preview_warns_of_what_may_be_meant_otherwise(edna: Client) -> None:
    live_segment()
    TraitEntry.objects.filter(name="plan").update(stated_type="number")
    posted = fields(edna) | {"rule-0-op": ["contains"], "do": ["count"]}

    words = words_of(edna.post(PREVIEW, posted, headers=HTMX).text)

    assert "Condition 1: “plan” is a number" not in words  # text operators read numbers
    posted |= {"rule-0-op": ["in_last"], "rule-0-n": ["3"], "rule-0-unit": ["day"]}
    words = words_of(edna.post(PREVIEW, posted, headers=HTMX).text)
    assert "Condition 1: “plan” is a number in the dictionary" in words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rule-0-value": ""}, "Condition 1: Write a value."),
        ({"rule-0-name": "plann"}, "Condition 1: No customer ever had a trait “plann”"),
        ({"face": "yaml", "yaml": "all: []"}, "Line 1, column"),
    ],
)
def test_the_preview_says_why_nobody_is_counted(
    edna: Client, changes: dict[str, str], sentence: str
) -> None:
    live_segment()
    posted = fields(edna) | {name: [text] for name, text in changes.items()}

    answer = edna.post(PREVIEW, {**posted, "do": "count"}, headers=HTMX)

    assert answer.status_code == 200
    assert sentence in words_of(answer.text)


def test_without_data_the_preview_says_so(edna: Client) -> None:
    define("pros", PROS)

    answer = edna.post(PREVIEW, {**fields(edna), "do": "count"}, headers=HTMX)

    assert "There are no customers yet" in words_of(answer.text)
    assert "Plan is pro" in words_of(answer.text)


def test_a_builder_button_is_answered_with_the_rows_and_asks_to_count_anew(edna: Client) -> None:
    live()

    answer = edna.post(PREVIEW, {**fields(edna), "do": "copy:0"}, headers=HTMX)

    assert answer.text.lstrip().startswith('<div class="rules" id="rule"')
    assert answer.text.count('name="rule-row"') == 2
    assert "rules-changed" in answer["HX-Trigger-After-Settle"]
