"""Hostile definitions over REST and the real lake: problem+json or an answer, never a 500."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.membership.estimating import estimate
from catalogue.models import Segment
from catalogue.warehouse.ingest import load_customers, load_events
from tests.catalogue.api.asking import program
from tests.catalogue.engine.hostile import OPERATORS, OTHERS, PATTERNS, SQL, TEXTS
from tests.catalogue.workspace import LOADED, NOW, load_workspace

pytestmark = pytest.mark.django_db
# What JSON libraries write that JSON does not have, or that no column holds.
TOKENS = ["NaN", "Infinity", "-Infinity", "-0", "-0.0", "1e999", "9" * 500, "1e-999", "9" * 300]
NAMES = [SQL, 'a"b', "a.b", "ordinal", "at", "../x", "🧊", "x" * 200]


def test_every_operator_with_every_hostile_value_is_answered_with_a_reason() -> None:
    load_workspace()
    asks = program()
    plain = [one for one in OTHERS if is_json(one)]
    values = [*map(json.dumps, [*TEXTS[::3], *PATTERNS[::2], *plain[::2]]), *TOKENS]
    counts: dict[int, int] = {}
    for place, operator in enumerate(OPERATORS):
        # Each operator meets a fifth of the values, and each value a fifth of the operators.
        for value in values[place % 5 :: 5]:
            body = '{"definition": {"trait": "plan", "%s": %s}}' % (operator, value)  # noqa: UP031
            answer = asks.raw("POST", "definitions/validate/", body.encode())
            counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
            check(answer, body)
    assert set(counts) == {200, 400, 422}
    assert counts[422] > 100


def is_json(value: object) -> bool:
    try:
        return bool(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        return False


def check(answer: Any, body: str) -> None:
    assert answer.status_code in (200, 400, 422), (answer.status_code, body[:200])
    if answer.status_code == 422:
        for flaw in answer.json()["errors"]:
            assert flaw["pointer"].startswith("/definition"), body[:200]
            assert flaw["code"], body[:200]
            assert flaw["detail"], body[:200]


@pytest.mark.parametrize(
    "tree",
    [
        '{"not":' * 21 + '{"everyone": true}' + "}" * 21,
        '{"all": [' + ",".join(['{"everyone": true}'] * 500) + "]}",
        '{"trait": "plan", "in": [' + ",".join(f'"{n}"' for n in range(10_001)) + "]}",
        '{"trait": "plan", "matches": "' + "(" * 5_000 + '"}',
    ],
    ids=["too deep", "too wide", "too many values", "no pattern"],
)
def test_what_is_past_a_limit_is_refused_with_its_place(tree: str) -> None:
    load_workspace()
    answer = program().raw("POST", "definitions/estimate/", f'{{"definition": {tree}}}'.encode())
    assert answer.status_code == 422
    check(answer, tree)


def test_names_and_values_full_of_sql_are_names_and_values_in_the_lake() -> None:
    load_workspace()
    load_customers(
        pa.table({"id": ["ada", "bob"], **{one: [SQL, "x"] for one in NAMES}}), as_of=LOADED
    )
    events = {
        "customer": ["ada"] * len(NAMES),
        "name": NAMES,
        "time": [NOW - timedelta(days=1)] * len(NAMES),
        **{f"p{one}": [SQL] * len(NAMES) for one in NAMES},
    }
    load_events(pa.table(events), event_column="name", customer="customer", time="time")
    wrong = []
    for name in NAMES:
        path = name.replace("\\", "\\\\").replace('"', '\\"')
        happened = {"did": name, "where": [{"prop": f'"p{path}"', "is": SQL}]}
        where = {"all": [{"trait": f'"{path}"', "is": SQL}, happened]}
        found = estimate(parse_definition(where), now=NOW)
        if [node.alone for node in found.nodes] != [1, 1, 1]:
            wrong.append((name, found.nodes))
    assert wrong == []
    assert Segment.objects.count() == 0
