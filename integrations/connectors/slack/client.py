"""The part of Slack's Web API that user groups need.

https://docs.slack.dev/reference/methods?query=usergroups
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integrations.connectors.slack.config import Config
from integrations.connectors.slack.refusals import judge
from integrations.errors import AudienceGone, ConfigError
from integrations.http import Credentials, Reply, Transport, Wire

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A user group. `ended_by` is the user who disabled it; blank: it is in use. `kept_by` says who
    else looks after its members; blank: nobody, so that we may."""

    id: str
    name: str
    ended_by: str = ""
    kept_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the workspace. `barred` says why they cannot be in a user group; blank: they
    can."""

    id: str
    barred: str = ""


class SlackClient:
    """Calls one workspace. Raises what `Transport` raises, PermanentError for a request that is
    refused as a whole, TransientError for answers that make no sense, and the errors named at
    each method."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._team = {"team_id": config.team} if config.team else {}
        self._http = Transport(
            vendor="slack",
            base_url=config.url,
            wire=wire,
            credentials=Credentials(
                header=("Authorization", f"Bearer {config.token}"), secrets=(config.token,)
            ),
            judge=judge,
            request_seconds=min(15.0, config.timeout),
            total_seconds=config.timeout,
        )

    def whoami(self) -> tuple[Json, set[str]]:
        """Who we are there, and the scopes of our token (empty where Slack does not say)."""
        reply = self._call("auth.test")
        said = _good(reply)
        _text(said, "user_id", reply)
        scopes = reply.headers.get("x-oauth-scopes", "")
        return said, {scope.strip() for scope in scopes.split(",")} - {""}

    def find_person(self, email: str) -> Person | None:
        """The member of the workspace with that address; None where there is none, or no longer."""
        reply = self._call("users.lookupByEmail", email=email)
        if _error(reply) in ("users_not_found", "user_not_found", "invalid_email"):
            return None
        user = _part(reply, "user", dict)
        return Person(id=_text(user, "id", reply), barred=_barred(user))

    def groups(self) -> list[Group]:
        """All user groups, also those that are disabled."""
        reply = self._call("usergroups.list", include_disabled="1", **self._team)
        return [_group(about, reply) for about in _part(reply, "usergroups", list)]

    def members(self, group_id: str) -> list[str]:
        """The ids of all users in a group. AudienceGone where there is no such group."""
        reply = self._call(
            "usergroups.users.list", usergroup=group_id, include_disabled="1", **self._team
        )
        users = _part(self._there(reply, group_id), "users", list)
        if not all(isinstance(user, str) for user in users):
            raise reply.senseless("Slack's members make no sense.")
        return users

    def make(self, name: str) -> Group:
        """Make a user group without members. ConfigError where Slack will not."""
        reply = self._call("usergroups.create", name=name, **self._team)
        error = _error(reply)
        if error:
            raise ConfigError(
                f"Slack will not make the user group {name!r}: {error}.", **reply.story()
            )
        return _group(_part(reply, "usergroup", dict), reply)

    def write(self, group_id: str, users: Sequence[str]) -> set[str]:
        """Replace all members of a group, of whom there must be one at least; returns who is in it
        as Slack says. AudienceGone where there is no such group."""
        reply = self._call(
            "usergroups.users.update", usergroup=group_id, users=",".join(users), **self._team
        )
        group = _part(self._there(reply, group_id), "usergroup", dict)
        written = group.get("users")
        if group.get("id") != group_id or not isinstance(written, list):
            raise reply.senseless("Slack does not say who is in the group now.")
        return {user for user in written if isinstance(user, str)}

    def enable(self, group_id: str) -> None:
        """Take a group into use again, with the members it had. In use already is fine."""
        self._switch("usergroups.enable", group_id, is_on=True)

    def disable(self, group_id: str) -> None:
        """Take a group out of use. Out of use already is fine."""
        self._switch("usergroups.disable", group_id, is_on=False)

    def _switch(self, method: str, group_id: str, *, is_on: bool) -> None:
        reply = self._call(method, usergroup=group_id, **self._team)
        if _error(reply) == ("already_enabled" if is_on else "already_disabled"):
            return
        group = _part(self._there(reply, group_id), "usergroup", dict)
        if group.get("id") != group_id or (group.get("date_delete") == 0) is not is_on:
            raise reply.senseless("Slack does not say that the group was switched.")

    def _call(self, method: str, **form: str) -> Reply:
        # Every method takes a form, so that no address is ever part of a path.
        return self._http.request("POST", f"/{method}", form=form)

    def _there(self, reply: Reply, group_id: str) -> Reply:
        if _error(reply) == "no_such_subteam":
            raise gone(group_id, **reply.story())
        return reply


def gone(group_id: str, **story: Any) -> AudienceGone:
    """What is said of a group that is not there any more, or was taken out of use by others."""
    return AudienceGone(
        f"The user group {group_id} is no longer in use at Slack, though we wrote to it. Nothing "
        "more is sent. If it was disabled by mistake, have it taken up again with --recreate.",
        **{"vendor": "slack", **story},
    )


def _group(about: Any, reply: Reply) -> Group:
    if not isinstance(about, dict):
        raise reply.senseless("Slack's user group makes no sense.")
    ended = about.get("date_delete")
    return Group(
        id=_text(about, "id", reply),
        name=_text(about, "name", reply),
        ended_by=(str(about.get("deleted_by") or "") or "somebody") if ended else "",
        kept_by=_kept_by(about),
    )


def _kept_by(about: Json) -> str:
    if about.get("is_external"):
        return "another workspace"
    if about.get("auto_type"):
        return f"Slack itself, for every {about['auto_type']}"
    if about.get("auto_provision"):
        return "your identity provider"
    return ""


def _barred(user: Json) -> str:
    if user.get("deleted"):
        return "they are deactivated"
    if user.get("is_bot"):
        return "bots cannot be in one"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "guests cannot be in one"
    return ""


def _error(reply: Reply) -> str:
    """The name of an error in an answer that is none otherwise; blank where it went well."""
    said = reply.json()
    if not isinstance(said, dict) or not isinstance(said.get("ok"), bool):
        raise reply.senseless("Slack's answer makes no sense.")
    return "" if said["ok"] else str(said.get("error") or "no reason given")


def _good(reply: Reply) -> Json:
    error = _error(reply)
    if error:
        raise reply.refused(f"Slack refuses: {error}.")
    return dict(reply.json())


def _part(reply: Reply, name: str, kind: type[Any]) -> Any:
    found = _good(reply).get(name)
    if not isinstance(found, kind):
        raise reply.senseless("Slack's answer makes no sense.")
    return found


def _text(about: Json, name: str, reply: Reply) -> str:
    found = about.get(name)
    if not isinstance(found, str) or not found:
        raise reply.senseless(f"Slack's answer has no {name}.")
    return found
