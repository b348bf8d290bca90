"""Iterate: every segment is measured, experimented with, tested and looked at again."""

from __future__ import annotations

from catalogue.lint.known import Known, Rule

# A segment needs some time before an experiment in it can be expected.
SETTLED_DAYS = 30


def _never_measured(known: Known) -> str | None:
    if known.stored is None or known.stored.is_measured:
        return None
    return "No metric of it has ever been read, only its size."


def _never_experimented(known: Known) -> str | None:
    stored = known.stored
    if stored is None or stored.experiments is None or stored.experiments:
        return None
    if not stored.is_live or stored.age_days < SETTLED_DAYS:
        return None
    return f"In {stored.age_days} days nothing has been tried with its people."


def _no_review(known: Known) -> str | None:
    return None if known.has_review else "Nobody has said when it is looked at again."


def _review_overdue(known: Known) -> str | None:
    stored = known.stored
    if stored is None or not stored.review_lapsed or stored.review_due_at is None:
        return None
    due = stored.review_due_at
    return f"Its review has been due since {due.day} {due:%B %Y}."


def _no_test(known: Known) -> str | None:
    if known.is_list or known.tests:
        return None
    return "No example says who has to be in it and who must not."


LEARNING = (
    Rule(
        code="SEG007",
        name="never-measured",
        belief="Every segment is measured: engagement, value, conversion, churn.",
        fix="Say in the settings which events mean active and converted; refreshes measure.",
        pointer="",
        weight=10,
        judge=_never_measured,
        needs_workspace=True,
    ),
    Rule(
        code="SEG008",
        name="never-experimented",
        belief="Every segment is experimented with, and what works is rolled out.",
        fix="Start an experiment with a holdout, from one of its ideas.",
        pointer="",
        weight=5,
        judge=_never_experimented,
        needs_workspace=True,
    ),
    Rule(
        code="SEG009",
        name="review-overdue",
        belief="Every segment is revisited.",
        fix="Answer the five questions of the review.",
        pointer="/review",
        weight=10,
        judge=_review_overdue,
        needs_workspace=True,
    ),
    Rule(
        code="SEG018",
        name="no-test",
        belief="A definition means exactly what it says, and examples prove it.",
        fix="Add a test: some people, and which of them belong.",
        pointer="/tests",
        weight=5,
        judge=_no_test,
    ),
    Rule(
        code="SEG019",
        name="no-review",
        belief="Every segment is revisited.",
        fix="Say how often, as in “every 90 days”, and by whom.",
        pointer="/review",
        weight=5,
        judge=_no_review,
    ),
)
