"""Looking at segments: which rules they do not keep, and what that makes of their score."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.lint.known import Finding, Known
from catalogue.lint.rules import RULES

FORMULA = "100, less the weight of each finding, and never below 0"


def look_at(known: Known) -> list[Finding]:
    """What the segment does not keep, the heaviest first. Of a file alone, what a file can tell."""
    rules = [rule for rule in RULES if known.stored is not None or not rule.needs_workspace]
    found = [(rule, rule.judge(known)) for rule in rules]
    findings = [Finding(rule=rule, sentence=said) for rule, said in found if said is not None]
    return sorted(findings, key=lambda finding: (-finding.rule.weight, finding.rule.code))


def score_of(findings: Iterable[Finding]) -> int:
    """From 0 to 100; `FORMULA` says how."""
    return max(100 - sum(finding.rule.weight for finding in findings), 0)
