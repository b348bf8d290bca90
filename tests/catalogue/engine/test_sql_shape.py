"""What a user writes becomes literals only: the shape of the SQL does not depend on it (I-34)."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from catalogue.definitions import nodes as n
from catalogue.engine.evaluate import evaluate
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    NOW,
    customer,
    event,
    events,
    is_,
    last,
    segment,
    term,
    trait,
    world,
)

HOSTILE = [
    "'; DROP TABLE given_0; --",
    "' OR 1=1 --",
    "\\'; SELECT 1",
    "\"; ATTACH 'x'; --",
    "$1 ? :name {x} %s",
    "/* */ -- \n;",
    "x' || (SELECT 1) || '",
]


def statements(wheres: list[n.Node], names: tuple[str, str]) -> list[str]:
    """The SQL that judging these runs, in a workspace with such names of a trait and an event."""
    given = world(
        customer(
            "a",
            event(names[1], **{names[0]: "x", "n": 1}),
            **{names[0]: "x"},
        )
    )
    run: list[str] = []
    with MemoryTables.from_world(given) as tables:
        connection = tables.connection
        compile_ = connection.compile
        connection.compile = lambda *args, **more: run.append(compile_(*args, **more)) or run[-1]
        try:
            segments = {str(i): segment(where) for i, where in enumerate(wheres)}
            evaluate(segments, tables, now=NOW)
        finally:
            del connection.compile
    return run


def shape(sql: str) -> str:
    """The parse tree with literals and generated table names taken out."""
    (tree,) = sqlglot.parse(sql, read="duckdb")
    for literal in list(tree.find_all(exp.Literal)):
        literal.replace(exp.Placeholder())
    for table in tree.find_all(exp.Table):
        table.this.replace(exp.to_identifier("t"))
    return tree.sql("duckdb")


def every_form(text: str, trait_name: str, event_name: str) -> list[n.Node]:
    where = (term("is", text, trait_name), term("contains", text, trait_name))
    picked = events(event_name, where=where)
    return [
        trait("is", text, trait_name),
        trait("in", (text, text + "x"), trait_name),
        trait("starts_with", text, trait_name),
        trait("ends_with", text, trait_name),
        trait("contains", text, trait_name),
        trait("is", text, trait_name, text, "b"),
        n.Did(events=picked, window=last(30)),
        n.Count(events=events(event_name[:3] + "*"), comparison=is_("gt", 1)),
        n.Aggregate(
            function="sum", prop=(trait_name,), events=events(event_name), comparison=is_("gt", 1)
        ),
        n.Held(
            term=term("starts_with", text, trait_name, text),
            lasting="for_at_least",
            duration=n.Duration(count=1, unit="day"),
        ),
        n.Top(
            size=1,
            by=n.EventMeasure(function="sum", events=picked, prop=(trait_name,)),
            among=n.Everyone(),
        ),
        n.Bottom(size=1, by=n.TraitMeasure(path=(trait_name, text)), among=n.Everyone()),
    ]


def test_statements_are_really_watched():
    run = statements(every_form("plain", "plan", "login"), ("plan", "login"))
    # A trait, its history, and events: counted here, and by the back end what only it can tell.
    assert len(run) == 4
    assert all("SELECT" in sql for sql in run)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_shape_of_the_sql_does_not_depend_on_texts_or_names(text):
    plain = statements(every_form("plain", "plan", "login"), ("plan", "login"))
    hostile = statements(every_form(text, text, text), (text, text))
    assert [shape(sql) for sql in hostile] == [shape(sql) for sql in plain]
