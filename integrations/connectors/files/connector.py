"""A directory of CSV files as a tool: one file per audience, with a manifest beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue.crashpoint import crashpoint
from integrations.connectors.files.client import FileDrop, safe_name
from integrations.connectors.files.config import VENDOR, Config
from integrations.connectors.files.stores import open_store
from integrations.connectors.files.table import Held, Table
from integrations.errors import AudienceGone, ConfigError
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

    def __init__(self, drop: FileDrop, config: Config) -> None:
        self._drop = drop
        self._config = config

    def check(self) -> str:
        return self._drop.check()

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id and not self._drop.exists(remembered_id):
            raise AudienceGone(
                f"The file {remembered_id}.csv is no longer there, though we wrote it. Put it "
                "back, or have it made again with --recreate.",
                vendor=VENDOR,
            )
        file_id = remembered_id or safe_name(name)
        created = not remembered_id and not self._drop.exists(file_id)
        if created:
            self._drop.write(file_id, Table())
        elif not remembered_id:
            self._ask_whether_it_is_ours(file_id, name)
        return AudienceRef(remote_id=file_id, name=name, created=created)

    def _ask_whether_it_is_ours(self, file_id: str, name: str) -> None:
        try:
            self._drop.read(file_id)
        except AudienceGone:
            raise
        except ConfigError as fault:
            raise ConfigError(
                f"{name} cannot be written here, for there is another file of that name."
                f" {fault.sentence}",
                vendor=VENDOR,
            ) from fault

    def push(self, batch: Batch) -> Sequence[Outcome]:
        held = self._drop.read(batch.audience.remote_id).table
        outcomes = [_judge(record, batch.operation, held) for record in batch.records]
        said = [
            record
            for record, outcome in zip(batch.records, outcomes, strict=True)
            if isinstance(outcome, Accepted)
        ]
        self._change(held, batch, said)
        written = self._drop.write(batch.audience.remote_id, held)
        crashpoint("files.written")
        self._note(batch.audience, batch.stamp, written)
        return outcomes

    def _change(self, held: Table, batch: Batch, said: Sequence[Record]) -> None:
        held.narrow(self._former_columns(batch))
        if batch.operation is Operation.REMOVE:
            held.remove(record.identity for record in said)
            return
        texts = {record.identity: {**record.contact, **record.fields} for record in said}
        found = dict.fromkeys(name for own in texts.values() for name in own)
        held.widen((*self._config.columns_of(batch.stamp.segment_key), *found))
        held.write(texts)

    def _former_columns(self, batch: Batch) -> set[str]:
        """What we wrote once and is no longer mapped; columns of others are none of these."""
        manifest = self._drop.manifest(batch.audience.remote_id) or {}
        wrote = manifest.get("columns")
        former = set(wrote[1:]) if isinstance(wrote, list) else set()
        return former - set(self._config.columns_of(batch.stamp.segment_key))

    def read_back(self, audience: AudienceRef) -> Observed:
        held = self._drop.read(audience.remote_id)
        return Observed(iter(held.table.rows), self._oddities(audience, held))

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        gone = {record.identity for record in records}
        for file_id in self._drop.ours():
            held = self._drop.read(file_id).table
            if gone.isdisjoint(held.rows):
                continue
            held.remove(gone)
            written = self._drop.write(file_id, held)
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
            "columns": [self._config.column, *self._config.columns_of(stamp.segment_key)],
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


def _judge(record: Record, operation: Operation, held: Table) -> Outcome:
    # A reader of lines would take one such id for two.
    if not record.identity or any(char in record.identity for char in "\r\n\0"):
        return Rejected("an id in a file may not be empty and may not contain a line break")
    if operation is Operation.ENRICH and record.identity not in held.rows:
        return Rejected("the file has no line for this id")
    return Accepted()


def open_connector(options: Mapping[str, str], *, wire: Wire) -> FilesConnector:
    """The connector for one directory."""
    config = Config.parse(options)
    return FilesConnector(FileDrop(open_store(config, wire=wire), config), config)
