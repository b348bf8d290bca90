"""What Klaviyo answers, read strictly: whatever is not as documented is no answer at all.

https://developers.klaviyo.com/en/reference/api_overview
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.errors import AuthError, IntegrationError, PermanentError
from integrations.http import Reply

SCOPES = "lists:read, lists:write, profiles:read, profiles:write and data-privacy:write"
# Reasons of a suppression that are the person's or the account's wish, and no bounce.
WISHES = ("UNSUBSCRIBE", "UNSUBSCRIBED", "USER_SUPPRESSED", "SPAM_COMPLAINT")
_PLACE = re.compile(r"/profiles/data/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile. `left`: the person wants no marketing by e-mail at all; `left_lists`: none from
    these lists."""

    id: str
    external_id: str
    email: str
    left: bool
    left_lists: frozenset[str]

    def has_left(self, list_id: str) -> bool:
        """Whether nothing of that list may go to the person."""
        return self.left or list_id in self.left_lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands: "queued", "processing", "complete" or "cancelled"; how many rows failed,
    as far as is known."""

    id: str
    status: str
    failed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a row of an import was not taken. `place` is its number in the request; None where
    Klaviyo does not say which it was."""

    place: int | None
    words: str


def judge(reply: Reply) -> IntegrationError | None:
    """A key that is known and may not: said with what it needs."""
    if reply.status != 403:
        return None
    return AuthError(
        f"Klaviyo does not let this key do it. A private key needs the scopes {SCOPES}.",
        **reply.story(),
    )


def expect(reply: Reply, status: int) -> dict[str, Any]:
    """The answer as an object, blank for 204. PermanentError for refusals."""
    if reply.status >= 400:
        raise refusal(reply)
    if reply.status != status:
        raise reply.senseless("Klaviyo answered something else than asked.")
    if status == 204:
        return {}
    said = reply.json()
    if not isinstance(said, dict):
        raise reply.senseless("Klaviyo's answer makes no sense.")
    return said


def refusal(reply: Reply) -> PermanentError:
    """A refusal in Klaviyo's own words."""
    words = str(reply.status)
    with suppress(IntegrationError, KeyError, IndexError, TypeError):
        words = str(reply.json()["errors"][0]["detail"])
    return reply.refused(f"Klaviyo refuses: {words.rstrip('.')}.")


def resource(reply: Reply, said: Mapping[str, Any]) -> dict[str, Any]:
    """The one thing that was answered."""
    return _resource(reply, said.get("data"))


def resources(reply: Reply, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The things of one page."""
    found = said.get("data")
    if not isinstance(found, list):
        raise reply.senseless("Klaviyo's page makes no sense.")
    return [_resource(reply, row) for row in found]


def next_page(reply: Reply, said: Mapping[str, Any], *, is_full: bool) -> str:
    """The cursor of the page after this one; blank after the last. `is_full`: this one holds as
    much as was asked for, and so must say whether another follows."""
    links = said.get("links", None if is_full else {})
    if not isinstance(links, dict):
        raise reply.senseless("Klaviyo's page does not say whether another follows.")
    if not links.get("next"):
        return ""
    cursors = parse_qs(urlsplit(str(links["next"])).query).get("page[cursor]")
    if not cursors:
        raise reply.senseless("Klaviyo's link to the next page makes no sense.")
    return cursors[0]


def profile(reply: Reply, row: Mapping[str, Any]) -> Profile:
    """One profile."""
    about = row["attributes"]
    marketing = _marketing(about.get("subscriptions"))
    return Profile(
        id=row["id"],
        external_id=_text(reply, about, "external_id"),
        email=_text(reply, about, "email").lower(),
        left=marketing.get("consent") == "UNSUBSCRIBED" or bool(_wishes(marketing, "suppression")),
        left_lists=frozenset(
            str(row.get("list_id")) for row in _wishes(marketing, "list_suppressions")
        ),
    )


def job(reply: Reply, said: Mapping[str, Any]) -> Job:
    """One job."""
    row = resource(reply, said)
    status, failed = row["attributes"].get("status"), row["attributes"].get("failed_count")
    if not isinstance(status, str) or not isinstance(failed, int | None):
        raise reply.senseless("Klaviyo's job makes no sense.")
    return Job(id=row["id"], status=status, failed=failed)


def failure(row: Mapping[str, Any]) -> Failure:
    """One row that an import did not take."""
    about = row["attributes"]
    source = about.get("source")
    pointer = str(source.get("pointer", "")) if isinstance(source, dict) else ""
    found = _PLACE.search(pointer)
    words = str(about.get("detail") or about.get("title") or "no reason was given")
    return Failure(place=int(found[1]) if found else None, words=words)


def _resource(reply: Reply, row: object) -> dict[str, Any]:
    if (
        isinstance(row, dict)
        and isinstance(row.get("id"), str)
        and isinstance(row.setdefault("attributes", {}), dict)
    ):
        return row
    raise reply.senseless("Klaviyo's answer makes no sense.")


def _text(reply: Reply, about: Mapping[str, Any], name: str) -> str:
    found = about.get(name)
    if found is not None and not isinstance(found, str):
        raise reply.senseless(f"Klaviyo's {name} makes no sense.")
    return found or ""


def _marketing(subscriptions: object) -> dict[str, Any]:
    """What is known of marketing by e-mail; blank of whom none was ever sent to."""
    email = subscriptions.get("email") if isinstance(subscriptions, dict) else None
    marketing = email.get("marketing") if isinstance(email, dict) else None
    return marketing if isinstance(marketing, dict) else {}


def _wishes(marketing: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    rows = marketing.get(key) or ()
    return [row for row in rows if isinstance(row, dict) and row.get("reason") in WISHES]
