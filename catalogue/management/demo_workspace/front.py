"""What those who talk to Fieldnote's customers said of them: they fit, or why they do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from catalogue.models import Feedback, Misfit, User
from catalogue.published import members_page, newest
from catalogue.published.feedback import give_feedback

# Segment, who talks to them, how many they judged, and of every ten how many fit.
HEARD = (
    ("trial-ending-unengaged", "mia", 48, 8),
    ("champions-gone-quiet", "aylin", 36, 9),
    ("team-full", "lena", 41, 6),
)
REASONS: dict[str, tuple[tuple[Misfit, str], ...]] = {
    "trial-ending-unengaged": (
        (Misfit.WRONG_TIME, "Starts in January, with the new budget."),
        (Misfit.ALREADY_DONE, "Had a project, built by a colleague."),
        (Misfit.WRONG_TIME, ""),
    ),
    "champions-gone-quiet": (
        (Misfit.WRONG_PERSON, "Changed teams; somebody else is admin in fact."),
        (Misfit.WRONG_DATA, ""),
    ),
    "team-full": (
        (Misfit.WRONG_DATA, "Half of the seats are test logins."),
        (Misfit.WRONG_DATA, ""),
        (Misfit.ALREADY_DONE, "Ordered last week, by invoice."),
        (Misfit.NOT_FOR_THEM, "They want fewer seats, not more."),
    ),
}
STRETCH = timedelta(days=84)


def hear(now: datetime) -> None:
    """Some months of feedback. Nothing is heard twice."""
    if Feedback.objects.exists():
        return
    for key, name, count, fitting in HEARD:
        by = User.objects.get(username=f"{name}@fieldnote.example")
        for number, member in enumerate(_members(key, count, now)):
            fits = number * 7 % 10 < fitting
            reason, note = REASONS[key][number % len(REASONS[key])]
            give_feedback(
                key=key,
                member=member,
                fits=fits,
                reason="" if fits else reason,
                note="" if fits else note,
                now=now - STRETCH * (count - number) / (count + 1),
                by=by,
            )


def _members(key: str, count: int, now: datetime) -> Iterator[str]:
    version = newest(key)
    if version is not None:
        page = members_page(version, viewer=None, size=count, now=now)
        yield from (member.id for member in page.members)
