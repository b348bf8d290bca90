"""Every kind of change that is written down anywhere has a sentence of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.models import Change
from catalogue.segments import telling
from catalogue.segments.describing import OBJECT_TYPES

ROOT = Path(__file__).parents[3]
# What adds to the log, and the helpers that do it for a file of services.
WRITERS = {"record", "_record", "_record_grant", "note_change", "note_list_change"}
WRITERS |= {"record_idea", "record_experiment"}
KIND = re.compile(r"[a-z]+\.[a-z_]+")


def kinds_in(source: str) -> Iterator[str]:
    """The kinds that the functions of a file write down: every text of that shape in a function
    that calls a writer, and those of which the beginning is the type of an entry."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef) or not _writes(function):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if KIND.fullmatch(node.value):
                    yield node.value
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                end = str(node.values[-1].value)
                if KIND.fullmatch(f"x{end}"):
                    yield from (f"{type_}{end}" for type_ in OBJECT_TYPES.values())


def _writes(function: ast.FunctionDef) -> bool:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(call, ast.Name) and call.id in WRITERS for call in calls)


def kinds() -> set[str]:
    paths = (
        path for folder in ("catalogue", "integrations") for path in (ROOT / folder).rglob("*.py")
    )
    sources = (path.read_text(encoding="utf-8") for path in paths if "migrations" not in path.parts)
    written = (source for source in sources if any(name in source for name in WRITERS))
    return {kind for source in written for kind in kinds_in(source)}


def change(kind: str, **fields: Any) -> Change:
    made = {"object_type": kind.partition(".")[0], "object_key": "it", "actor": "Mia Braun"}
    return Change(kind=kind, via="web", **{**made, **fields})


def said(made: Change) -> str:
    before, after = telling.words_of(made)
    parts = (telling.who_of(made), before, f"“{telling.name_of(made)}”", after)
    return " ".join(part for part in parts if part)


def test_the_kinds_are_found_in_the_source() -> None:
    found = kinds()
    assert {
        "segment.published",
        "segment.applied",
        "trait.described",
        "property.described",
    } <= found
    assert {"team.seat_given", "key.revoked", "login.changed", "tool.added", "sync.asked"} <= found
    assert "sync.leased" not in found  # the name of a place in the code, not of a change


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_that_is_written_down_has_a_sentence(kind: str) -> None:
    assert kind in telling.KINDS, f"{kind} has no sentence in catalogue/segments/telling.py"
    sentence = said(change(kind))
    assert sentence.startswith("Mia Braun ")
    assert "“it”" in sentence
    assert not re.search(r"None|\[|_|  ", sentence)


def test_no_sentence_is_kept_for_what_nobody_writes() -> None:
    assert set(telling.KINDS) - kinds() == set()


def test_labels_of_kinds_tell_them_apart() -> None:
    labels = [kind.label for kind in telling.KINDS.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("kind", "details", "sentence"),
    [
        ("segment.published", {"definition": [7, 8]}, "Mia Braun published “it” as d8"),
        ("segment.published", {}, "Mia Braun published “it”"),
        (
            "segment.published",
            {"definition": [8, 9], "restored": 3},
            "Mia Braun brought d3 of “it” back as d9",
        ),
        (
            "segment.edited",
            {"definition": [None, 1]},
            "Mia Braun changed the definition of “it” to d1",
        ),
        ("segment.edited", {"fields": {"why": ["a", "b"]}}, "Mia Braun changed “it”"),
        (
            "segment.applied",
            {"definition": [1, 2]},
            "Mia Braun changed the definition of “it” to d2, by its file",
        ),
        ("segment.drafted", {"definition": [1, 2]}, "Mia Braun began the draft d2 of “it”"),
        (
            "segment.people_granted",
            {"fields": {"Tom Becker": [None, "sees people"]}},
            "Mia Braun let Tom Becker see who is in “it”",
        ),
        (
            "team.seat_given",
            {"fields": {"Tom Becker": [None, "Editor"]}},
            "Mia Braun gave Tom Becker a seat in the team “it” as Editor",
        ),
        (
            "team.seat_given",
            {"fields": {"Tom Becker": ["Viewer", "Editor, sees people"]}},
            "Mia Braun changed the seat of Tom Becker in the team “it” from Viewer to Editor, sees"
            " people",
        ),
        (
            "people.exported",
            {"membership": 12, "format": "csv", "traits": ["plan", "seats"]},
            "Mia Braun asked for a file of the people of “it” as of m12 with plan, seats",
        ),
        (
            "team.renamed",
            {"fields": {"name": ["Growth", "Growth and more"]}},
            "Mia Braun renamed the team “Growth” to “Growth and more”",
        ),
        (
            "key.created",
            {"name": "Nightly pull", "scopes": ["members:read", "segments:read"]},
            "Mia Braun made the key “Nightly pull” with the scopes members:read, segments:read",
        ),
    ],
)
def test_a_sentence_says_what_the_act_was(kind: str, details: Any, sentence: str) -> None:
    assert said(change(kind, details=details)) == sentence


def test_a_sentence_begins_with_a_capital() -> None:
    assert (
        said(change("segment.archived", actor="the command line"))
        == "The command line archived “it”"
    )


def test_a_kind_of_a_later_release_is_told_by_its_name() -> None:
    assert said(change("segment.split_up")) == "Mia Braun did “split up” to “it”"
    assert telling.label_of("segment.split_up") == "Segment split up"


def test_fields_are_lines_for_people_before_and_after() -> None:
    fields = {
        "why": [None, "They pay."],
        "is_active": [True, False],
        "models": [["usage"], ["usage", "plan_status"]],
        "goal": [{"event": "order_paid", "at_least": "5%"}, None],
        "evidence": [[], [{"kind": "interview", "n": 14}]],
    }
    told = telling.field_changes(change("segment.edited", details={"fields": fields}))

    assert [(one.label, one.before, one.after) for one in told] == [
        ("Why", (), ("They pay.",)),
        ("Is active", ("yes",), ("no",)),
        ("Models", ("usage",), ("usage", "plan_status")),
        ("Goal", ("Event: order_paid", "At least: 5%"), ()),
        ("Evidence", (), ("kind interview, n 14",)),
    ]


@pytest.mark.parametrize(
    "details", [{}, {"fields": None}, {"fields": {"why": "b"}}, {"definition": 7}]
)
def test_details_of_another_shape_say_nothing(details: Any) -> None:
    made = change("segment.edited", details=details)
    assert telling.field_changes(made) == ()
    assert telling.definitions_of(made) == (None, None)
