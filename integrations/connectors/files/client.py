"""A CSV file and the manifest beside it, each replaced as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from integrations.connectors.files.config import VENDOR, Config
from integrations.connectors.files.stores import Store
from integrations.connectors.files.table import (
    Held,
    NoTable,
    Table,
    as_bytes,
    checksum,
    from_bytes,
)
from integrations.errors import AudienceGone, ConfigError

_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
# Room for the ending, and for the temporary file's, in the 255 bytes of a file name.
_LONGEST_NAME = 200
_REPAIR = "Put it right by hand, or delete it and have it made again with --recreate."
_MANIFEST = ".manifest.json"


class FileDrop:
    """One directory of files."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config

    def check(self) -> str:
        """Whether files can be written; leaves none behind."""
        self._store.check()
        return f"Files can be written to {self._config.place}."

    def ours(self) -> list[str]:
        """The files that we wrote, which have a manifest beside them, by id."""
        names = set(self._store.names())
        ids = [name.removesuffix(_MANIFEST) for name in names if name.endswith(_MANIFEST)]
        return sorted(file_id for file_id in ids if f"{file_id}.csv" in names)

    def exists(self, file_id: str) -> bool:
        return self._store.exists(f"{file_id}.csv")

    def read(self, file_id: str) -> Held:
        """The whole file. AudienceGone if it is not there, ConfigError if it is no such CSV."""
        name = f"{file_id}.csv"
        try:
            data = self._store.read(name)
            table = from_bytes(data, column=self._config.column)
        except FileNotFoundError as fault:
            raise AudienceGone(
                f"The file {name} is no longer there, though we wrote it.", vendor=VENDOR
            ) from fault
        except NoTable as fault:
            raise ConfigError(f"The file {name} {fault}. {_REPAIR}", vendor=VENDOR) from fault
        return Held(table, checksum(data))

    def write(self, file_id: str, table: Table) -> Held:
        """Replace the file by one that holds `table`."""
        data = as_bytes(table, column=self._config.column)
        self._store.replace(f"{file_id}.csv", data)
        return Held(table, checksum(data))

    def manifest(self, file_id: str) -> dict[str, Any] | None:
        """The manifest beside a file; None if there is none that can be read."""
        try:
            found = json.loads(self._store.read(f"{file_id}{_MANIFEST}").decode("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write_manifest(self, file_id: str, content: dict[str, Any]) -> None:
        data = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        self._store.replace(f"{file_id}{_MANIFEST}", data.encode("utf-8"))

    def amend_manifest(self, file_id: str, held: Held) -> None:
        """Let the manifest tell of a file that was changed outside any sync."""
        said = self.manifest(file_id)
        if said is not None:
            self.write_manifest(file_id, {**said, **held.facts()})


def safe_name(name: str) -> str:
    """A file name for any text: other bytes become %xx, and what is too long ends in a hash. Two
    names never share a file."""
    safe = _UNSAFE.sub(lambda byte: b"%%%02x" % byte[0][0], name.encode()).decode()
    if len(safe) <= _LONGEST_NAME:
        return safe
    return f"{safe[:_LONGEST_NAME]}%{hashlib.sha256(name.encode()).hexdigest()[:16]}"
