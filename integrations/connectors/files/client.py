"""A CSV file and the manifest beside it, each replaced as a whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.connectors.files.config import Config
from integrations.errors import AudienceGone, ConfigError, TransientError

_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
# Room for the ending, and for the temporary file's, in the 255 bytes of a file name.
_LONGEST_NAME = 200
_REPAIR = "Put it right by hand, or delete it and have it made again with --recreate."


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds: identities in the order of the file, and its sha256."""

    identities: tuple[str, ...]
    checksum: str

    def facts(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {"count": len(self.identities), "sha256": self.checksum}


class FileDrop:
    """One directory of files."""

    def __init__(self, config: Config) -> None:
        self._directory = config.directory
        self._column = config.column

    def check(self) -> str:
        """Whether files can be written; leaves none behind."""
        if not self._directory.is_dir():
            raise ConfigError(
                f"The directory {self._directory} does not exist. Make it, or change the option "
                "directory of this destination.",
                vendor="files",
            )
        if not os.access(self._directory, os.W_OK | os.X_OK):
            raise ConfigError(f"The directory {self._directory} may not be written to.")
        return f"Files can be written to {self._directory}."

    def ours(self) -> list[str]:
        """The files that we wrote, which have a manifest beside them, by id."""
        ending = ".manifest.json"
        found = sorted(self._directory.glob(f"*{ending}"))
        ids = [path.name.removesuffix(ending) for path in found]
        return [file_id for file_id in ids if self.exists(file_id)]

    def exists(self, file_id: str) -> bool:
        return self._data(file_id).exists()

    def read(self, file_id: str) -> Held:
        """The whole file. AudienceGone if it is not there, ConfigError if it is no such CSV."""
        path = self._data(file_id)
        try:
            data = path.read_bytes()
        except FileNotFoundError as fault:
            raise AudienceGone(
                f"The file {path} is no longer there, though we wrote it.", vendor="files"
            ) from fault
        except OSError as fault:
            raise _disk(fault, path) from fault
        return Held(tuple(self._rows(path, data)), hashlib.sha256(data).hexdigest())

    def _rows(self, path: Path, data: bytes) -> list[str]:
        try:
            rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
        except (UnicodeDecodeError, csv.Error) as fault:
            raise ConfigError(
                f"The file {path} is not a CSV file in UTF-8 any more. {_REPAIR}", vendor="files"
            ) from fault
        if not rows or rows[0] != [self._column] or any(len(row) != 1 for row in rows):
            raise ConfigError(
                f"The file {path} does not have the one column {self._column!r} that we wrote. "
                f"{_REPAIR}",
                vendor="files",
            )
        return [row[0] for row in rows[1:]]

    def write(self, file_id: str, identities: Iterable[str]) -> Held:
        """Replace the file by one that holds `identities`, sorted."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        members = sorted(identities)
        writer.writerows([self._column] if i < 0 else [members[i]] for i in range(-1, len(members)))
        data = text.getvalue().encode("utf-8")
        self._replace(self._data(file_id), data)
        return Held(tuple(members), hashlib.sha256(data).hexdigest())

    def manifest(self, file_id: str) -> dict[str, Any] | None:
        """The manifest beside a file; None if there is none that can be read."""
        try:
            found = json.loads(self._manifest(file_id).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write_manifest(self, file_id: str, content: dict[str, Any]) -> None:
        data = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        self._replace(self._manifest(file_id), data.encode("utf-8"))

    def amend_manifest(self, file_id: str, held: Held) -> None:
        """Let the manifest tell of a file that was changed outside any sync."""
        said = self.manifest(file_id)
        if said is not None:
            self.write_manifest(file_id, {**said, **held.facts()})

    def _replace(self, path: Path, data: bytes) -> None:
        # One fixed name: what a killed process left is overwritten by the next one.
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _sync_directory(path.parent)
        except OSError as fault:
            temporary.unlink(missing_ok=True)
            raise _disk(fault, path) from fault

    def _data(self, file_id: str) -> Path:
        return self._directory / f"{file_id}.csv"

    def _manifest(self, file_id: str) -> Path:
        return self._directory / f"{file_id}.manifest.json"


def safe_name(name: str) -> str:
    """A file name for any text: other bytes become %xx, and what is too long ends in a hash. Two
    names never share a file."""
    safe = _UNSAFE.sub(lambda byte: b"%%%02x" % byte[0][0], name.encode()).decode()
    if len(safe) <= _LONGEST_NAME:
        return safe
    return f"{safe[:_LONGEST_NAME]}%{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _disk(fault: OSError, path: Path) -> TransientError:
    return TransientError(
        f"The file {path} could not be read or written: {fault.strerror}.", vendor="files"
    )
