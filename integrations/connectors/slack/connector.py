"""Slack's user groups: members are users of a workspace, found by their e-mail addresses.

A group's list is only ever written as a whole: it is read, merged and written. It cannot be written
empty: a group that we emptied is disabled, and one that others disabled is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from integrations.connectors.slack.client import Group, Person, SlackClient, gone
from integrations.connectors.slack.config import Config
from integrations.errors import AuthError, ConfigError, IntegrationError, PermanentError
from integrations.http import Wire
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Observed,
    Operation,
    Outcome,
    Record,
    Rejected,
    Split,
    Stamp,
    Unknown,
)

SCOPES = frozenset({"usergroups:read", "usergroups:write", "users:read", "users:read.email"})
NOT_THERE = "Nobody in the Slack workspace has this e-mail address."


class SlackConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: SlackClient, config: Config) -> None:
        self._client = client
        self._config = config
        # Whom we have looked up: a batch that has to wait half way is not looked up anew.
        self._people: dict[str, Person] = {}

    def check(self) -> str:
        said, scopes = self._client.whoami()
        missing = sorted(SCOPES - scopes) if scopes else []
        if missing:
            raise AuthError(
                f"The Slack token lacks the scopes {', '.join(missing)}: add them to the app under "
                "OAuth & Permissions, and install it again.",
                vendor="slack",
            )
        # Fails where the plan has no user groups.
        self._client.groups()
        return f"Slack answers for {said.get('team') or 'its workspace'} at {self._config.url}."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            self._check_kept(self._group(remembered_id))
            return AudienceRef(remote_id=remembered_id, name=name)
        named = [group for group in self._client.groups() if group.name == name]
        if not named:
            return AudienceRef(remote_id=self._client.make(name).id, name=name, created=True)
        group = named[0]
        self._check_kept(group)
        if self._is_gone(group):
            self._client.enable(group.id)
        return AudienceRef(remote_id=group.id, name=name)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        group = self._group(batch.audience.remote_id)
        people = [self._person(record) for record in batch.records]
        ids = [_meant(batch.operation, person) for person in people]
        now = self._members(group)
        wanted = merged(now, ids, batch.operation)
        held = set(now)
        if set(wanted) != held:
            try:
                held = self._write(group, wanted)
            except PermanentError as fault:
                return [_refused(batch.operation, one, ids, fault) for one in people]
        return [_outcome(batch.operation, one, held) for one in people]

    def read_back(self, audience: AudienceRef) -> Observed:
        members = self._members(self._group(audience.remote_id))
        return Observed(iter(dict.fromkeys(members)))

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Slack lets nobody be deleted: they are taken off every user group we may write to."""
        ids = {person.id for record in records if (person := self._person(record))}
        for group in self._client.groups() if ids else ():
            if not group.kept_by and not group.ended_by:
                now = self._client.members(group.id)
                rest = [user for user in now if user not in ids]
                if len(rest) < len(now):
                    self._write(group, rest)
        return [Accepted()] * len(records)

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """A user group has a description, which is the people's own."""

    def canonical(self, identity: str) -> str:
        # Slack finds addresses without regard to case.
        return identity.strip().lower()

    @cached_property
    def _own_id(self) -> str:
        return str(self._client.whoami()[0]["user_id"])

    def _group(self, group_id: str) -> Group:
        """The group of that id, in use or emptied by us; AudienceGone otherwise."""
        for group in self._client.groups():
            if group.id == group_id and not self._is_gone(group):
                return group
        raise gone(group_id)

    def _is_gone(self, group: Group) -> bool:
        """Whether others took it out of use. One that we emptied ourselves is only empty."""
        return bool(group.ended_by) and group.ended_by != self._own_id

    def _check_kept(self, group: Group) -> None:
        if group.kept_by:
            raise ConfigError(
                f"The members of the user group {group.name!r} are looked after by "
                f"{group.kept_by}; give the audience another name.",
                vendor="slack",
            )

    def _members(self, group: Group) -> list[str]:
        # A disabled group remembers whom it held when it was disabled; they are not in it.
        return [] if group.ended_by else self._client.members(group.id)

    def _person(self, record: Record) -> Person | None:
        if record.remote_id:
            return Person(id=record.remote_id)
        email = self.canonical(record.identity)
        if email not in self._people:
            found = self._client.find_person(email)
            if found is None:
                return None
            self._people[email] = found
        return self._people[email]

    def _write(self, group: Group, wanted: Sequence[str]) -> set[str]:
        """Make these the members of a group; returns who they are as Slack says."""
        if not wanted:
            self._client.disable(group.id)
            return set()
        with self._in_use(group):
            return self._client.write(group.id, wanted)

    @contextmanager
    def _in_use(self, group: Group) -> Iterator[None]:
        """A disabled group takes no members. While it is in use and not written to yet, it shows
        those whom it held before, so it is disabled again where the writing fails."""
        if not group.ended_by:
            yield
            return
        self._client.enable(group.id)
        try:
            yield
        except IntegrationError:
            self._client.disable(group.id)
            raise


def merged(now: Sequence[str], ids: Sequence[str], operation: Operation) -> list[str]:
    """The members that a group should have, those whom we did not ask about as they are."""
    meant = dict.fromkeys(filter(None, ids))
    if operation is Operation.ADD:
        return list(dict.fromkeys((*now, *meant)))
    return [user for user in now if user not in meant]


def _meant(operation: Operation, person: Person | None) -> str:
    """The id that the list should have, or have no more; blank for whom nothing is asked."""
    if person is None or (person.barred and operation is Operation.ADD):
        return ""
    return person.id


def _outcome(operation: Operation, person: Person | None, held: set[str]) -> Outcome:
    if operation is Operation.ADD:
        if person is None:
            return Rejected(NOT_THERE)
        if person.barred:
            return Rejected(f"Slack takes nobody like this into a user group: {person.barred}.")
    elif person is None:
        # Nobody to be found is nobody who is on the list.
        return Accepted()
    is_there = person.id in held
    if is_there is (operation is Operation.ADD):
        return Accepted(person.id)
    return Unknown("Slack's answer does not say so of this user")


def _refused(
    operation: Operation, person: Person | None, ids: Sequence[str], fault: PermanentError
) -> Outcome:
    """What is said of each when the whole list was refused: whoever was in it may be why."""
    if person is None or person.id not in ids:
        return _outcome(operation, person, set())
    return Split(fault.sentence) if len(set(ids) - {""}) > 1 else Rejected(fault.sentence)


def open_connector(options: Mapping[str, str], *, wire: Wire) -> SlackConnector:
    """The connector for one Slack workspace."""
    config = Config.parse(options)
    return SlackConnector(SlackClient(config, wire=wire), config)
