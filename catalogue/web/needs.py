"""What needs somebody, in words: the sentence, the reason, and the one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from catalogue.segments.queries.attention import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How one kind of need is said. `before` and `after` stand around the name of the segment,
    `at_words` before the time; `route` is the page where it is dealt with."""

    tone: str
    icon: str
    before: str
    after: str
    reason: str
    at_words: str
    action: str
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """A need, how its kind is said, and that with its own tool, numbers and address."""

    need: Need
    saying: Saying
    before: str
    reason: str
    url: str


SAYINGS = {
    "differs": Saying(
        tone="bad",
        icon="bad",
        before="{tool} holds the wrong people for",
        after="",
        reason="{count:,} missing or extra,",
        at_words="read back",
        action="See the copy",
        route="segment-sync",
    ),
    "broken": Saying(
        tone="bad",
        icon="bad",
        before="",
        after="is not refreshed any more",
        reason="{text}",
        at_words="Last good number:",
        action="Look at the definition",
        route="segment-definition",
    ),
    "too expensive": Saying(
        tone="warn",
        icon="clock",
        before="",
        after="is too expensive to refresh",
        reason="{text}",
        at_words="Last good number:",
        action="Look at the definition",
        route="segment-definition",
    ),
    "late": Saying(
        tone="warn",
        icon="clock",
        before="",
        after="is late",
        reason="{text}.",
        at_words="Last good number:",
        action="See what holds it up",
        route="segment",
    ),
    "second person": Saying(
        tone="warn",
        icon="people",
        before="A second person is asked to publish",
        after="",
        reason="{text} edited it last and asks you;",
        at_words="asked",
        action="Look at it and publish",
        route="segment-publish",
    ),
    "change to note": Saying(
        tone="mark",
        icon="message",
        before="",
        after="has changed",
        reason="{text} has not taken note of it yet.",
        at_words="",
        action="Read what to say now",
        route="segment-playbook",
    ),
    "review overdue": Saying(
        tone="warn",
        icon="clock",
        before="The review of",
        after="is overdue",
        reason="It is looked over every {text};",
        at_words="due since",
        action="Look it over",
        route="segment-review",
    ),
    "draft": Saying(
        tone="mark",
        icon="pencil",
        before="Your change to",
        after="waits to be published",
        reason="It would become d{count};",
        at_words="saved",
        action="See what it would do",
        route="segment-publish",
    ),
    "review due": Saying(
        tone="idle",
        icon="clock",
        before="Review",
        after="soon",
        reason="It is looked over every {text};",
        at_words="due",
        action="Look it over",
        route="segment-review",
    ),
}
NUMBERS = ("Nothing", "One thing", "Two things", "Three things", "Four things", "Five things")


def line_of(need: Need) -> NeedLine:
    """One need, to be shown."""
    saying = SAYINGS[need.kind]
    return NeedLine(
        need=need,
        saying=saying,
        before=saying.before.format(tool=need.tool),
        reason=_capitalised(saying.reason.format(count=need.count, text=need.text)),
        url=reverse(saying.route, args=[need.key]),
    )


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def heading(count: int) -> str:
    """`Three things need you`"""
    said = NUMBERS[count] if count < len(NUMBERS) else f"{count} things"
    return f"{said} need you" if count > 1 else f"{said} needs you"
