"""How Fieldnote keeps its segments true: what traits tell of, reviews, and who vouches for what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from catalogue.management.demo_workspace.front import hear
from catalogue.management.demo_workspace.span import Span
from catalogue.management.demo_workspace.story import BUILDERS
from catalogue.metrics.reviewing import complete_review
from catalogue.models import (
    Acknowledgement,
    Certificate,
    Draft,
    MessageGuide,
    PublishRequest,
    Review,
    Segment,
    Team,
    TraitEntry,
    TraitKind,
    User,
)
from catalogue.segments.certifying import certify
from catalogue.segments.documents import token_of
from catalogue.segments.guides import acknowledge, approve_guide, save_guide
from catalogue.segments.publishing import ask_to_publish

KINDS: dict[TraitKind, tuple[str, ...]] = {
    TraitKind.PLAN_STATUS: ("plan", "subscription_status", "trial_ends_at", "seat_usage", "seats"),
    TraitKind.DEMOGRAPHIC: (
        "country",
        "company_size",
        "industry",
        "role",
        "job_function",
        "language",
    ),
    TraitKind.TECHNOGRAPHIC: ("integrations", "device"),
}
JIRA = "Whoever connects Jira builds just as much: they open four times as many tickets by API."
YES = dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes")
# Days before the end, segment, who, answers and note.
REVIEWS: tuple[tuple[int, str, str, dict[str, str]], ...] = (
    (
        97,
        "champions-gone-quiet",
        "tom",
        {
            **YES,
            "goal_holds": "unsure",
            "outcome": "keep",
            "note": "The call still works. Too early to say whether fourteen days are enough.",
        },
    ),
    (
        34,
        "trial-ending-unengaged",
        "tom",
        {
            **YES,
            "message_right": "no",
            "outcome": "change",
            "note": "In calls nobody reacts to the template. Let us ask what they wanted to build.",
        },
    ),
    (
        12,
        "checkout-left",
        "mia",
        {**YES, "outcome": "keep", "note": "Same two reasons as in August: invoice and approval."},
    ),
)
CALL = {
    "message": "What did you want to build? Tell me on the phone, and we set it up together today.",
    "promise": "They end the call with a project that holds their own data.",
    "proof": "In interviews 9 of 14 said they did not know what to build first.",
    "objections": "“We will come back to it” – then let us keep it ready: I build, you look.",
    "do": "Call in the last five days of the trial, in the morning.",
    "dont": "Send another template. Nobody opened the last two.",
}
VOUCHED = {
    "checkout-left": ("mia", "Checked against the orders of October with finance."),
    "team-full": ("lena", "Sales works with it every Monday, and the seats are right."),
}


def say_kinds() -> None:
    """What each trait tells of, so that segments can be held to the models they name."""
    for kind, names in KINDS.items():
        TraitEntry.objects.filter(name__in=names, kind="").update(kind=kind)
    surveys = TraitEntry.objects.filter(name__startswith="survey_", kind="")
    surveys.update(kind=TraitKind.PSYCHOGRAPHIC)


def tell(span: Span) -> None:
    """What happened around the segments. Nothing happens twice."""
    Team.objects.filter(slug="product").update(four_eyes=True)
    hear(span.now)
    if not Review.objects.exists():
        _review(span.now)
    if not Certificate.objects.exists():
        _vouch()
    if not Acknowledgement.objects.exists():
        _guide(span.now)
    if not PublishRequest.objects.exists():
        _ask_a_second_person()


def _review(end: datetime) -> None:
    for days, key, name, answers in REVIEWS:
        at = end - timedelta(days=days)
        given: dict[str, Any] = dict(answers)
        complete_review(key=key, **given, now=at, by=_user(name), via="web")


def _vouch() -> None:
    for key, (name, said) in VOUCHED.items():
        certify(key=key, message=said, by=_user(name), via="web")


def _guide(now: datetime) -> None:
    """Guides are approved and noted; then one is written anew, and the front has yet to hear."""
    for key, name in (("trial-ending-unengaged", "mia"), ("team-full", "lena")):
        for guide in MessageGuide.objects.filter(segment__key=key):
            approve_guide(
                key=key, function=guide.function, number=1, now=now, by=_user(name), via="web"
            )
    for function, name in (("sales", "lena"), ("customer_success", "aylin")):
        acknowledge(
            key="trial-ending-unengaged", function=function, now=now, by=_user(name), via="web"
        )
    save_guide(
        key="trial-ending-unengaged",
        function="customer_success",
        said=CALL,
        number=1,
        by=_user("mia"),
        via="web",
    )


def _ask_a_second_person() -> None:
    """Product publishes with four eyes, and one change waits for the second pair."""
    waits = Draft.objects.filter(segment__key=BUILDERS).exists()
    if waits:
        token = token_of(Segment.objects.get(key=BUILDERS))
        ask_to_publish(key=BUILDERS, message=JIRA, token=token, by=_user("priya"), via="web")


def _user(name: str) -> User:
    return User.objects.get(username=f"{name}@fieldnote.example")
