"""Lines of a definition with the people each of them holds."""

from __future__ import annotations

from datetime import UTC, datetime

from catalogue.definitions.parse import parse_definition
from catalogue.web.counting import Counts, NodeCount, counted_lines

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


def test_those_a_ranking_is_made_among_stay_as_those_of_any_condition_do() -> None:
    where = {
        "top": 3,
        "by": {"trait": "seats"},
        "among": {"all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]},
    }
    found = {
        "/where": (3, 3),
        "/where/among": (40, 40),
        "/where/among/all/0": (60, 60),
        "/where/among/all/1": (50, 40),
    }
    nodes = {
        pointer: NodeCount(
            about="customer", population=100, alone=alone, remaining=remaining, null_share=None
        )
        for pointer, (alone, remaining) in found.items()
    }
    counts = Counts(
        subject="customer",
        size=3,
        population=100,
        nodes=nodes,
        now=NOW,
        data_as_of=NOW,
        milliseconds=1.0,
    )
    lines = counted_lines(parse_definition(where), counts)
    assert [(one.depth, one.joined, one.before, one.remaining) for one in lines] == [
        (0, "all", 100, 3),
        (1, "all", 100, 40),
        (2, "all", 100, 60),
        (2, "all", 60, 40),
    ]
    assert [one.lost for one in lines] == [97, 60, 40, 20]
