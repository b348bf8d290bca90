"""A file that says something else now: right, and with the comments of all that did not change."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.definitions.canonical import to_data
from catalogue.definitions.commented import comments_in
from catalogue.definitions.documents import read_yaml
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.layout import format_yaml
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.rewriting import rewritten
from tests.catalogue.definitions.trees import definitions, texts

HEAD = {"apiVersion": "segment-catalogue/v1", "kind": "Segment", "key": "a"}
FILE = """\
# top
apiVersion: segment-catalogue/v1
kind: Segment
key: a            # for ever

why: >
  Folded text
  and more
# before owner
owner: mia@x   # her
definition:
  # in front
  all:
    - {trait: plan, is: pro}  # pro
    # between
    - {did: login, in_last: 30 days}  # login
    # third
    - trait: seats  # big
      # inner
      gt: 3
members: {add: [z, a], remove: []}
"""


def test_only_what_changed_is_written_anew() -> None:
    where = {
        "any": [
            {"trait": "plan", "in": ["pro", "free"]},
            {"did": "login", "in_last": "30 day"},
            {"trait": "seats", "gt": 4},
            {"not": {"trait": "x", "is_set": True}},
        ]
    }
    document = {
        **HEAD,
        "name": "Nää: me",
        "status": "live",
        "owner": "tom@x",
        "why": "Folded text and more",
        "definition": {"subject": "customer", "timezone": "UTC", "where": where},
        "members": {"add": ["a", "z"]},
        "messages": {"sales": "x\ny\n"},
    }
    assert (
        rewritten(FILE, document)
        == """\
# top
apiVersion: segment-catalogue/v1
kind: Segment
key: a            # for ever
name: "Nää: me"
status: live

why: >
  Folded text
  and more
# before owner
owner: tom@x   # her
definition:
  # in front
  any:
    - {trait: plan, in: [pro, free]}  # pro
    # between
    - {did: login, in_last: 30 days}  # login
    # third
    - trait: seats  # big
      # inner
      gt: 4
    - not: {trait: x, is_set: true}
members: {add: [z, a], remove: []}
messages:
  sales: |
    x
    y
"""
    )


def test_what_is_gone_takes_its_comments_with_it() -> None:
    document = {**HEAD, "definition": to_data(parse_definition({"all": [{"did": "login"}]}))}
    assert comments_in(rewritten(FILE, document)) == ["# top", "# for ever", "# in front", "# pro"]


@pytest.mark.parametrize("text", ["", "[a]", "a: 1\n---\nb: 2\n"])
def test_what_is_no_file_with_one_segment_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        rewritten(text, HEAD)


def said(text: str) -> tuple[object, Definition]:
    (document,) = read_yaml(text)
    assert isinstance(document.data, dict)
    facts = {key: one for key, one in document.data.items() if key != "definition"}
    return facts, parse_definition(document.data["definition"])


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(before=definitions, after=definitions, why=texts.filter(str.strip), short=st.booleans())
def test_any_definition_can_become_any_other(
    before: Definition, after: Definition, why: str, short: bool
) -> None:
    document = {**HEAD, "definition": to_data(before)}
    first = rewritten("# top\nkind: Segment  # beside\n", document)
    assert said(first) == (HEAD | {"kind": "Segment"}, before)
    assert rewritten(first, document) == format_yaml(first) == first
    facts = {**HEAD, "why": why}
    second = rewritten(first, {**facts, "definition": to_data(after)})
    assert said(second) == (facts, after)
    assert comments_in(second) == ["# top", "# beside"]
