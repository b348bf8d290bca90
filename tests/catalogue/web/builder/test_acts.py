"""What the buttons of a builder do."""

from __future__ import annotations

import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.web.builder.acts import FULL, NEW_ROWS, act
from catalogue.web.builder.reading import read
from catalogue.web.builder.rules import Rules, draw, take
from catalogue.web.builder.show import show
from catalogue.web.builder.words import Word, Words
from tests.catalogue.web.builder.posting import fields_of, posted

WORDS = Words(
    traits=(
        Word(name="plan", label="Plan", type="text"),
        Word(name="seats", label="Seats", type="number"),
        Word(name="renews_at", label="Renews at", type="date"),
    )
)
ONE = {"trait": "plan", "is": "pro"}
TWO = {"did": "login", "where": [{"prop": "device", "is": "phone"}], "in_last": "7 day"}
THREE = {"last_did": "login", "older_than": "30 day"}
FOUR = {"not": {"in_segment": "pros"}}


def rules() -> Rules:
    return draw(parse_definition({"all": [ONE, TWO, THREE, FOUR]}))


def conditions(found: Rules) -> object:
    where = read(found).document["where"]
    assert isinstance(where, dict)
    return where["all"]


def pressed(do: str, found: Rules | None = None) -> Rules:
    return act(found or rules(), do, WORDS).rules


@pytest.mark.parametrize(
    ("do", "left"),
    [
        ("remove:0", [TWO, THREE, FOUR]),
        ("remove:2", [ONE, TWO, FOUR]),
        ("up:2", [ONE, THREE, TWO, FOUR]),
        ("down:2", [ONE, TWO, FOUR, THREE]),
        ("up:0", [ONE, TWO, THREE, FOUR]),
        ("down:3", [ONE, TWO, THREE, FOUR]),
        ("copy:1", [ONE, TWO, TWO, THREE, FOUR]),
        ("copy:2", [ONE, TWO, THREE, THREE, FOUR]),
        ("unterm:1.0", [ONE, {"did": "login", "in_last": "7 day"}, THREE, FOUR]),
    ],
)
def test_a_button_changes_its_row_and_no_other(do: str, left: object) -> None:
    assert conditions(pressed(do)) == left


@pytest.mark.parametrize(
    "do",
    [
        "",
        "update",
        "remove:9",
        "up:x",
        "copy:",
        "fly:1",
        "add:nothing",
        "term:0",
        "unterm:7.7",
        "remove",
    ],
)
def test_a_button_that_means_nothing_changes_nothing(do: str) -> None:
    assert conditions(pressed(do)) == [ONE, TWO, THREE, FOUR]


@pytest.mark.parametrize("kind", NEW_ROWS)
def test_a_new_row_of_each_kind_says_what_it_still_needs(kind: str) -> None:
    found = pressed(f"add:{kind}")

    assert len(found.rows) == 5
    complaints = read(found).complaints
    assert complaints
    assert {complaint.row for complaint in complaints} == {found.rows[-1].id}


def test_rows_keep_their_names_wherever_they_move() -> None:
    assert [row.id for row in pressed("up:3").rows] == ["0", "1", "3", "2"]
    assert [row.id for row in pressed("remove:1").rows] == ["0", "2", "3"]


def test_a_new_row_never_takes_a_name_that_is_in_use() -> None:
    found = pressed("add:trait", pressed("remove:1"))

    assert len({row.id for row in found.rows}) == 4


@pytest.mark.parametrize(
    ("do", "focus"),
    [
        ("up:2", ("2", "up")),
        ("up:1", ("1", "down")),
        ("down:2", ("2", "up")),
        ("remove:1", ("2", "remove")),
        ("remove:3", ("2", "remove")),
        ("add:did", ("4", "event")),
        ("copy:0", ("4", "name")),
        ("term:1", ("1", "w1-name")),
        ("unterm:1.0", ("1", "term")),
    ],
)
def test_the_keyboard_goes_on_from_where_it_makes_sense(do: str, focus: tuple[str, str]) -> None:
    acted = act(rules(), do, WORDS)

    assert acted.focus == focus
    shown = show(acted.rules, WORDS, focus=acted.focus)
    row = next(row for row in shown.rows if row.id == focus[0])
    fields = [part for parts in (row.parts, *(t.parts for t in row.terms)) for part in parts]
    is_button = focus[1] in ("up", "down", "copy", "remove", "term")
    assert is_button or any(part.is_focused for part in fields)


def test_after_the_last_row_the_keyboard_goes_on_from_adding_one() -> None:
    found = draw(parse_definition({"all": [ONE]}))

    acted = act(found, "remove:0", WORDS)

    assert acted.rules.rows == ()
    assert show(acted.rules, WORDS, focus=acted.focus).focuses_add


def test_a_form_that_is_full_says_so_and_keeps_what_it_has() -> None:
    found = rules()
    for _ in range(200):
        acted = act(found, "copy:1", WORDS)
        found = acted.rules

    assert acted.problem == FULL
    assert len(fields_of(found)) < 700


def choose(field: str, value: str, found: Rules | None = None) -> Rules:
    """Choose something, as a browser posts it."""
    fields = [(k, value if k == field else text) for k, text in fields_of(found or rules())]
    return pressed("update", take(posted(fields)))


def test_another_trait_brings_the_operators_of_its_type() -> None:
    found = choose("rule-0-name", "renews_at")

    assert conditions(found)[0] == {"trait": "renews_at", "in_last": "30 day"}  # type: ignore[index]


def test_another_trait_of_the_same_type_keeps_what_was_asked() -> None:
    found = draw(parse_definition({"all": [{"trait": "company", "contains": "x"}]}))

    chosen = choose("rule-0-name", "plan", found)

    assert conditions(chosen) == [{"trait": "plan", "contains": "x"}]


def test_one_value_becomes_the_first_of_several_and_back() -> None:
    several = choose("rule-0-op", "in")
    assert conditions(several)[0] == {"trait": "plan", "in": ["pro"]}  # type: ignore[index]

    one = choose("rule-0-op", "is", several)
    assert conditions(one)[0] == ONE  # type: ignore[index]


def test_a_count_is_compared_from_the_start() -> None:
    found = choose("rule-1-verb", "count")

    assert conditions(found)[1] == {  # type: ignore[index]
        "count": "login",
        "where": [{"prop": "device", "is": "phone"}],
        "gte": 1,
        "in_last": "7 day",
    }


def test_values_may_come_in_one_field_or_in_several() -> None:
    found = draw(parse_definition({"all": [{"trait": "plan", "in": ["x"]}]}))
    fields = [pair for pair in fields_of(found) if not pair[0].endswith("-values")]
    fields += [("rule-0-values", value) for value in ("pro", " free ", "", "a\r\nb")]

    assert conditions(take(posted(fields))) == [{"trait": "plan", "in": ["pro", "free", "a", "b"]}]
