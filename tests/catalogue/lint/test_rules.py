"""Each rule finds what it is about, says so in a sentence, and finds nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from catalogue.lint.known import Twin
from catalogue.lint.looking import look_at, score_of
from catalogue.lint.rules import RULES
from tests.catalogue.lint.known import known

ROOT = Path(__file__).parents[3]
DUE = datetime(2026, 2, 1, tzinfo=UTC)
TWIN = Twin(key="payers", name="Payers", share=0.94)
LACKS: list[tuple[str, dict[str, Any], str]] = [
    ("SEG001", {"has_goal": False}, "no goal"),
    ("SEG002", {"why": "  "}, "does not say why"),
    ("SEG003", {"owner": ""}, "Nobody answers"),
    ("SEG004", {"evidence": 0, "expires": ()}, "no research"),
    ("SEG005", {"evidence": 2, "expires": (date(2026, 3, 17), date(2026, 1, 1))}, "17 March 2026"),
    ("SEG006", {"messages": frozenset({"sales"})}, "no message for marketing"),
    ("SEG007", {"is_measured": False}, "only its size"),
    ("SEG008", {"experiments": 0}, "In 90 days"),
    ("SEG009", {"review_lapsed": True, "review_due_at": DUE}, "since 1 February 2026"),
    ("SEG010", {"models": ("demographic",), "looks_at_usage": False}, "who they are"),
    ("SEG011", {"looks_at_usage": False}, "nothing that people did"),
    ("SEG012", {"unknown": (("Phone", 0.83),)}, "“Phone” of 83%"),
    ("SEG013", {"silent": ("Login", "Order paid")}, "“Login”, “Order paid” have nearly stopped"),
    ("SEG014", {"twins": (TWIN,)}, "as “Payers” (94% in both)"),
    ("SEG015", {"size": 0}, "holds nobody"),
    ("SEG016", {"size": 1_000}, "everybody there is (1,000)"),
    ("SEG017", {"functions_of_tools": frozenset({"customer_success"})}, "Only customer success"),
    ("SEG018", {"tests": 0}, "No example"),
    ("SEG019", {"has_review": False}, "looked at again"),
]


def codes(**lacks: Any) -> list[str]:
    """What is found of a segment that lacks these."""
    return [finding.rule.code for finding in look_at(known(**lacks))]


def test_a_segment_that_lacks_nothing_has_the_whole_score() -> None:
    assert look_at(known()) == []
    assert score_of(look_at(known())) == 100


@pytest.mark.parametrize(("code", "lacks", "words"), LACKS)
def test_a_rule_finds_what_it_is_about(code: str, lacks: dict[str, Any], words: str) -> None:
    found = {finding.rule.code: finding for finding in look_at(known(**lacks))}
    # Whoever looks at nothing that people did and calls that demographic breaks two rules.
    assert set(found) == ({code, "SEG011"} if code == "SEG010" else {code})
    assert words in found[code].sentence
    assert found[code].sentence.endswith(".")


def test_every_rule_is_tested_explained_and_documented() -> None:
    assert [code for code, *_ in LACKS] == [rule.code for rule in RULES]
    said = (ROOT / "docs" / "linter.md").read_text()
    for rule in RULES:
        assert re.fullmatch(r"SEG[0-9]{3}", rule.code)
        assert (rule.belief[-1], rule.fix[-1]) == (".", ".")
        assert f"| {rule.code} | {rule.name} | {rule.weight} |" in said


def test_findings_are_the_heaviest_first_and_the_score_never_falls_below_nothing() -> None:
    found = look_at(known(has_goal=False, tests=0, owner=""))
    assert [finding.rule.code for finding in found] == ["SEG001", "SEG003", "SEG018"]
    assert score_of(found) == 100 - 15 - 10 - 5
    everything = {name: value for _, lacks, _ in LACKS for name, value in lacks.items()}
    assert score_of(look_at(known(**everything))) == 0


def test_a_file_alone_is_not_blamed_for_what_only_a_workspace_knows() -> None:
    assert look_at(known(stored=None)) == []
    needing = {rule.code for rule in RULES if rule.needs_workspace}
    assert {"SEG007", "SEG009", "SEG013", "SEG014", "SEG015"} <= needing


def test_one_piece_of_evidence_that_still_counts_is_enough() -> None:
    assert codes(evidence=2, expires=(date(2026, 1, 1), None)) == []
    assert codes(evidence=1, expires=(date(2026, 3, 18),)) == []  # its last day


def test_a_young_segment_and_a_draft_need_no_experiment_yet() -> None:
    assert codes(experiments=0, age_days=29) == []
    assert codes(experiments=0, is_live=False, functions_of_tools=frozenset()) == []


def test_absence_is_doubted_where_a_source_went_quiet() -> None:
    (finding,) = look_at(known(silent=("Login",), has_negative=True))
    assert "“Login” has nearly stopped" in finding.sentence
    assert "“did not”" in finding.sentence


def test_a_segment_in_no_tool_says_so() -> None:
    (finding,) = look_at(known(functions_of_tools=frozenset()))
    assert finding.sentence == "No function has it in its tools."


def test_a_static_list_needs_neither_tests_nor_usage() -> None:
    assert codes(is_list=True, tests=0, looks_at_usage=False) == []
