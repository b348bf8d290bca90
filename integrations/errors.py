"""What can go wrong with a tool. The type says what happens next; the story travels with it.

No e-mail address and no secret is ever part of an error: `redact` takes them out on the way in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Longer replies are cut: an error is read by a person, and a page of HTML helps nobody.
REPLY_KEPT = 500

_ADDRESS = re.compile(r"[^\s\"'<>()/=,;:]+(?:@|%40)[^\s\"'<>()/=,;]+", re.IGNORECASE)


class IntegrationError(Exception):
    """Base of everything a connector may raise.

    `sentence` is written for the person who has to act. `vendor` names the connector, `status` is
    the HTTP status if there was a reply, `request` one line on what was asked, `reply` the start
    of what came back; all three texts are redacted.
    """

    def __init__(
        self,
        sentence: str,
        *,
        vendor: str = "",
        status: int | None = None,
        request: str = "",
        reply: str = "",
        secrets: Iterable[str] = (),
    ) -> None:
        kept = tuple(secrets)
        self.sentence = redact(sentence, kept)
        self.vendor = vendor
        self.status = status
        self.request = redact(request, kept)
        self.reply = redact(reply, kept)[:REPLY_KEPT]
        super().__init__(self.sentence)

    def __str__(self) -> str:
        status = "" if self.status is None else str(self.status)
        story = ", ".join(part for part in (self.vendor, self.request, status, self.reply) if part)
        return f"{self.sentence} ({story})" if story else self.sentence


class TransientError(IntegrationError):
    """Nothing is known about what was asked: time-out, reset, 5xx, an answer that makes no sense.
    It is sent again later."""


class RateLimited(IntegrationError):
    """The tool asks us to wait. `retry_after` is in seconds; nothing was written."""

    def __init__(self, sentence: str, *, retry_after: float, **story: object) -> None:
        super().__init__(sentence, **story)  # type: ignore[arg-type]
        self.retry_after = retry_after


class PermanentError(IntegrationError):
    """The tool understood and refused. The same request will be refused again."""


class ConfigError(IntegrationError):
    """The destination is set up wrongly; nothing is sent until a person has changed it."""


class AudienceGone(ConfigError):
    """The list that we once made or found is no longer there. It is not made again by itself:
    somebody may have deleted it on purpose."""


class AuthError(IntegrationError):
    """The tool does not know us, or no longer. The destination is switched off until a person has
    renewed its credentials."""


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the given secrets and without anything that looks like an e-mail address."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[secret]")
    return _ADDRESS.sub("[address]", text)
