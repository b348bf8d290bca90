"""Plan → one bitmap per condition → set algebra → members per segment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce
from operator import and_, or_

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Subject
from catalogue.engine.bitmaps import follow
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.conditions.held import HeldCondition
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.sample import SampleCondition
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure
from catalogue.engine.faults import told
from catalogue.engine.figures import Figure, Figures
from catalogue.engine.inputs import (
    Evaluation,
    Judged,
    Outcome,
    Refused,
    SegmentInput,
    Stopped,
)
from catalogue.engine.plan import (
    Among,
    Everyone,
    Formula,
    Leaf,
    Members,
    Plan,
    built_on,
    conditions_of,
    plan,
    references_of,
)
from catalogue.engine.population import Population
from catalogue.engine.ranking import Ranked, Ranking, rank
from catalogue.engine.scans import (
    Answer,
    Condition,
    OnEvents,
    scan_accounts,
    scan_events,
    scan_held,
    scan_samples,
    scan_trait,
    scan_walks,
)
from catalogue.engine.walks.conditions import WalkCondition, names_of
from catalogue.warehouse.current import Accounts
from catalogue.warehouse.tables import Tables


def evaluate(
    segments: Mapping[str, SegmentInput],
    tables: Tables,
    *,
    now: datetime,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Evaluation:
    """Judge all segments as of one aware instant `now` on one photo.

    References resolve inside `segments`. Each distinct condition is asked once, conditions over
    one trait or one selection of events by one scan. A segment that cannot be judged is Refused
    and with it what is built on it; all others are judged. `on_progress(done, total)` counts scans;
    `should_stop` is asked before each scan and raises Stopped.
    """
    planned = plan_of(segments, now)
    findings = find(
        planned.conditions, tables, now=now, on_progress=on_progress, should_stop=should_stop
    )
    outcomes = compose(segments, planned, findings, tables)
    return Evaluation(outcomes=outcomes, rows_read=findings.rows_read)


def evaluate_together(
    worlds: Sequence[Mapping[str, SegmentInput]],
    tables: Tables,
    *,
    now: datetime,
    should_stop: Callable[[], bool] | None = None,
) -> list[dict[str, Outcome]]:
    """Judge several versions of the same segments at one `now`, as they are and as they would be,
    each condition once for all of them. Raises Stopped and ScanFailed."""
    plans = [plan_of(segments, now) for segments in worlds]
    conditions = [condition for planned in plans for condition in planned.conditions]
    findings = find(conditions, tables, now=now, should_stop=should_stop)
    pairs = zip(worlds, plans, strict=True)
    return [compose(segments, planned, findings, tables) for segments, planned in pairs]


def plan_of(segments: Mapping[str, SegmentInput], now: datetime) -> Plan:
    """What has to be asked of the data for these segments."""
    definitions = {key: segment.definition for key, segment in segments.items()}
    lists = {key: segment.subject for key, segment in segments.items()}
    return plan(definitions, now=now, lists=lists)


def find(
    conditions: Iterable[Condition],
    tables: Tables,
    *,
    now: datetime,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    keep_figures: bool = False,
) -> Findings:
    """Ask each distinct condition once, those on the same data by one scan. Raises Stopped and
    ScanFailed."""
    with told():
        scans = list(_scans(tuple(dict.fromkeys(conditions)), tables, now))
    findings = Findings(keep_figures=keep_figures)
    for done, scan in enumerate(scans):
        if should_stop is not None and should_stop():
            raise Stopped("the evaluation was asked to stop")
        if on_progress is not None:
            on_progress(done, len(scans))
        findings.add(scan)
    if on_progress is not None:
        on_progress(len(scans), len(scans))
    return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One query that answers several conditions."""

    conditions: Sequence[Condition]
    run: Callable[[], Answer]


@dataclass(slots=True, kw_only=True)
class Findings:
    """What the scans found: members per condition, or why there are none. `figures` and `begun` of
    everybody take much memory, so they are kept for those who ask about few customers only.
    `settled` are rankings made elsewhere, over more customers than these scans looked at."""

    keep_figures: bool = False
    members: dict[Condition, BitMap] = field(default_factory=dict)
    errors: dict[Condition, DefinitionError] = field(default_factory=dict)
    milliseconds: dict[Condition, float] = field(default_factory=dict)
    figures: dict[EventCondition, Columns] = field(default_factory=dict)
    found: dict[Figure, Figures] = field(default_factory=dict)
    begun: dict[Criterion, Columns] = field(default_factory=dict)
    rankings: dict[Ranked, Ranking] = field(default_factory=dict)
    settled: Mapping[Ranked, Ranking] = field(default_factory=dict)
    accounts: Accounts | None = None
    rows_read: int = 0

    def ranking(self, asked: Ranked, among: BitMap) -> Ranking:
        """The ranking of those people, made once as long as they are the same."""
        if asked in self.settled:
            return self.settled[asked]
        known = self.rankings.get(asked)
        if known is None or known.among != among:
            self.rankings[asked] = known = rank(asked, self.found[asked.figure], among)
        return known

    def add(self, scan: Scan) -> None:
        """Run a scan; one that would cost too much refuses its conditions only."""
        started = time.perf_counter()
        try:
            with told():
                answer = scan.run()
        except DefinitionError as error:
            self._refuse(scan, error)
        else:
            self.members |= answer.members
            self.found |= answer.found
            self.rows_read += answer.rows_read
            self.accounts = answer.accounts if self.accounts is None else self.accounts
            if self.keep_figures:
                self.figures |= answer.figures
                self.begun |= answer.begun
        share = (time.perf_counter() - started) * 1000 / len(scan.conditions)
        self.milliseconds |= dict.fromkeys(scan.conditions, share)

    def _refuse(self, scan: Scan, error: DefinitionError) -> None:
        self.errors |= dict.fromkeys(scan.conditions, error)


