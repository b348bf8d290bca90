"""Looking at segment files without a workspace: what a file alone can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.definitions.errors import Code, Fault
from catalogue.definitions.nodes import Definition
from catalogue.definitions.segment_file import SegmentFile
from catalogue.lint.known import Finding, Known
from catalogue.lint.looking import look_at
from catalogue.lint.made_of import MadeOf, made_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A finding about a file, with the line and column (from 1) where it can be mended."""

    file: str
    key: str
    finding: Finding
    line: int | None
    column: int | None

    def sentence(self) -> str:
        """The finding as one line: file:line:column as editors read it, segment, rule, remedy."""
        place = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        rule = self.finding.rule
        return f"{place}: {self.key}: {rule.code} {self.finding.sentence} {rule.fix}"

    def row(self) -> dict[str, object]:
        """The finding as plain data."""
        return {
            "file": self.file,
            "segment": self.key,
            **self.finding.row(),
            "line": self.line,
            "column": self.column,
        }


def look_at_files(
    files: Sequence[SegmentFile], *, functions: Sequence[str], today: date
) -> list[Advice]:
    """What files that can be read do not keep, file by file. `functions`: those of the company that
    should have a message."""
    trees = {file.key: file.tree for file in files if file.tree is not None}
    readable = [file for file in files if file.refused is None]
    return [
        _advice(file, finding)
        for file in readable
        for finding in look_at(_known(file, trees, tuple(functions), today))
    ]


def _known(
    file: SegmentFile, trees: Mapping[str, Definition], functions: tuple[str, ...], today: date
) -> Known:
    made = made_of(file.tree, trees) if file.tree is not None else MadeOf()
    return Known(
        key=file.key,
        why=file.why or "",
        owner=file.owner or "",
        has_goal=bool(file.goal),
        models=file.models,
        evidence=len(file.evidence),
        expires=tuple(one.expires_on for one in file.evidence),
        messages=frozenset(name for name, text in file.messages.items() if text),
        functions=functions,
        has_review=bool(file.review),
        tests=len(file.tests),
        is_list=file.tree is None,
        # What it is built on may be stored elsewhere, and be full of events.
        looks_at_usage=made.looks_at_usage or bool(made.missing),
        looks_at_traits=bool(made.traits or made.account_traits),
        has_negative=made.has_negative,
        today=today,
    )


def _advice(file: SegmentFile, finding: Finding) -> Advice:
    fault = Fault(code=Code.BAD_VALUE, message=finding.sentence, pointer=finding.rule.pointer)
    located = file.locate(fault)
    return Advice(
        file=file.file_name,
        key=file.key,
        finding=finding,
        line=located.line,
        column=located.column,
    )
