"""Problems of files as SARIF 2.1.0, which code hosts show beside the lines they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from catalogue.definitions.errors import Code
from catalogue.lint.files import Advice
from catalogue.lint.rules import RULES as SEGMENT_RULES
from catalogue.segments.reports import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES: Mapping[Code, str] = {
    Code.EMPTY_DEFINITION: "A definition, a node or a group is empty.",
    Code.UNKNOWN_CONDITION: "A node has no head, two heads, or one that nobody knows.",
    Code.UNKNOWN_OPERATOR: "A key is neither head, operator nor option where it stands.",
    Code.UNKNOWN_TRAIT: "The dictionary has no such trait.",
    Code.UNKNOWN_EVENT: "The dictionary has no such event.",
    Code.BAD_VALUE: "A value cannot be used where it stands.",
    Code.BAD_WINDOW: "A window of time cannot be used.",
    Code.CYCLE: "Segments are built on each other in a circle.",
    Code.MISSING_REFERENCE: "A segment is referred to that does not exist.",
    Code.TOO_LARGE: "A file, a tree or a list is too large.",
    Code.TOO_EXPENSIVE: "Judging the definition went over its budget.",
}


def sarif(
    errors: Sequence[Problem],
    warnings: Sequence[Problem],
    advice: Sequence[Advice] = (),
    *,
    root: Path,
) -> str:
    """One run with all results; files below `root` are named from there. Advice is a note."""
    results = [_result(one, "error", root) for one in errors]
    results += [_result(one, "warning", root) for one in warnings]
    results += [_note(one, root) for one in advice]
    rules = [{"id": str(code), "shortDescription": {"text": said}} for code, said in RULES.items()]
    rules += [
        {"id": rule.code, "name": rule.name, "shortDescription": {"text": rule.belief}}
        for rule in SEGMENT_RULES
    ]
    run = {
        "tool": {"driver": {"name": "segment-catalogue", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _result(problem: Problem, level: str, root: Path) -> dict[str, object]:
    fault = problem.fault
    hint = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
    whose = f"{problem.key}: " if problem.key else ""
    where = _place(problem.file, fault.line, fault.column, root)
    location: dict[str, object] = {"physicalLocation": where}
    if fault.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": fault.pointer}]
    return {
        "ruleId": str(fault.code),
        "ruleIndex": list(RULES).index(fault.code),
        "level": level,
        "message": {"text": f"{whose}{fault.message}{hint}"},
        "locations": [location],
    }


def _note(advice: Advice, root: Path) -> dict[str, object]:
    rule = advice.finding.rule
    where = _place(advice.file, advice.line, advice.column, root)
    location: dict[str, object] = {"physicalLocation": where}
    if rule.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": rule.pointer}]
    return {
        "ruleId": rule.code,
        "ruleIndex": len(RULES) + SEGMENT_RULES.index(rule),
        "level": "note",
        "message": {"text": f"{advice.key}: {advice.finding.sentence} {rule.fix}"},
        "locations": [location],
    }


def _place(file: str, line: int | None, column: int | None, root: Path) -> dict[str, object]:
    region = {} if line is None else {"region": {"startLine": line, "startColumn": column or 1}}
    return {"artifactLocation": _artifact(Path(file), root), **region}


def _artifact(path: Path, root: Path) -> dict[str, str]:
    whole = (root / path).resolve()
    if not whole.is_relative_to(root.resolve()):
        return {"uri": whole.as_uri()}
    below = whole.relative_to(root.resolve()).as_posix()
    return {"uri": quote(below), "uriBaseId": "%SRCROOT%"}
