"""A segment that keeps every rule, and how to make it lack something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from catalogue.lint.known import Known, Stored

STORED = Stored(
    is_live=True,
    age_days=90,
    size=200,
    population=1_000,
    is_measured=True,
    experiments=1,
    review_due_at=None,
    review_lapsed=False,
    functions_of_tools=frozenset({"marketing", "sales"}),
    silent=(),
    unknown=(),
    twins=(),
)
GOOD = Known(
    key="pros",
    why="They pay and stay.",
    owner="mia@fieldnote.example",
    has_goal=True,
    models=("usage",),
    evidence=1,
    expires=(None,),
    messages=frozenset({"marketing", "sales"}),
    functions=("marketing", "sales"),
    has_review=True,
    tests=1,
    is_list=False,
    looks_at_usage=True,
    looks_at_traits=True,
    has_negative=False,
    today=date(2026, 3, 18),
    stored=STORED,
)


def known(**lacks: Any) -> Known:
    """The good segment with other facts; those of `Stored` by their names, too."""
    of_stored = {name: value for name, value in lacks.items() if name in STORED.__slots__}
    own = {name: value for name, value in lacks.items() if name not in of_stored}
    stored = own.pop("stored", replace(STORED, **of_stored))
    return replace(GOOD, **own, stored=stored)