def _scans(conditions: Sequence[Condition], tables: Tables, now: datetime) -> Iterator[Scan]:
    traits: dict[tuple[str, Subject], list[TraitCondition | TraitFigure]] = {}
    histories: dict[str, list[HeldCondition]] = {}
    events: dict[frozenset[str], list[OnEvents]] = {}
    walks: dict[frozenset[str], list[WalkCondition]] = {}
    samples: list[SampleCondition] = []
    known = tables.event_names()
    for condition in conditions:
        if isinstance(condition, TraitCondition | TraitFigure):
            traits.setdefault((condition.trait, condition.subject), []).append(condition)
        elif isinstance(condition, HeldCondition):
            histories.setdefault(condition.trait, []).append(condition)
        elif isinstance(condition, SampleCondition):
            samples.append(condition)
        elif isinstance(condition, Belonging):
            yield Scan(conditions=[condition], run=partial(scan_accounts, tables, now))
        elif isinstance(condition, WalkCondition):
            walks.setdefault(names_of(condition, known), []).append(condition)
        else:
            events.setdefault(condition.selection.among(known), []).append(condition)
    for (name, subject), on_trait in traits.items():
        run = partial(scan_trait, name, subject, on_trait, tables, now)
        yield Scan(conditions=on_trait, run=run)
    for name, on_history in histories.items():
        yield Scan(conditions=on_history, run=partial(scan_held, name, on_history, tables, now))
    if samples:
        yield Scan(conditions=samples, run=partial(scan_samples, samples, tables))
    for names, on_events in events.items():
        yield Scan(conditions=on_events, run=partial(scan_events, names, on_events, tables))
    for names, walking in walks.items():
        yield Scan(conditions=walking, run=partial(scan_walks, names, walking, tables))


def compose(
    segments: Mapping[str, SegmentInput], planned: Plan, findings: Findings, tables: Tables
) -> dict[str, Outcome]:
    """Set algebra over what was found: an outcome per segment, children before parents."""
    outcomes: dict[str, Outcome] = {
        key: Refused(error=error) for key, error in planned.refused.items()
    }
    population = Population.of_tables(tables, findings.accounts)
    for key in planned.order:
        formula = planned.formulas[key]
        error = _error(formula, findings, outcomes)
        outcomes[key] = (
            Refused(error=error)
            if error is not None
            else _judged(segments[key], formula, findings, outcomes, population, tables.survivors)
        )
    return {key: outcomes[key] for key in segments}


def _error(
    formula: Formula | None, findings: Findings, outcomes: Mapping[str, Outcome]
) -> DefinitionError | None:
    for condition in conditions_of(formula):
        if condition in findings.errors:
            return findings.errors[condition]
    for key in references_of(formula):
        outcome = outcomes[key]
        if isinstance(outcome, Refused):
            return built_on(key, outcome.error)
    return None


def _judged(
    segment: SegmentInput,
    formula: Formula | None,
    findings: Findings,
    outcomes: Mapping[str, Outcome],
    population: Population,
    merges: Mapping[int, int],
) -> Judged:
    started = time.perf_counter()
    subject = segment.subject
    # Accounts are never merged.
    survivors = merges if subject == "customer" else {}
    if formula is not None:
        found = members_by(formula, findings, outcomes, population, subject)
    else:
        found = follow(segment.static or BitMap(), survivors)
    # A remove takes out that very customer: merges pass on events, lists and adds, not removes.
    adds = follow(segment.adds - segment.removes, survivors)
    members = ((found | adds) - segment.removes) & population.of(subject)
    share = sum(findings.milliseconds[condition] for condition in set(conditions_of(formula)))
    own = (time.perf_counter() - started) * 1000
    return Judged(members=members, milliseconds=share + own)


def members_by(
    formula: Formula,
    findings: Findings,
    outcomes: Mapping[str, Outcome],
    population: Population,
    about: Subject = "customer",
) -> BitMap:
    """Those of the population, customers or accounts, for whom a formula about them is true. Raises
    the DefinitionError of a segment that it is built on and that is refused."""
    everyone = population.of(about)
    match formula:
        case Everyone():
            return everyone
        case Leaf(condition=condition, negated=negated, of_account=of_account):
            found = findings.members[condition]
            found = population.customers_of(found) if of_account else found
            return everyone - found if negated else found
        case Members(key=key):
            outcome = outcomes[key]
            if isinstance(outcome, Refused):
                raise outcome.error
            return outcome.members
        case Ranked(among=among):
            inside = members_by(among, findings, outcomes, population, about)
            return findings.ranking(formula, inside).members & population.of(about)
        case Among(how=how, part=part):
            customers = members_by(part, findings, outcomes, population)
            accounts = population.accounts_where(how, customers)
            return accounts if about == "account" else population.customers_of(accounts)
    parts = [members_by(part, findings, outcomes, population, about) for part in formula.parts]
    if formula.how == "all":
        return reduce(and_, parts)
    joined = reduce(or_, parts)
    return joined if formula.how == "any" else everyone - joined
