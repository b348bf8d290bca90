"""What a segment needs before it may be live. Pages, files and the API pass the same gate.

Who answers for it, why it exists, who belongs, and that it is not broken are always asked for. Of
the rest the workspace says what it asks for (`Workspace.gate`): everything, unless it chose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_file import SegmentFile
from catalogue.engine.spec_runner import Verdict
from catalogue.models import Workspace
from catalogue.segments.model_kinds import mismatches, touched_by
from catalogue.segments.testing import verdicts_of_file

GOAL, EVIDENCE, MESSAGES, TESTS, MODELS = "goal", "evidence", "messages", "tests", "models"
# What a workspace may ask for, in the order in which it is said.
ASKED_FOR: Mapping[str, str] = {
    GOAL: "A goal",
    EVIDENCE: "Evidence that has not expired",
    MESSAGES: "A message for each function",
    TESTS: "Tests that pass",
    MODELS: "Models that fit the definition",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that keeps a segment from going live: `code` for programs, what is wrong and what
    to do as sentences, and where in its document."""

    code: str
    sentence: str
    fix: str
    pointer: str

    @property
    def said(self) -> str:
        """Both sentences."""
        return f"{self.sentence} {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What this workspace asks for, as of a day: names of ASKED_FOR, and the functions that each
    need a message."""

    asked: Collection[str]
    functions: Sequence[str]
    today: date

    @classmethod
    def of_workspace(cls, today: date) -> Gate:
        """The gate as the workspace has it."""
        workspace = Workspace.current()
        # A workspace that nobody has set up asks for what the installation says.
        chosen = settings.GATE_ASKS_FOR if workspace.gate is None else workspace.gate
        asked = list(ASKED_FOR) if chosen is None else chosen
        return cls(asked=asked, functions=workspace.functions, today=today)


def lacks_always(file: SegmentFile, *, broken: str = "") -> list[Lack]:
    """What every workspace asks for and the segment does not have; `broken` is why it is not
    refreshed any more, if it is not and its definition stays."""
    has_definition = file.definition is not None or file.static is not None
    wanted = [
        (
            (file.owner or "").strip(),
            ("no_owner", "It has no owner.", "Name the person who answers for it.", "/owner"),
        ),
        (
            (file.why or "").strip(),
            ("no_why", "It does not say why it exists.", "Write a why.", "/why"),
        ),
        (
            has_definition,
            ("no_definition", "It has neither a definition nor a static list.", "Add one.", ""),
        ),
        (
            not broken,
            ("broken", f"It is broken: {broken}", "Change its definition.", "/definition"),
        ),
    ]
    return [_lack(*said) for is_there, said in wanted if not is_there]


def lacks_of(file: SegmentFile, gate: Gate, *, broken: str = "") -> list[Lack]:
    """Everything that keeps the segment, as its file says it, from going live; empty: it may."""
    return [*lacks_always(file, broken=broken), *lacks_asked(file, gate)]


def lacks_asked(
    file: SegmentFile, gate: Gate, beside: Mapping[str, SegmentFile] | None = None
) -> list[Lack]:
    """What this workspace asks for and the segment does not have. `beside` are the files, by key,
    that go live together with it."""
    checks = {
        GOAL: lambda: _goal(file),
        EVIDENCE: lambda: _evidence(file, gate.today),
        MESSAGES: lambda: _messages(file, gate.functions),
        TESTS: lambda: _tests(file, beside or {}),
        MODELS: lambda: _models(file, beside or {}),
    }
    return [lack for name, check in checks.items() if name in gate.asked for lack in check()]


def _lack(code: str, sentence: str, fix: str, pointer: str) -> Lack:
    return Lack(code=code, sentence=sentence, fix=fix, pointer=pointer)


def _goal(file: SegmentFile) -> Iterator[Lack]:
    if not file.goal:
        fix = "Say which event is to follow, and for how many of them."
        yield _lack("no_goal", "It has no goal.", fix, "/goal")


def _evidence(file: SegmentFile, today: date) -> Iterator[Lack]:
    if not file.evidence:
        fix = "Add what it rests on: an interview, a survey, an analysis."
        yield _lack("no_evidence", "Nothing supports its why.", fix, "/evidence")
    elif not any(is_current(one, today) for one in file.evidence):
        fix = "Look again, and add what you find."
        yield _lack("evidence_expired", "All of its evidence has expired.", fix, "/evidence")


def is_current(evidence: object, today: date) -> bool:
    """Whether a piece of evidence still counts on this day; without an end it always does."""
    expires_on = getattr(evidence, "expires_on", None)
    return expires_on is None or expires_on >= today


def _messages(file: SegmentFile, functions: Sequence[str]) -> Iterator[Lack]:
    for function in functions:
        if function not in file.messages:
            name = function.replace("_", " ")
            sentence = f"Nobody has written what {name} says to them."
            fix = f"Write the message of {name}, or that it leaves them in peace."
            yield _lack("no_message", sentence, fix, f"/messages/{function}")


def _tests(file: SegmentFile, beside: Mapping[str, SegmentFile]) -> Iterator[Lack]:
    try:
        verdicts = verdicts_of_file(file, beside) if file.tests else []
    except DefinitionError as error:
        sentence = f"Its tests cannot be run: {error.faults[0].message}"
        yield _lack("tests_fail", sentence, "Put that right, then publish.", "/tests")
        return
    for position, verdict in enumerate(verdicts):
        if verdict.outcome != "passed":
            yield _failed(verdict, position)


def _failed(verdict: Verdict, position: int) -> Lack:
    sentence = f"The test “{verdict.it}” does not pass: {verdict.detail}"
    fix = "Change the definition, or what the test expects."
    return _lack("tests_fail", sentence.rstrip(".") + ".", fix, f"/tests/{position}")


def _models(file: SegmentFile, beside: Mapping[str, SegmentFile]) -> Iterator[Lack]:
    models = {key: one.models for key, one in beside.items()}
    touched = None if file.tree is None else touched_by(file.tree, models)
    for sentence, fix in mismatches(file.models, touched):
        yield _lack("models_differ", sentence, fix, "/models")
