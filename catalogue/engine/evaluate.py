"""Plan → one bitmap per condition → set algebra → members per segment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import and_, iand, ior, isub, or_, sub

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Subject
from catalogue.engine.bitmaps import follow
from catalogue.engine.faults import told
from catalogue.engine.findings import Findings
from catalogue.engine.inputs import (
    Evaluation,
    Judged,
    Outcome,
    Part,
    Refused,
    SegmentInput,
)
from catalogue.engine.kept.memory import NOTHING_KEPT, Kept
from catalogue.engine.lanes import run_all
from catalogue.engine.plan import (
    Among,
    Everyone,
    Formula,
    Leaf,
    Members,
    Plan,
    built_on,
    plan,
)
from catalogue.engine.population import Population
from catalogue.engine.ranking import Ranked
from catalogue.engine.scans import Condition
from catalogue.engine.shared_scans import shared_scans
from catalogue.engine.simpler import as_they_are, simpler
from catalogue.warehouse.tables import Tables


def evaluate(
    segments: Mapping[str, SegmentInput],
    tables: Tables,
    *,
    now: datetime,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    kept: Kept = NOTHING_KEPT,
) -> Evaluation:
    """Judge all segments as of one aware instant `now` on one photo.

    References resolve inside `segments`. Each distinct condition is asked once, conditions over
    one trait or one selection of events by one scan. A segment that cannot be judged is Refused
    and with it what is built on it; all others are judged. `on_progress(done, total)` counts scans;
    `should_stop` is asked before each scan and raises Stopped. What follows from `kept` is not
    scanned again; the answers are the same.
    """
    planned = plan_of(segments, now)
    findings = find(
        planned.conditions,
        tables,
        now=now,
        on_progress=on_progress,
        should_stop=should_stop,
        kept=kept,
    )
    outcomes = compose(segments, planned, findings, tables)
    return Evaluation(outcomes=outcomes, scans=tuple(findings.reports))


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
    parts = {key: one.part.reads for key, one in segments.items() if one.part is not None}
    return plan(definitions, now=now, lists=lists, parts=parts)


def find(
    conditions: Iterable[Condition],
    tables: Tables,
    *,
    now: datetime,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    keep_figures: bool = False,
    keep_vectors: bool = False,
    kept: Kept = NOTHING_KEPT,
) -> Findings:
    """Ask each distinct condition once, those on the same data by one scan. Raises Stopped and
    ScanFailed."""
    # Whoever keeps figures or vectors asks for those of the conditions themselves.
    is_plain = not (keep_figures or keep_vectors)
    with told():
        asked = simpler(conditions, tables.event_names()) if is_plain else as_they_are(conditions)
        scans = shared_scans(asked.conditions, tables, now, kept, keep_vectors=keep_vectors)
    findings = Findings(keep_figures=keep_figures)
    for done in run_all(scans, tables, on_progress=on_progress, should_stop=should_stop):
        findings.add(done)
    for condition, parts in asked.parts.items():
        findings.unite(condition, parts)
    return findings


def compose(
    segments: Mapping[str, SegmentInput], planned: Plan, findings: Findings, tables: Tables
) -> dict[str, Outcome]:
    """Set algebra over what was found: an outcome per segment, children before parents."""
    outcomes: dict[str, Outcome] = {
        key: Refused(error=error) for key, error in planned.refused.items()
    }
    population = Population.of_tables(tables, findings.accounts)
    for key in planned.order:
        segment, formula = segments[key], planned.formulas[key]
        error = _error(planned.asked[key], planned.below[key], findings, outcomes)
        if error is not None:
            outcomes[key] = Refused(error=error)
        elif segment.part is not None:
            outcomes[key] = _picked(segment, segment.part, outcomes, tables, planned.now)
        else:
            judged = _judged(segment, formula, findings, outcomes, population, tables.survivors)
            share = sum(findings.milliseconds[condition] for condition in planned.asked[key])
            outcomes[key] = replace(judged, milliseconds=share + judged.milliseconds)
    return {key: outcomes[key] for key in segments}


def _error(
    asked: Sequence[Condition],
    below: Sequence[str],
    findings: Findings,
    outcomes: Mapping[str, Outcome],
) -> DefinitionError | None:
    if findings.errors:
        for condition in asked:
            if condition in findings.errors:
                return findings.errors[condition]
    for key in below:
        outcome = outcomes[key]
        if isinstance(outcome, Refused):
            return built_on(key, outcome.error)
    return None


def _picked(
    segment: SegmentInput,
    part: Part,
    outcomes: Mapping[str, Outcome],
    tables: Tables,
    now: datetime,
) -> Outcome:
    started = time.perf_counter()
    judged = {key: outcomes[key] for key in part.reads}
    read = {key: one.members for key, one in judged.items() if isinstance(one, Judged)}
    try:
        with told():
            found = part.members(read, tables, now)
    except DefinitionError as error:
        return Refused(error=error)
    live = tables.accounts if segment.subject == "account" else tables.customers
    own = (time.perf_counter() - started) * 1000
    return Judged(members=found & live, milliseconds=own)


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
    if segment.adds or segment.removes:
        # A remove takes out that very customer: merges pass on events, lists and adds, not removes.
        adds = follow(segment.adds - segment.removes, survivors)
        found = (found | adds) - segment.removes
    members = found & population.of(subject)
    return Judged(members=members, milliseconds=(time.perf_counter() - started) * 1000)


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
        case Leaf(negated=negated):
            found = _holding(formula, findings, population)
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
    if formula.how == "all":
        return _all_of(formula.parts, findings, outcomes, population, about)
    parts = (members_by(part, findings, outcomes, population, about) for part in formula.parts)
    joined = _folded(ior, parts)
    return joined if formula.how == "any" else everyone - joined


def _holding(leaf: Leaf, findings: Findings, population: Population) -> BitMap:
    """For whom its condition is true, whether it is meant or its complement."""
    found = findings.members[leaf.condition]
    return population.customers_of(found) if leaf.of_account else found


def _all_of(
    parts: Sequence[Formula],
    findings: Findings,
    outcomes: Mapping[str, Outcome],
    population: Population,
    about: Subject,
) -> BitMap:
    """Those of whom all parts are true. A negated condition is taken away from what the others
    leave, which costs less than its complement; and the fewest come first, for with them the rest
    costs least."""
    found: list[BitMap] = []
    away: list[BitMap] = []
    for part in parts:
        if isinstance(part, Leaf) and part.negated:
            away.append(_holding(part, findings, population))
        else:
            found.append(members_by(part, findings, outcomes, population, about))
    left = _folded(iand, sorted(found, key=len)) if found else population.of(about)
    return _folded(isub, [left, *away])


def _folded(change: Callable[[BitMap, BitMap], BitMap], parts: Iterable[BitMap]) -> BitMap:
    """The first changed by all others, which are left as they are, and the first is too: what
    changes is a new one, for that costs a third of a new one each time."""
    first, *others = parts
    if not others:
        return first
    begun: BitMap = FRESH[change](first, others[0])
    return reduce(change, others[1:], begun)


# What gives a new set instead of changing one.
FRESH: Mapping[Callable[[BitMap, BitMap], BitMap], Callable[[BitMap, BitMap], BitMap]] = {
    iand: and_,
    ior: or_,
    isub: sub,
}
