"""What the scans of one evaluation found, and what each of them took."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.faults import told
from catalogue.engine.figures import Figure, Figures
from catalogue.engine.inputs import ScanReport
from catalogue.engine.ranking import Ranked, Ranking, rank
from catalogue.engine.scans import Answer, Condition
from catalogue.engine.shared_scans import Scan
from catalogue.engine.vectors.judging import Vector
from catalogue.warehouse.current import Accounts
from catalogue.warehouse.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a scan answered, and how long that took; a DefinitionError where it refuses its
    conditions."""

    scan: Scan
    answer: Answer | DefinitionError
    milliseconds: float

    @classmethod
    def of(cls, scan: Scan, tables: Tables) -> Done:
        """Run a scan; one that would cost too much refuses its conditions only. Raises Stopped and
        ScanFailed."""
        started = time.perf_counter()
        answer: Answer | DefinitionError
        try:
            with told():
                answer = scan.run(tables)
        except DefinitionError as error:
            answer = error
        return cls(scan=scan, answer=answer, milliseconds=(time.perf_counter() - started) * 1000)


@dataclass(slots=True, kw_only=True)
class Findings:
    """What the scans found: members per condition, or why there are none. `figures` and `begun` of
    everybody take much memory, so they are kept for those who ask about few customers only, and
    `vectors` for those who ask about few conditions.
    `settled` are rankings made elsewhere, over more customers than these scans looked at."""

    keep_figures: bool = False
    members: dict[Condition, BitMap] = field(default_factory=dict)
    errors: dict[Condition, DefinitionError] = field(default_factory=dict)
    milliseconds: dict[Condition, float] = field(default_factory=dict)
    figures: dict[EventCondition, Columns] = field(default_factory=dict)
    found: dict[Figure, Figures] = field(default_factory=dict)
    begun: dict[Criterion, Columns] = field(default_factory=dict)
    vectors: dict[EventCondition, Vector] = field(default_factory=dict)
    rankings: dict[Ranked, Ranking] = field(default_factory=dict)
    settled: Mapping[Ranked, Ranking] = field(default_factory=dict)
    accounts: Accounts | None = None
    reports: list[ScanReport] = field(default_factory=list)

    def ranking(self, asked: Ranked, among: BitMap) -> Ranking:
        """The ranking of those people, made once as long as they are the same."""
        if asked in self.settled:
            return self.settled[asked]
        known = self.rankings.get(asked)
        if known is None or known.among != among:
            self.rankings[asked] = known = rank(asked, self.found[asked.figure], among)
        return known

    def add(self, done: Done) -> None:
        """Take in what a scan found."""
        scan, answer = done.scan, done.answer
        if isinstance(answer, Answer):
            self._take(answer)
        else:
            self.errors |= dict.fromkeys(scan.conditions, answer)
        share = done.milliseconds / max(1, len(scan.conditions))
        self.milliseconds |= dict.fromkeys(scan.conditions, share)
        self.reports.append(_report(done))

    def unite(self, condition: Condition, parts: Sequence[Condition]) -> None:
        """Answer a condition by others: whoever fits one of them fits it."""
        refused = [self.errors[part] for part in parts if part in self.errors]
        if refused:
            self.errors[condition] = refused[0]
        else:
            self.members[condition] = BitMap.union(*(self.members[part] for part in parts))
        self.milliseconds[condition] = sum(self.milliseconds[part] for part in parts)

    @property
    def rows_read(self) -> int:
        """How many rows all scans looked at."""
        return sum(report.rows for report in self.reports)

    def _take(self, answer: Answer) -> None:
        self.members |= answer.members
        self.found |= answer.found
        self.vectors |= answer.vectors
        self.accounts = answer.accounts if self.accounts is None else self.accounts
        if self.keep_figures:
            self.figures |= answer.figures
            self.begun |= answer.begun


def _report(done: Done) -> ScanReport:
    scan, answer = done.scan, done.answer
    if isinstance(answer, DefinitionError):
        rows, update, follows, error = 0, None, False, str(answer)
    else:
        rows, update, follows, error = answer.rows_read, answer.update_size, answer.follows, ""
    return ScanReport(
        kind=scan.source.kind,
        names=scan.source.names,
        subject=scan.source.subject,
        conditions=len(scan.conditions),
        rows=rows,
        size=scan.size if update is None else update,
        milliseconds=done.milliseconds,
        is_update=update is not None,
        follows=follows,
        error=error,
    )
