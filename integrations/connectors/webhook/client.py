"""Delivers events to a receiver, and asks it what it holds."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from integrations.connectors.webhook import signing
from integrations.connectors.webhook.config import Config
from integrations.connectors.webhook.events import Event
from integrations.errors import AudienceGone, AuthError, ConfigError, IntegrationError, redact
from integrations.http import Credentials, Reply, Transport, Wire
from integrations.protocol import Accepted, Outcome, Rejected

# The specification recommends to give a receiver 15 to 30 seconds.
ANSWER_SECONDS = 20.0
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some members of a list, how many it has in all, and where to go on (blank: it is the
    last)."""

    members: tuple[str, ...]
    total: int
    opted_out: tuple[str, ...]
    following: str


class WebhookClient:
    """Speaks to one receiver. Raises what `Transport` raises, AuthError when the receiver wants no
    more events, AudienceGone when it does not keep the list, and PermanentError for what it
    refuses. May be used by several threads at once."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._config = config
        self._events = self._transport(config.url, wire)
        self._reads = self._transport(config.read_url or config.url, wire)
        self._lock = threading.Lock()
        self._answered: dict[str, int] = {}

    def _transport(self, address: str, wire: Wire) -> Transport:
        return Transport(
            vendor="webhook",
            base_url=_origin(address),
            wire=wire,
            credentials=Credentials(secrets=self._config.secrets),
            headers={"Content-Type": "application/json"},
            judge=_judge,
            request_seconds=min(ANSWER_SECONDS, self._config.timeout),
            total_seconds=self._config.timeout,
        )

    @property
    def host(self) -> str:
        """Who is spoken to, for people."""
        return urlsplit(self._config.url).hostname or ""

    def deliver(self, event: Event) -> list[Outcome]:
        """Post an event and return one outcome for each of its people, in order."""
        message_id = self._id_of(event)
        headers = signing.headers(message_id, int(time.time()), event.body, self._config.keys)
        reply = self._events.request(
            "POST", _target(self._config.url), body=event.body, headers=headers
        )
        if reply.status == 404:
            raise _not_kept(reply)
        if not 200 <= reply.status < 300:
            raise reply.refused(f"The receiver refuses the event with {reply.status}.")
        outcomes = self._outcomes(event, reply)
        with self._lock:
            self._answered[event.id] = self._answered.get(event.id, 0) + 1
        return outcomes

    def _id_of(self, event: Event) -> str:
        """The id of a delivery: the same until it was answered. What is told again after that is
        another delivery, which a receiver must not pass over."""
        with self._lock:
            times = self._answered.get(event.id, 0)
        return f"{event.id}_{times}" if times else event.id

    def _outcomes(self, event: Event, reply: Reply) -> list[Outcome]:
        if not self._config.tells:
            return [Accepted()] * len(event.people)
        refused = _refused(event, reply)
        return [refused.get(person) or Accepted() for person in event.people]

    def has_list(self, list_id: str) -> bool:
        """Whether the receiver keeps a list of that id."""
        return self._read(list_id, "").status != 404

    def pages(self, list_id: str) -> Iterator[Page]:
        """All of a list. TransientError if it changed while it was read."""
        after, seen, totals = "", 0, set()
        while True:
            reply = self._read(list_id, after)
            if reply.status == 404:
                raise _not_kept(reply)
            page = _page(list_id, reply)
            yield page
            seen += len(page.members)
            totals.add(page.total)
            if not page.following:
                break
            if page.following == after or not page.members:
                raise reply.senseless("The receiver's pages do not go on.")
            after = page.following
        if totals != {seen}:
            raise reply.senseless(f"The receiver gave {seen} members of {page.total}.")

    def _read(self, list_id: str, after: str) -> Reply:
        """One page; the request is signed as an event with an empty body is."""
        message_id = f"msg_{uuid.uuid4().hex}"
        headers = signing.headers(message_id, int(time.time()), b"", self._config.keys)
        params = {"list": list_id, **({"after": after} if after else {})}
        reply = self._reads.request(
            "GET", _target(self._config.read_url), params=params, headers=headers
        )
        if reply.status not in (200, 404):
            raise ConfigError(
                f"The receiver does not tell what it holds: it answers {reply.status} at read_url.",
                **reply.story(),
            )
        return reply


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _target(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _judge(reply: Reply) -> IntegrationError | None:
    if reply.status == 410:
        return AuthError(
            "The receiver wants no more events (410 Gone): nothing is sent any more until somebody"
            " has settled that with whoever runs it.",
            **reply.story(),
        )
    return None


def _not_kept(reply: Reply) -> AudienceGone:
    return AudienceGone(
        "The receiver does not keep this list (any more), or there is nothing at its address:"
        " it answers 404. Nothing more is sent. If the list was deleted by mistake, have it made"
        " again with --recreate.",
        **reply.story(),
    )


def _refused(event: Event, reply: Reply) -> dict[str, Outcome]:
    """Whom the receiver refused, by id, from an answer that accounts for everybody."""
    said = _object(reply)
    received, refused = said.get("received"), said.get("refused")
    if type(received) is not int or received != len(event.people) or not isinstance(refused, list):
        raise reply.senseless("The receiver's answer does not account for everybody.")
    found = dict(_refusal(reply, one) for one in refused)
    if not set(found) <= set(event.people):
        raise reply.senseless("The receiver refuses people who were not sent.")
    return found


def _refusal(reply: Reply, said: Any) -> tuple[str, Outcome]:
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        raise reply.senseless("The receiver's refusal makes no sense.")
    reason = redact(str(said.get("reason") or "the receiver gives no reason"))[:REASON_LENGTH]
    return said["id"], Rejected(reason, opted_out=said.get("opted_out") is True)


def _page(list_id: str, reply: Reply) -> Page:
    said = _object(reply)
    total, following = said.get("total"), said.get("next")
    if said.get("list") != list_id or type(total) is not int:
        raise reply.senseless("The receiver answers about something else than the list.")
    if following is not None and not isinstance(following, str):
        raise reply.senseless("The receiver's page makes no sense.")
    return Page(
        members=_texts(reply, said.get("members")),
        total=total,
        opted_out=_texts(reply, said.get("opted_out", [])),
        following=following or "",
    )


def _texts(reply: Reply, said: Any) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise reply.senseless("The receiver's members make no sense.")
    return tuple(said)


def _object(reply: Reply) -> dict[str, Any]:
    said = reply.json()
    if not isinstance(said, dict):
        raise reply.senseless("The receiver's answer makes no sense.")
    return said
