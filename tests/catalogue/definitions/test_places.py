"""Where nodes stand, and that each has its sentence."""

from __future__ import annotations

from typing import Any

import hypothesis

from catalogue.definitions.canonical import node_data, to_data
from catalogue.definitions.describe import describe, sentences
from catalogue.definitions.nodes import Definition, Group
from catalogue.definitions.places import places
from tests.catalogue.definitions.reading import definition
from tests.catalogue.definitions.trees import definitions


def at(document: Any, pointer: str) -> Any:
    """What a JSON pointer of this language points at."""
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@hypothesis.settings(max_examples=100)
@hypothesis.given(definitions)
def test_every_pointer_leads_to_its_node_in_the_document(tree: Definition) -> None:
    document = to_data(tree)
    for pointer, node in places(tree.where):
        assert at(document, pointer) == node_data(node)


@hypothesis.settings(max_examples=100)
@hypothesis.given(definitions)
def test_every_node_has_a_sentence_and_the_block_is_made_of_them(tree: Definition) -> None:
    said = sentences(tree)
    assert [one.pointer for one in said] == [pointer for pointer, _ in places(tree.where)]
    shown = [(one.depth, one.text) for one in said if not one.folded]
    # The block says a group in its first line, any other root below it.
    lines = describe(tree).lines
    is_group = isinstance(tree.where, Group) and len(shown) > 1
    assert lines[1:] == (shown[1:] if is_group else [(depth + 1, text) for depth, text in shown])


def test_sentences_in_the_order_of_the_document() -> None:
    tree = definition(
        "all: [{trait: plan, is: pro}, {not: {in_segment: vips}}, {not: {did: login}}]"
    )
    assert [(one.pointer, one.depth, one.text, one.folded) for one in sentences(tree)] == [
        ("/where", 0, "all of these are true:", False),
        ("/where/all/0", 1, "Plan is pro", False),
        ("/where/all/1", 1, "is not in segment “Vips”", False),
        ("/where/all/1/not", 2, "is in segment “Vips”", True),
        ("/where/all/2", 1, "this is not true:", False),
        ("/where/all/2/not", 2, "has done “Login” at any time", False),
    ]


def test_what_is_asked_of_the_customers_of_an_account_stands_below_it() -> None:
    tree = definition(
        "{subject: account, where:"
        " {customers: none, where: {any: [{did: login}, {trait: x, is: 1}]}}}"
    )
    assert [(one.pointer, one.depth, one.text) for one in sentences(tree)] == [
        ("/where", 0, "this is true for no customer:"),
        ("/where/where", 1, "at least one of these is true:"),
        ("/where/where/any/0", 2, "has done “Login” at any time"),
        ("/where/where/any/1", 2, "X is 1"),
    ]
