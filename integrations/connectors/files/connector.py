"""A directory of CSV files as a tool: one file per audience, with a manifest beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue.crashpoint import crashpoint
from integrations.connectors.files.client import FileDrop, Held, safe_name
from integrations.connectors.files.config import Config
from integrations.errors import AudienceGone
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
    Stamp,
)


class FilesConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, drop: FileDrop) -> None:
        self._drop = drop

    def check(self) -> str:
        return self._drop.check()

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        self._drop.check()
        if remembered_id and not self._drop.exists(remembered_id):
            raise AudienceGone(
                f"The file {remembered_id}.csv is no longer there, though we wrote it. Put it "
                "back, or have it made again with --recreate.",
                vendor="files",
            )
        file_id = remembered_id or safe_name(name)
        created = not self._drop.exists(file_id)
        if created:
            self._drop.write(file_id, ())
        return AudienceRef(remote_id=file_id, name=name, created=created)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        outcomes = [_judge(record.identity) for record in batch.records]
        said = {
            record.identity
            for record, outcome in zip(batch.records, outcomes, strict=True)
            if isinstance(outcome, Accepted)
        }
        held = set(self._drop.read(batch.audience.remote_id).identities)
        wanted = held | said if batch.operation is Operation.ADD else held - said
        written = self._drop.write(batch.audience.remote_id, wanted)
        crashpoint("files.written")
        self._note(batch.audience, batch.stamp, written)
        return outcomes

    def read_back(self, audience: AudienceRef) -> Observed:
        held = self._drop.read(audience.remote_id)
        return Observed(iter(dict.fromkeys(held.identities)), self._oddities(audience, held))

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        gone = {record.identity for record in records}
        for file_id in self._drop.ours():
            held = self._drop.read(file_id)
            if gone.isdisjoint(held.identities):
                continue
            written = self._drop.write(file_id, set(held.identities) - gone)
            crashpoint("files.erased")
            self._drop.amend_manifest(file_id, written)
        return [Accepted()] * len(records)

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        self._note(audience, stamp, self._drop.read(audience.remote_id))

    def canonical(self, identity: str) -> str:
        return identity

    def _note(self, audience: AudienceRef, stamp: Stamp, held: Held) -> None:
        content = {
            "segment": stamp.segment_key,
            "definition_hash": stamp.definition_hash,
            "membership_version": stamp.membership_version,
            "as_of": stamp.as_of.isoformat(),
            "complete": stamp.complete,
            **held.facts(),
            "file": f"{audience.remote_id}.csv",
        }
        self._drop.write_manifest(audience.remote_id, content)

    def _oddities(self, audience: AudienceRef, held: Held) -> tuple[str, ...]:
        said: dict[str, Any] = self._drop.manifest(audience.remote_id) or {}
        if said.get("sha256") == held.checksum:
            return ()
        return (
            f"{audience.remote_id}.csv is not the file that its manifest describes: it was changed "
            "by hand, or its writing was cut off. The next sync writes both anew.",
        )


def _judge(identity: str) -> Outcome:
    # A reader of lines would take one such id for two.
    if not identity or any(char in identity for char in "\r\n\0"):
        return Rejected("an id in a file may not be empty and may not contain a line break")
    return Accepted()


def open_connector(options: Mapping[str, str], *, wire: Wire) -> FilesConnector:
    """The connector for one directory."""
    return FilesConnector(FileDrop(Config.parse(options)))
