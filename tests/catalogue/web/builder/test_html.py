"""What a browser posts of the builder's HTML is what was put into it."""

from __future__ import annotations

from django.template.loader import render_to_string
from hypothesis import given, settings

from catalogue.definitions.nodes import Definition
from catalogue.web.builder.reading import read
from catalogue.web.builder.rules import draw, settle, take
from catalogue.web.builder.show import show
from catalogue.web.builder.words import Words
from tests.catalogue.definitions.trees import definitions
from tests.catalogue.web.builder.posting import Form, posted
from tests.catalogue.web.builder.test_round_trip import words_for


def html_of(definition: Definition, words: Words) -> str:
    builder = show(settle(draw(definition), words), words)
    return render_to_string(
        "catalogue/builder/builder.html", {"builder": builder, "builder_url": "/preview/"}
    )


@settings(deadline=None, max_examples=50)
@given(definition=definitions)
def test_a_definition_survives_its_html(definition: Definition) -> None:
    for words in (Words(), words_for(definition, "mixed"), words_for(definition, "number")):
        form = Form(html_of(definition, words))

        found = read(settle(take(posted(form.fields)), words))

        assert found.complaints == ()
        assert found.definition == definition
