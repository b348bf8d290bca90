"""docs/language.md says what the code does: its forms, codes and heads are those of the code."""

from __future__ import annotations

import os
import re

import pytest

from catalogue.definitions.canonical import canonical_json, from_canonical
from catalogue.definitions.describe import one_line
from catalogue.definitions.errors import Code
from catalogue.definitions.heads import HEADS
from catalogue.definitions.segment_file import parse_segment_files
from catalogue.definitions.terms import Operator
from catalogue.definitions.window_forms import KEYS
from tests.catalogue.definitions import language_examples
from tests.catalogue.definitions.language_examples import NAMED, spec, with_examples
from tests.catalogue.definitions.reading import definition

PAGE = language_examples.PAGE.read_text(encoding="utf-8")
FORMS, FILE = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
EVERY_FORM = re.findall(r"^(\{.*?\})\s*(?:#.*)?$", FORMS, re.MULTILINE)


def test_the_clauses_are_numbered_1_to_25() -> None:
    assert re.findall(r"^(\d+)\. ", PAGE, re.MULTILINE) == [str(n) for n in range(1, 26)]


def test_every_clause_is_shown_with_a_spec_of_it() -> None:
    clauses = re.split(r"^(\d+)\. ", PAGE, flags=re.MULTILINE)[1:]
    for number, text in zip(clauses[::2], clauses[1::2], strict=True):
        shown = [spec(name, key) for name, key in NAMED.findall(text)]
        assert shown, f"clause {number} shows no spec"
        for one in shown:
            assert any(test.it.startswith(f"clause {number}: ") for test in one.tests), one.key


def test_the_specs_it_shows_are_those_that_are_run() -> None:
    if os.environ.get("BASELINE") == "write":
        language_examples.PAGE.write_text(with_examples(PAGE), encoding="utf-8")
    assert language_examples.PAGE.read_text(encoding="utf-8") == with_examples(PAGE)


@pytest.mark.parametrize("form", EVERY_FORM)
def test_every_form_is_read_and_written(form: str) -> None:
    found = definition(form)
    assert from_canonical(canonical_json(found)) == found


def test_the_file_is_read_with_its_test() -> None:
    (file,) = parse_segment_files(FILE.replace("…", "x"), file_name="x")
    assert file.tree is not None
    assert len(file.tests) == 1


def test_every_code_head_operator_and_window_is_on_the_page() -> None:
    operators = {str(operator) for operator in Operator} - {"within"}
    for word in {*map(str, Code), *HEADS, *operators, *KEYS}:
        assert re.search(rf"\b{word}\b", PAGE), word


def test_its_english_is_that_of_the_code() -> None:
    examples = re.findall(r"^- `(\{.*\})` is \*(.*)\*$", PAGE, re.MULTILINE)
    assert len(examples) == 8
    for form, english in examples:
        assert one_line(definition(form)) == english
