"""A definition becomes a form and the form the same definition, whatever it says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.definitions.nodes import Definition
from catalogue.web.builder.reading import read
from catalogue.web.builder.rules import draw, settle, take
from catalogue.web.builder.words import Word, Words
from tests.catalogue.definitions.trees import definitions
from tests.catalogue.web.builder.posting import fields_of, posted

TYPES = ["", "text", "number", "boolean", "date", "list", "object", "mixed"]


def words_for(definition: Definition, type_: str) -> Words:
    """A dictionary in which every name of the definition has one type."""
    rules = draw(definition)
    names = {text for row in rules.rows for key, text in row.fields.items() if key.endswith("name")}
    events = {row.fields["event"] for row in rules.rows if row.kind == "event"}
    traits = tuple(Word(name=name, label=name.title(), type=type_) for name in sorted(names))
    return Words(
        traits=traits,
        account_traits=traits,
        events=tuple(Word(name=name, label=name) for name in sorted(events)),
        properties=dict.fromkeys(events, traits),
    )


@settings(deadline=None, max_examples=200)
@given(definition=definitions, type_=st.sampled_from(TYPES))
def test_a_definition_survives_its_form(definition: Definition, type_: str) -> None:
    rules = take(posted(fields_of(draw(definition))))

    for words in (Words(), words_for(definition, type_)):
        found = read(settle(rules, words))

        assert found.complaints == ()
        assert found.definition == definition
