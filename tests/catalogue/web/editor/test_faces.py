"""Both faces of a definition say the same, and turning from one to the other loses nothing."""

from __future__ import annotations

from hypothesis import given, settings

from catalogue.definitions.documents import MAX_BYTES
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.web.builder.words import Words
from catalogue.web.editor.faces import ROWS, YAML, open_faces, take_faces, turn
from tests.catalogue.definitions.trees import definitions
from tests.catalogue.web.builder.posting import fields_of, posted


@settings(deadline=None, max_examples=50)
@given(definition=definitions)
def test_turning_there_and_back_is_the_same_definition(definition: Definition) -> None:
    rows = take_faces(
        posted(fields_of(open_faces(definition, shown=ROWS, timezone="UTC").rules)),
        Words(),
        timezone="UTC",
    )

    yaml = turn(rows, YAML)
    assert len(yaml.text) < MAX_BYTES
    read = take_faces(
        posted([("face", YAML), ("yaml", yaml.text.replace("\n", "\r\n"))]), Words(), timezone="UTC"
    )

    assert (read.definition, read.mistakes) == (definition, ())
    assert turn(read, ROWS).definition == definition


def test_nothing_yet_turns_into_nothing_yet() -> None:
    empty = open_faces(None, shown=ROWS, timezone="Europe/Berlin")

    yaml = turn(empty, YAML)

    assert (yaml.shown, yaml.text, yaml.is_empty) == (YAML, "", True)
    assert turn(yaml, ROWS).rules.rows == ()
    assert turn(yaml, "pictures") is yaml


def test_what_is_too_long_for_yaml_stays_in_rows_and_says_so() -> None:
    values = [f"value number {number:,}" for number in range(4_000)]
    definition = parse_definition({"trait": "plan", "in": values})
    rows = open_faces(definition, shown=ROWS, timezone="UTC")

    turned = turn(rows, YAML)

    assert (turned.shown, turned.definition) == (ROWS, definition)
    assert "64 kB" in turned.complaints[0].message
