"""Segment by what people should reach, from research: goal, why, owner, evidence."""

from __future__ import annotations

from catalogue.lint.known import Known, Rule


def _no_goal(known: Known) -> str | None:
    return None if known.has_goal else "It names no goal that its people should reach."


def _no_why(known: Known) -> str | None:
    return (
        None if known.why.strip() else "It does not say why these people are treated differently."
    )


def _no_owner(known: Known) -> str | None:
    return None if known.owner.strip() else "Nobody answers for it."


def _no_evidence(known: Known) -> str | None:
    return None if known.evidence else "It rests on no research: nothing shows that it is real."


def _expired(known: Known) -> str | None:
    gone = [day for day in known.expires if day is not None and day < known.today]
    if not known.evidence or len(gone) < len(known.expires):
        return None
    newest = max(gone)
    return f"All its evidence has expired, the newest on {newest.day} {newest:%B %Y}."


def _demographic(known: Known) -> str | None:
    if known.models and set(known.models) <= {"demographic"} and not known.looks_at_usage:
        return "It sorts people by who they are, and by nothing that they do."
    return None


def _no_usage(known: Known) -> str | None:
    if known.is_list or known.looks_at_usage:
        return None
    return "Its definition looks at nothing that people did."


PURPOSE = (
    Rule(
        code="SEG001",
        name="no-goal",
        belief="Segment by the goal people should reach, so that it shows whether they do.",
        fix="Say which event they should reach, within which time, and what share of them.",
        pointer="/goal",
        weight=15,
        judge=_no_goal,
    ),
    Rule(
        code="SEG002",
        name="no-why",
        belief="Every function sees why a segment exists, not only who is in it.",
        fix="Write a sentence that begins “We treat these people differently because …”.",
        pointer="/why",
        weight=15,
        judge=_no_why,
    ),
    Rule(
        code="SEG003",
        name="no-owner",
        belief="Somebody answers for every segment and is asked when it goes wrong.",
        fix="Name the person who answers for it.",
        pointer="/owner",
        weight=10,
        judge=_no_owner,
    ),
    Rule(
        code="SEG004",
        name="no-evidence",
        belief="A segment comes from research. It is not taken from a list of ready-made ones.",
        fix="Add the interview, survey, analysis or experiment that it comes from.",
        pointer="/evidence",
        weight=15,
        judge=_no_evidence,
    ),
    Rule(
        code="SEG005",
        name="evidence-expired",
        belief="What was true of people once is asked again.",
        fix="Repeat the research, or say until when the old one still counts.",
        pointer="/evidence",
        weight=10,
        judge=_expired,
    ),
    Rule(
        code="SEG010",
        name="only-demographic",
        belief="Choose the right model: who people are seldom tells what they need.",
        fix="Add what they do: usage, plan or trial status, where they drop off.",
        pointer="/models",
        weight=10,
        judge=_demographic,
    ),
    Rule(
        code="SEG011",
        name="no-usage",
        belief="What people do in the product tells more than what is known about them.",
        fix="Add a condition on an event, or build it on a segment that has one.",
        pointer="/definition",
        weight=5,
        judge=_no_usage,
    ),
)
