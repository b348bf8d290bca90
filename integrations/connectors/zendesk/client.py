"""The part of Zendesk's Support API (v2) that users, their tags and jobs need.

https://developer.zendesk.com/api-reference/ticketing/users/users/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from integrations.connectors.zendesk.config import Config
from integrations.connectors.zendesk.jobs import EXTERNAL_ID, Row, wait
from integrations.errors import ConfigError, IntegrationError, TransientError
from integrations.http import Credentials, Reply, Transport, Wire

API = "/api/v2"
# Users that one look-up may name, and the letters of their ids in an address of 8,000.
LOOKED_UP, LETTERS = 100, 6_000
EXPORTED = 1_000

_UNNAMED = re.compile(r"zendesk user (\d+)")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as Zendesk knows them. `identity` is the external id, what we know them by; blank: not
    ours."""

    id: int
    identity: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """What we call them: their identity in canonical form, or, where they have none, a name
        that is nobody's of ours."""
        return self.identity.lower() or f"zendesk user {self.id}"


class ZendeskClient:
    """Calls one account. Raises what `Transport` raises, PermanentError for a request that is
    refused as a whole, TransientError for answers that make no sense, and the errors named at
    each method. May be used by several threads at once."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._config = config
        self._http = Transport(
            vendor="zendesk",
            base_url=config.url,
            wire=wire,
            credentials=Credentials(header=config.header, secrets=config.secrets),
            headers={"Accept": "application/json"},
            judge=_judge,
            request_seconds=min(15.0, config.timeout),
            total_seconds=config.timeout,
        )

    def me(self) -> Json:
        """The user whose credentials these are."""
        reply = self._http.request("GET", f"{API}/users/me")
        return _part(reply, "user", dict)

    def tagging_is_on(self) -> bool:
        """Whether the account lets users have tags."""
        reply = self._http.request("GET", f"{API}/account/settings")
        settings = _part(reply, "settings", dict)
        return bool(settings.get("user", {}).get("tagging"))

    def user_fields(self) -> list[Json]:
        """All custom fields of users, also those that are switched off."""
        found: list[Json] = []
        for reply in self._pages(f"{API}/user_fields", {"page[size]": 100}):
            found += _part(reply, "user_fields", list)
        return found

    def find(self, identities: Iterable[str]) -> dict[str, User]:
        """Users by external id: {canonical identity: user}. Who is not known is left out; ids are
        compared without regard to case. Those without one are found by what we call them."""
        found: dict[str, User] = {}
        for params, path in _look_ups(list(identities)):
            reply = self._http.request("GET", f"{API}{path}", params=params)
            for about in _part(reply, "users", list):
                user = _user(about, reply)
                found[user.called] = user
        return found

    def find_by_email(self, email: str) -> User | None:
        """The one user with that address. The search may be minutes behind."""
        query = {"query": f'email:"{email}"'}
        reply = self._http.request("GET", f"{API}/users/search", params=query)
        same = [
            about
            for about in _part(reply, "users", list)
            if isinstance(about, dict) and str(about.get("email", "")).lower() == email.lower()
        ]
        return _user(same[0], reply) if len(same) == 1 else None

    def create(self, users: Sequence[Json]) -> list[Row]:
        """Make up to 100 users in one job, and wait for it. Raises ConfigError where the account
        may not import users."""
        return self._job("POST", f"{API}/users/create_many", {"users": list(users)})

    def update(self, users: Sequence[Json]) -> list[Row]:
        """Change up to 100 users, each named by its `id`, in one job, and wait for it. `tags`
        replaces all tags that a user had."""
        return self._job("PUT", f"{API}/users/update_many", {"users": list(users)})

    def delete(self, user_id: int) -> None:
        """Delete a user; they are kept for 30 days unless deleted for good. Not there is fine."""
        reply = self._http.request("DELETE", f"{API}/users/{user_id}")
        if reply.status not in (200, 204, 404):
            raise reply.refused(f"Zendesk will not delete the user: {_why(reply)}.")

    def forget(self, user_id: int) -> None:
        """Delete for good a user that is deleted already. Not there is fine."""
        reply = self._http.request("DELETE", f"{API}/deleted_users/{user_id}")
        if reply.status not in (200, 204, 404):
            raise reply.refused(f"Zendesk will not forget the user: {_why(reply)}.")

    def count(self, tag: str) -> int:
        """How many users have a tag, as the search knows it."""
        query = {"query": f"type:user tags:{tag}"}
        reply = self._http.request("GET", f"{API}/search/count", params=query)
        return int(_part(reply, "count", int))

    def tagged(self, tag: str) -> Iterator[User]:
        """Everybody who has a tag, as the search knows it, page by page."""
        params = {"query": f"tags:{tag}", "filter[type]": "user", "page[size]": EXPORTED}
        for reply in self._pages(f"{API}/search/export", params):
            users = (_user(about, reply) for about in _part(reply, "results", list))
            yield from (user for user in users if tag in user.tags)

    def _pages(self, path: str, params: Json) -> Iterator[Reply]:
        """Every page of a list; TransientError when one says that there is more, and not where."""
        after = ""
        while True:
            more = {"page[after]": after} if after else {}
            reply = self._http.request("GET", path, params={**params, **more})
            meta = _part(reply, "meta", dict)
            yield reply
            if meta.get("has_more") is False:
                return
            after, before = meta.get("after_cursor") or "", after
            if not isinstance(after, str) or after in ("", before):
                raise reply.senseless("Zendesk says that there is more, and not where.")

    def _job(self, method: str, path: str, body: Json) -> list[Row]:
        reply = self._http.request(method, path, body=body)
        return wait(self._http, _part(reply, "job_status", dict), reply, config=self._config)


def _look_ups(identities: list[str]) -> Iterator[tuple[Json, str]]:
    """Parameters and paths that ask for all of them. The list of many is parted by commas, so an
    id with one in it is asked for by itself."""
    several: list[str] = []
    letters = 0
    for identity in identities:
        if unnamed := _UNNAMED.fullmatch(identity):
            yield {"ids": unnamed[1]}, "/users/show_many"
            continue
        if "," in identity or identity != identity.strip():
            yield {EXTERNAL_ID: identity}, "/users"
            continue
        weight = len(quote(identity)) + 3
        if several and (len(several) == LOOKED_UP or letters + weight > LETTERS):
            yield {"external_ids": ",".join(several)}, "/users/show_many"
            several, letters = [], 0
        several.append(identity)
        letters += weight
    if several:
        yield {"external_ids": ",".join(several)}, "/users/show_many"


def _user(about: Any, reply: Reply) -> User:
    try:
        return User(
            id=int(about["id"]),
            identity=str(about.get(EXTERNAL_ID) or ""),
            tags=tuple(map(str, about["tags"])),
            fields=dict(about.get("user_fields") or {}),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise reply.senseless("Zendesk's user makes no sense.") from fault


def _part(reply: Reply, name: str, kind: type[Any]) -> Any:
    """What a good answer holds under `name`; errors for answers that are none."""
    if reply.status >= 400:
        raise reply.refused(f"Zendesk refuses with {reply.status}: {_why(reply)}.")
    if reply.status not in (200, 201):
        raise reply.senseless("Zendesk answered something else than asked.")
    said = reply.json()
    if not isinstance(said, dict) or not isinstance(said.get(name), kind):
        raise reply.senseless("Zendesk's answer makes no sense.")
    return said[name]


def _why(reply: Reply) -> str:
    """What a refusal says of itself, in one line."""
    try:
        said = reply.json()
    except TransientError:
        return "no reason given"
    if not isinstance(said, dict):
        return "no reason given"
    parts = (said.get("error"), said.get("description"), said.get("message"))
    return ", ".join(part for part in parts if isinstance(part, str)) or "no reason given"


def _judge(reply: Reply) -> IntegrationError | None:
    """A 403 may also mean that the account has bulk imports switched off."""
    if reply.status == 403 and "import" in reply.text.lower():
        return ConfigError(
            "This Zendesk account may not import users in bulk: its owner has to ask Zendesk's "
            "customer support to switch data imports on.",
            **reply.story(),
        )
    return None
