"""What a tool answers, and what that means by its status alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    PermanentError,
    RateLimited,
    TransientError,
)

# A tool that says "too many" without saying how long gets this many seconds.
DEFAULT_WAIT = 5.0
# Longer waits than a day are taken for a mistake of the tool.
LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer below 500. `text` is decoded as UTF-8, badly encoded bytes replaced;
    `headers` have small names."""

    status: int
    text: str
    vendor: str
    request: str
    secrets: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The answer as JSON; TransientError when it is none."""
        try:
            return json.loads(self.text)
        except ValueError as fault:
            raise TransientError(
                "The tool answered with something that is not JSON.", **self.story()
            ) from fault

    def refused(self, sentence: str) -> PermanentError:
        """This answer as a refusal for good."""
        return PermanentError(sentence, **self.story())

    def senseless(self, sentence: str) -> TransientError:
        """This answer as one that nothing can be concluded from."""
        return TransientError(sentence, **self.story())

    def story(self) -> dict[str, Any]:
        """What travels with an error about this answer."""
        return {
            "vendor": self.vendor,
            "status": self.status,
            "request": self.request,
            "reply": self.text,
            "secrets": self.secrets,
        }


# What a connector makes of an answer before the rules here do: an error to raise, or None.
Judge = Callable[[Reply], IntegrationError | None]


def no_judge(reply: Reply) -> IntegrationError | None:
    return None


def judge(answer: Reply) -> IntegrationError | None:
    """What an answer means by its status alone; None for those that a connector has to read."""
    status = answer.status
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        return asked_to_wait(answer)
    if status in (401, 403):
        return AuthError("The tool refuses our credentials.", **answer.story())
    if 300 <= status < 400:
        return ConfigError(
            "The tool answers with a redirect; give the address it points to.", **answer.story()
        )
    if status >= 500 or status < 200:
        return TransientError("The tool answered with an error of its own.", **answer.story())
    return None


def asked_to_wait(answer: Reply) -> RateLimited:
    """An answer as a wish to wait, as long as its Retry-After says."""
    return RateLimited(
        "The tool asks us to wait before the next request.",
        retry_after=waiting_time(answer.headers.get("retry-after"), now=datetime.now(UTC)),
        **answer.story(),
    )


def waiting_time(header: str | None, *, now: datetime) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; senseless ones count as
    `DEFAULT_WAIT`, and none is longer than a day."""
    seconds = DEFAULT_WAIT
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    elif text:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return DEFAULT_WAIT
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = max(0.0, (aware - now).total_seconds())
    return min(seconds, LONGEST_WAIT)
