"""What `segments plan` says: paragraphs for people, or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from catalogue.definitions.describe import Labels
from catalogue.management.lines import Output, json_line
from catalogue.membership.planning import FilesPlan, Move
from catalogue.models import ListedMember, Segment, Status
from catalogue.ports import ToolStates
from catalogue.segments.differences import Line, english_difference, text_difference
from catalogue.segments.documents import to_yaml
from catalogue.segments.proposals import Proposal
from catalogue.segments.subjects import PLURALS
from catalogue.segments.tool_plans import ToolPlan, tool_plans

MARKS = {"same": " ", "gone": "-", "new": "+"}
SIGNS = {"new": "+", "changed": "~", "unchanged": "="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A plan, and what is needed to say it: what people call things, the tools by segment, and the
    stored segments that no file is about."""

    plan: FilesPlan
    labels: Labels
    tools: ToolStates
    without_file: Sequence[Segment]


def report_text(report: Report, out: Output) -> None:
    """What changes, segment by segment; what stays is only counted."""
    for proposal in report.plan.proposals:
        if proposal.outcome != "unchanged":
            out.writelines(f"{line}\n" for line in _paragraph(report, proposal))
    for segment in report.without_file:
        out.write(
            f"? {segment.key} ({segment.name}) is stored and in none of these files. It stays:"
            " apply removes nothing.\n"
        )
    out.write(f"{_summary(report)}\n")


def _paragraph(report: Report, proposal: Proposal) -> Iterator[str]:
    yield f"{SIGNS[proposal.outcome]} {_title(proposal)}  [{proposal.file.file_name}]"
    for line in english_of(report, proposal):
        yield f"  {MARKS[line.change]} {'  ' * line.depth}{line.text}"
    for line in _field_lines(proposal):
        yield f"  {MARKS[line.change]} {line.text}"
    yield from (f"    {sentence}" for sentence in _sentences(report, proposal))


def _title(proposal: Proposal) -> str:
    name = f"{proposal.key} ({proposal.file.name})"
    if proposal.segment is None:
        return f"{name}: new, {proposal.file.status}"
    if not proposal.is_redefined:
        return f"{name}: d{proposal.number or 0} stays"
    return f"{name}: d{proposal.number or 0} → d{(proposal.number or 0) + 1}"


def english_of(report: Report, proposal: Proposal) -> list[Line]:
    """All lines of both definitions; none where they are the same."""
    after = proposal.file.tree
    if proposal.tree == after:
        return []
    return english_difference(proposal.tree, after, labels=report.labels)


def _field_lines(proposal: Proposal) -> Iterator[Line]:
    for name, (before, after) in proposal.fields.items():
        texts = ["" if one is None else to_yaml({name: one}) for one in (before, after)]
        yield from text_difference(*texts)


def _sentences(report: Report, proposal: Proposal) -> Iterator[str]:
    for kind, change in proposal.lists.items():
        yield (
            f"{ListedMember.Kind(kind).label}: {change.before:,} → {change.after:,}"
            f" (+{change.added:,} −{change.removed:,})."
        )
    if proposal.tests is not None:
        yield f"Tests: {proposal.tests[0]} → {proposal.tests[1]}."
    if proposal.drafted is not None:
        yield f"A draft of d{proposal.drafted} waits; applying this makes it stale."
    moves = report.plan.counts.moves
    if proposal.key in moves:
        yield f"Holds {_moved(moves[proposal.key])}."
    for key in report.plan.built_on_it.get(proposal.key, ()):
        said = f": {_moved(moves[key])}" if key in moves else ""
        yield f"Built on it: {key}{said}."
    yield from (f"Tool {_tool(one)}." for one in tools_of(report, proposal))


def _moved(move: Move) -> str:
    what = PLURALS[move.subject]
    if move.refused:
        return f"nobody could say how many {what} any more: {move.refused.rstrip('.')}"
    if move.before is None or move.after is None:
        return f"{move.after or 0:,} {what}"
    moved = f" (+{move.entering:,} −{move.leaving:,})" if move.entering or move.leaving else ""
    return f"{move.before:,} → {move.after:,} {what}{moved}"


def tools_of(report: Report, proposal: Proposal) -> list[ToolPlan]:
    """The tools that hold the segment, or would."""
    segment = proposal.segment
    is_live = segment is not None and segment.status == Status.LIVE
    now = [line["to"] for line in segment.sync_wanted] if segment is not None and is_live else []
    wanted = [line["to"] for line in proposal.file.sync] if proposal.file.status == "live" else []
    return tool_plans(report.tools.get(proposal.key, ()), now=now, wanted=wanted)


def _tool(tool: ToolPlan) -> str:
    held = "" if tool.state is None else f" (now: {_held(tool)})"
    if tool.is_dropped:
        return f"{tool.name}: not kept in step any more{held}"
    return f"{tool.name}: {'new' if tool.is_new else 'follows'}{held}"


def _held(tool: ToolPlan) -> str:
    state = tool.state
    if state is None or state.held is None:
        return "never read back" if state is None else state.text
    return f"{state.held:,} held, {state.verdict or state.text}"


def _summary(report: Report) -> str:
    outcomes = [str(proposal.outcome) for proposal in report.plan.proposals]
    counts = ", ".join(f"{outcomes.count(one)} {one}" for one in SIGNS)
    return f"{counts}, {len(report.without_file)} without a file. {_counted(report)}".rstrip()


def _counted(report: Report) -> str:
    counts = report.plan.counts
    if counts.problem:
        return f"Nobody was counted: {counts.problem}"
    if counts.data_as_of is None:
        return ""
    return f"Counted as of {_when(counts.now)}, on data loaded {_when(counts.data_as_of)}."


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def report_json(report: Report, out: Output) -> None:
    """An object for each file, for each stored segment without one, and one for the whole."""
    for proposal in report.plan.proposals:
        json_line(out, _row(report, proposal))
    for segment in report.without_file:
        json_line(out, {"outcome": "without_file", "segment": segment.key, "name": segment.name})
    outcomes = [str(proposal.outcome) for proposal in report.plan.proposals]
    counts = report.plan.counts
    whole = {one: outcomes.count(one) for one in SIGNS}
    json_line(
        out,
        {
            "outcome": "planned",
            **whole,
            "without_file": len(report.without_file),
            "now": counts.now,
            "data_as_of": counts.data_as_of,
            "problem": counts.problem or None,
        },
    )


def _row(report: Report, proposal: Proposal) -> dict[str, object]:
    moves = report.plan.counts.moves
    above = report.plan.built_on_it.get(proposal.key, ())
    return {
        "outcome": proposal.outcome,
        "segment": proposal.key,
        "name": proposal.file.name,
        "file": proposal.file.file_name,
        "definition_version": proposal.number,
        "new_definition": proposal.is_redefined,
        "english": [asdict(line) for line in english_of(report, proposal)],
        "fields": dict(proposal.fields),
        "lists": {kind: asdict(change) for kind, change in proposal.lists.items()},
        "tests": proposal.tests,
        "waiting_draft": proposal.drafted,
        "people": asdict(moves[proposal.key]) if proposal.key in moves else None,
        "built_on_it": [asdict(moves[key]) if key in moves else {"key": key} for key in above],
        "tools": [_tool_row(tool) for tool in tools_of(report, proposal)],
    }


def _tool_row(tool: ToolPlan) -> dict[str, object]:
    what = "dropped" if tool.is_dropped else "new" if tool.is_new else "follows"
    held = None if tool.state is None else tool.state.held
    return {"tool": tool.name, "what": what, "held": held}
