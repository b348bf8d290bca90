"""Lists of Klaviyo: members are profiles, known by our customer id as their external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from integrations.connectors.klaviyo.client import KlaviyoClient
from integrations.connectors.klaviyo.config import Config
from integrations.connectors.klaviyo.profiles import ProfileKeeper
from integrations.errors import ConfigError, PermanentError
from integrations.http import Wire
from integrations.pieces import Send, send_pieces
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Limits,
    Observed,
    Operation,
    Outcome,
    Record,
    Stamp,
    Unknown,
)

# Deleting is asked for one by one, and waited for together.
ERASED_TOGETHER = Limits(records=50, bytes=1_000_000)
_STILL_THERE = Unknown("Klaviyo was asked to delete the profile, and has not done it yet")


class KlaviyoConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: KlaviyoClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire
        self._profiles = ProfileKeeper(client, adopt=config.adopt, seconds=config.timeout)

    def check(self) -> str:
        for option, name in self._config.mapped.items():
            if name.startswith("$"):
                raise ConfigError(
                    f"The option {option} writes to {name}: names that begin with $ are Klaviyo's "
                    "own. Give a custom property another name.",
                    vendor="klaviyo",
                )
        self._client.check_rights()
        return "Klaviyo answers, and lets this key read and write lists and profiles."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            self._client.find_list(remembered_id)
            return AudienceRef(remote_id=remembered_id, name=name)
        found = self._client.lists_called(name)
        if len(found) > 1:
            raise ConfigError(
                f"Klaviyo has {len(found)} lists called {name}. Rename all but the one that is "
                "meant.",
                vendor="klaviyo",
            )
        if found:
            return AudienceRef(remote_id=found[0], name=name)
        return AudienceRef(remote_id=self._client.make_list(name), name=name, created=True)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        list_id = batch.audience.remote_id
        send: Send = self._enrich
        if batch.operation is Operation.ADD:
            send = partial(self._add, list_id)
        elif batch.operation is Operation.REMOVE:
            send = partial(self._remove, list_id)
        return send_pieces(batch.records, send, wire=self._wire)

    def _add(self, list_id: str, records: Sequence[Record]) -> list[Outcome]:
        # Not one profile is made for a list that is not there.
        self._client.find_list(list_id)
        found, outcomes = self._profiles.provide(records, list_id=list_id)
        ids = {name: one.id for name, one in found.items() if name not in outcomes}
        if ids and not self._client.change_list("POST", list_id, ids.values()):
            outcomes |= _somebody_missing(ids)
        return [
            outcomes.get(record.identity) or Accepted(remote_id=ids[record.identity])
            for record in records
        ]

    def _remove(self, list_id: str, records: Sequence[Record]) -> list[Outcome]:
        ids, outcomes = self._profiles.locate(records)
        known = {identity: one for identity, one in ids.items() if identity not in outcomes}
        if not known:
            self._client.find_list(list_id)
        elif not self._client.change_list("DELETE", list_id, known.values()) and len(known) > 1:
            outcomes |= _somebody_missing(known)
        # The fields of who has left are blank. That they could not be written is no membership.
        self._profiles.write([record for record in records if record.fields])
        # A profile that is not there is on no list.
        return [outcomes.get(record.identity, Accepted()) for record in records]

    def _enrich(self, records: Sequence[Record]) -> list[Outcome]:
        outcomes = self._profiles.write(records)
        return [outcomes.get(record.identity, Accepted()) for record in records]

    def read_back(self, audience: AudienceRef) -> Observed:
        # Somebody else's profile has no id of ours.
        there = {
            one.external_id or f"Klaviyo profile {one.id}": one.has_left(audience.remote_id)
            for one in self._client.members(audience.remote_id)
        }
        return Observed(iter(there), opted_out=[name for name, left in there.items() if left])

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return send_pieces(records, self._erase, wire=self._wire, limits=ERASED_TOGETHER)

    def _erase(self, records: Sequence[Record]) -> list[Outcome]:
        ids, outcomes = self._profiles.locate(records)
        left = self._profiles.forget(ids[one.identity] for one in records if one.identity in ids)
        outcomes |= {identity: _STILL_THERE for identity, one in ids.items() if one in left}
        return [outcomes.get(record.identity, Accepted()) for record in records]

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Klaviyo keeps no note beside a list."""

    def canonical(self, identity: str) -> str:
        return identity


def _somebody_missing(ids: Mapping[str, str]) -> dict[str, Outcome]:
    """A profile went between two requests, and the list was not changed."""
    if len(ids) > 1:
        raise PermanentError("Klaviyo misses one of the profiles.", vendor="klaviyo")
    return dict.fromkeys(ids, Unknown("Klaviyo misses the profile that it had just shown"))


def open_connector(options: Mapping[str, str], *, wire: Wire) -> KlaviyoConnector:
    """The connector for one Klaviyo account."""
    config = Config.parse(options)
    return KlaviyoConnector(KlaviyoClient(config, wire=wire), config, wire)
