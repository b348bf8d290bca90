"""What Intercom's answers mean."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.errors import AuthError, ConfigError, IntegrationError, RateLimited
from integrations.http import LONGEST_WAIT, Reply

EXTERNAL_ID = "external_id"
_CONFLICTING = re.compile(r"\bid=(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact, as far as we look at it. `identity` is its external id; blank: it has none."""

    id: str
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A contact was not made, because there is one already (`id`) with the same external id or
    address."""

    id: str
    is_archived: bool
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One data attribute of contacts."""

    is_custom: bool
    is_writable: bool
    kind: str


def judge(reply: Reply) -> IntegrationError | None:
    """What an answer of Intercom means besides what its status says everywhere."""
    if reply.status == 403:
        return AuthError(
            "Intercom refuses because a permission is missing. In the Developer Hub, give the app "
            "those to read and write contacts, to read and write tags, and to read data "
            "attributes.",
            **reply.story(),
        )
    if reply.status == 408:
        return reply.senseless("Intercom did not get to it in time.")
    reset = reply.headers.get("x-ratelimit-reset", "")
    if reply.status == 429 and "retry-after" not in reply.headers and reset.isdigit():
        # Intercom says when its window ends, and not how long that is.
        wait = min(max(float(reset) - time.time(), 1.0), LONGEST_WAIT)
        return RateLimited("Intercom asks us to wait.", retry_after=wait, **reply.story())
    return None


def read(reply: Reply, *keys: str) -> dict[str, Any]:
    """What a yes holds. PermanentError for a refusal, ConfigError for an attribute that is not
    there, TransientError for anything else."""
    if reply.status >= 400:
        raise _refusal(reply)
    said = reply.json() if reply.status == 200 else None
    if not isinstance(said, dict) or any(key not in said for key in keys):
        raise reply.senseless("Intercom's answer makes no sense.")
    return said


def _refusal(reply: Reply) -> IntegrationError:
    reason = _reason(reply)
    if re.search("custom attribute .*not exist", reason, re.IGNORECASE):
        return ConfigError(
            f"Intercom has no such attribute any more: {reason}. Make it again in Intercom, or "
            "change the mapping of the destination.",
            **reply.story(),
        )
    return reply.refused(f"Intercom refuses: {reason}.")


def _reason(reply: Reply) -> str:
    said = reply.json()
    try:
        return str(said["errors"][0]["message"]).rstrip(".")
    except (IndexError, KeyError, TypeError):
        return f"it answered {reply.status}"


def id_of(said: Mapping[str, Any], reply: Reply) -> str:
    """The id in an answer, as text."""
    if not isinstance(said["id"], str | int) or not said["id"]:
        raise reply.senseless("Intercom's answer names nothing.")
    return str(said["id"])


def contact_if_any(reply: Reply) -> Contact | None:
    """The contact in an answer; None where it says that there is none."""
    return None if reply.status == 404 else contact(read(reply, "id"), reply)


def contact(said: Mapping[str, Any], reply: Reply) -> Contact:
    """One contact of an answer."""
    if said.get("type") != "contact":
        raise reply.senseless("Intercom answered about something that is no contact.")
    return Contact(id=id_of(said, reply), identity=str(said.get(EXTERNAL_ID) or ""))


def conflict(reply: Reply) -> Conflict:
    """Which contact it is that there is already; PermanentError if that is not said."""
    reason = _reason(reply)
    found = _CONFLICTING.search(reason)
    if found is None:
        raise reply.refused("Intercom has such a contact already and does not say which.")
    return Conflict(id=found[1], is_archived="archived" in reason.lower(), reply=reply)


def page(reply: Reply) -> tuple[int, list[Contact], str]:
    """How many there are in all, those of this page, and where the next begins (blank: nowhere)."""
    said = read(reply, "data", "total_count", "pages")
    try:
        total = int(said["total_count"])
        found = [contact(one, reply) for one in said["data"]]
        following = said["pages"].get("next") or {}
        return total, found, str(following.get("starting_after") or "")
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise reply.senseless("Intercom's list of contacts makes no sense.") from fault
