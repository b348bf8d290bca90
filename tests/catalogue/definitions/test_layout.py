"""Files in the one layout: the same meaning, the same comments, and nothing to do a second time."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from catalogue.definitions.canonical import to_data
from catalogue.definitions.commented import comments_in
from catalogue.definitions.documents import read_yaml
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.layout import WIDTH, format_yaml
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from tests.catalogue.definitions.trees import definitions

FILE = """\
# what it is
apiVersion:   segment-catalogue/v1
key: a            # for ever


name:   'x  y'
why: >
      Folded text
      and more

        deeper
# before owner
owner: mia@x   # her
goal:  { event : a,within: 14 days , at_least: 25%}
definition:
    # in front
    all:
    - {trait:  plan, is: pro}  # pro
    # between
    - trait: a
      # inner
      is: b
    -   any: [ # one
          {trait: a, # two
           is: b}, # three
          {trait: c, is: d} ] # four
    # tail of all
messages:
  sales: a
     b
  x: |+
   keep

# last
---
{"a": [], "b": {}}
"""
FORMATTED = """\
# what it is
apiVersion: segment-catalogue/v1
key: a            # for ever

name: 'x  y'
why: >
  Folded text
  and more

    deeper
# before owner
owner: mia@x   # her
goal: {event: a, within: 14 days, at_least: 25%}
definition:
  # in front
  all:
    - {trait: plan, is: pro}   # pro
    # between
    - trait: a
      # inner
      is: b
    - any:                    # four
        # one
        # three
        - trait: a   # two
          is: b
        - {trait: c, is: d}
  # tail of all
messages:
  sales: a
    b
  x: |+
    keep

# last
---
{"a": [], "b": {}}
"""


def test_a_file_that_has_everything() -> None:
    assert format_yaml(FILE) == FORMATTED
    assert format_yaml(FORMATTED) == FORMATTED


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("", ""),
        ("# only this\n", "# only this\n"),
        ("---\n---\na:  1\n---\n", "a: 1\n"),
        ("\ufeffa:  1\r\nb: 2", "a: 1\nb: 2\n"),
        ("a:\nb: ~\n", "a:\nb: ~\n"),
        ("{a, b: }", "{a: null, b: null}\n"),
        ("a:\n- - x\n  - y\n- z\n# of b\nb: 1\n", "a:\n  - - x\n    - y\n  - z\n# of b\nb: 1\n"),
        ("a: |2\n   x\n  y\n", "a: |2\n   x\n  y\n"),
        ("a: # why\n  x\n", "# why\na: x\n"),
        ("- # why\n  a: 1\n", "# why\n- a: 1\n"),
        ('a: "x\\\n  y"\n', 'a: "xy"\n'),
        ("? a\n: b\n", "a: b\n"),
        (f"a: [{'x' * 60}, {'y' * 60}]\n", f"a:\n  - {'x' * 60}\n  - {'y' * 60}\n"),
    ],
)  # fmt: skip
def test_corners(text: str, formatted: str) -> None:
    assert format_yaml(text) == formatted
    assert format_yaml(formatted) == formatted


@pytest.mark.parametrize("text", ["a: [1", "a: &x 1\n", "a: 1\na: 2\n", "a: !t x\n", "\x00"])
def test_what_is_not_read_is_not_formatted(text: str) -> None:
    with pytest.raises(DefinitionError):
        format_yaml(text)


def written(data: object, *, indent: int, flow: bool | None, width: int) -> str:
    """YAML as other programs and people write it."""
    yaml = YAML(typ="safe", pure=True)
    yaml.indent(mapping=indent, sequence=indent + 2, offset=indent // 2)
    yaml.default_flow_style = flow
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = width
    yaml.allow_unicode = True
    yaml.representer.ignore_aliases = lambda _: True
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def meaning(text: str) -> str:
    try:
        return json.dumps([one.data for one in read_yaml(text)])
    except DefinitionError:
        return ""


def with_comments(text: str, places: list[tuple[int, int]]) -> str:
    """The text with comments at these lines, where they are comments and not part of a value."""
    for number, (place, indent) in enumerate(places):
        lines = text.splitlines()
        at = place % (len(lines) + 1)
        if indent < 0 and at < len(lines):
            lines[at] += f"  # beside {number}"
        else:
            lines.insert(at, f"{' ' * indent}# above {number}")
        changed = "\n".join(lines) + "\n"
        if meaning(changed) == meaning(text):
            text = changed
    return text


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    tree=definitions,
    indent=st.sampled_from([2, 3, 4]),
    flow=st.sampled_from([True, False, None]),
    width=st.sampled_from([20, 80, 1_000]),
    places=st.lists(st.tuples(st.integers(0, 200), st.integers(-4, 8)), max_size=4),
)
def test_meaning_and_comments_stay_and_a_second_time_changes_nothing(
    tree: Definition, indent: int, flow: bool | None, width: int, places: list[tuple[int, int]]
) -> None:
    data = {"why": "Because\nof this.", "definition": to_data(tree)}
    text = written(data, indent=indent, flow=flow, width=width)
    # That writer puts U+0085 down in a way that no reader takes back.
    assume(meaning(text) == json.dumps([data]))
    text = with_comments(text, places)
    formatted = format_yaml(text)
    (document,) = read_yaml(formatted)
    assert isinstance(document.data, dict)
    assert parse_definition(document.data["definition"]) == tree
    assert meaning(formatted) == meaning(text)
    assert sorted(comments_in(formatted)) == sorted(comments_in(text))
    assert format_yaml(formatted) == formatted
    assert places or all(
        len(line) <= WIDTH for line in formatted.splitlines() if line.lstrip(" -")[:1] in "{["
    )
