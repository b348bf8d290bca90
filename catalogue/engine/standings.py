"""How one customer stands: its draw, and its place in rankings, which are made over everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.conditions.aggregates import MICRO
from catalogue.engine.conditions.sample import DRAWS, draws
from catalogue.engine.evaluate import compose, find, members_by
from catalogue.engine.figures import Amount, Figures, scores
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.one_customer import OneCustomer
from catalogue.engine.plan import Formula, Plan, conditions_of, parts_of, references_of
from catalogue.engine.population import Population
from catalogue.engine.ranking import Ranked, Ranking
from catalogue.engine.scans import Condition
from catalogue.warehouse.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class RankReason:
    """`is_among`: whether the customer is one of those to be ranked; `figure`: what it is ranked by
    (an average to 6 places), None without any. `ranked`: how many have a figure. `last_in`: that of
    the last one in; None when nobody is ranked."""

    is_among: bool
    figure: Amount | None
    ranked: int
    last_in: Amount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReason:
    """The customer's draw in percent, from 0 to below 100, cut to 6 places."""

    draw: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """`rankings`: those that could be made. `errors`: conditions that cost too much over everybody,
    though they would not over one customer."""

    rankings: Mapping[Ranked, Ranking] = field(default_factory=dict)
    errors: Mapping[Condition, DefinitionError] = field(default_factory=dict)


def standings(
    segments: Mapping[str, SegmentInput], planned: Plan, tables: Tables, *, now: datetime
) -> Standings:
    """Every ranking that the planned segments ask for. Reads the data of all customers, but only
    what rankings need, and nothing when there are none. Raises ScanFailed."""
    asked = {one for key in planned.order for one in rankings_in(planned.formulas[key])}
    if not asked:
        return Standings()
    needed = _built_on(asked, planned)
    conditions = [condition for one in asked for condition in conditions_of(one)]
    conditions += [c for key in needed for c in conditions_of(planned.formulas[key])]
    findings = find(conditions, tables, now=now)
    order = tuple(key for key in planned.order if key in needed)
    outcomes = compose(
        {key: segments[key] for key in order},
        replace(planned, order=order, refused={}),
        findings,
        tables,
    )
    for one in asked:
        if not any(condition in findings.errors for condition in conditions_of(one)):
            # What it is made among may be refused; then so is whoever asks for it.
            with suppress(DefinitionError):
                members_by(one, findings, outcomes, Population.of_tables(tables, findings.accounts))
    return Standings(rankings=findings.rankings, errors=findings.errors)


def rankings_in(formula: Formula | None) -> Iterator[Ranked]:
    """The rankings in a formula, those inside others too."""
    if isinstance(formula, Ranked):
        yield formula
    for part in parts_of(formula):
        yield from rankings_in(part)


def _built_on(asked: set[Ranked], planned: Plan) -> set[str]:
    """The segments that these are made among, and all that those are built on."""
    found: set[str] = set()
    waiting = [key for one in asked for key in references_of(one)]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += planned.below[key]
    return found


def place_of(
    customer: OneCustomer, own: Figures, asked: Ranked, ranking: Ranking, *, is_among: bool
) -> RankReason:
    """How a customer stands in a ranking; `own` are the figures of this customer alone."""
    scored = scores(asked.figure, own, customer.customers)
    return RankReason(
        is_among=is_among,
        figure=scored.amount(0) if len(scored.ordinals) else None,
        ranked=ranking.ranked,
        last_in=ranking.last_in,
    )


def draw_of(customer: OneCustomer, salt: str) -> SampleReason | None:
    """What a customer draws; None for one who is not live."""
    ids = customer.customer_ids(customer.customers).values()
    if not ids:
        return None
    percent = Fraction(int(draws(salt, ids)[0]) * 100, DRAWS)
    return SampleReason(draw=Decimal(int(percent * MICRO)) / MICRO)
