"""docs/language.md says what the code does: its forms, codes and heads are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogue.definitions.canonical import canonical_json, from_canonical
from catalogue.definitions.describe import one_line
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.heads import HEADS, LATER
from catalogue.definitions.segment_file import parse_segment_files
from catalogue.definitions.terms import Operator
from catalogue.definitions.window_forms import KEYS
from tests.catalogue.definitions.reading import definition

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
FORMS, FILE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
NOW_FORMS, LATER_FORMS = (
    re.findall(r"^(\{.*?\})\s*(?:#.*)?$", part, re.MULTILINE)
    for part in FORMS.split("\n# (later)\n")
)


def test_the_clauses_are_numbered_1_to_25() -> None:
    assert re.findall(r"^(\d+)\. ", PAGE, re.MULTILINE) == [str(n) for n in range(1, 26)]


@pytest.mark.parametrize("form", NOW_FORMS)
def test_a_form_of_this_release_is_read(form: str) -> None:
    found = definition(form)
    assert from_canonical(canonical_json(found)) == found


@pytest.mark.parametrize("form", LATER_FORMS)
def test_a_form_of_a_later_release_is_refused(form: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        definition(form.replace("…", "x"))
    assert str(caught.value.code) == "unknown_condition"


def test_the_file_is_read_with_its_test() -> None:
    (file,) = parse_segment_files(FILE.replace("…", "x"), file_name="x")
    assert file.tree is not None
    assert len(file.tests) == 1


def test_every_code_head_operator_and_window_is_on_the_page() -> None:
    operators = {str(operator) for operator in Operator} - {"within"}
    for word in {*map(str, Code), *HEADS, *LATER, *operators, *KEYS}:
        assert re.search(rf"\b{word}\b", PAGE), word


def test_its_english_is_that_of_the_code() -> None:
    examples = re.findall(r"^- `(\{.*\})` is \*(.*)\*$", PAGE, re.MULTILINE)
    assert len(examples) == 8
    for form, english in examples:
        assert one_line(definition(form)) == english
