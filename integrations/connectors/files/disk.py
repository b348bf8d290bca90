"""A directory of this machine: files are forced to disk and renamed into place."""

from __future__ import annotations

import os
from pathlib import Path

from integrations.connectors.files.config import VENDOR, Config
from integrations.errors import ConfigError, IntegrationError, TransientError


class Disk:
    """See `integrations.connectors.files.stores.Store`."""

    def __init__(self, config: Config) -> None:
        self._directory = Path(config.place.path)

    def check(self) -> None:
        self._ask_for_the_directory()
        if not os.access(self._directory, os.W_OK | os.X_OK):
            raise ConfigError(f"The directory {self._directory} may not be written to.")

    def names(self) -> list[str]:
        self._ask_for_the_directory()
        try:
            return [path.name for path in self._directory.iterdir()]
        except OSError as fault:
            raise _disk(fault, self._directory) from fault

    def exists(self, name: str) -> bool:
        self._ask_for_the_directory()
        return (self._directory / name).exists()

    def read(self, name: str) -> bytes:
        try:
            return (self._directory / name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as fault:
            raise _disk(fault, self._directory / name) from fault

    def replace(self, name: str, data: bytes) -> None:
        path = self._directory / name
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

    def _ask_for_the_directory(self) -> None:
        if not self._directory.is_dir():
            raise ConfigError(
                f"The directory {self._directory} does not exist. Make it, or change the option "
                "directory of this destination.",
                vendor=VENDOR,
            )


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _disk(fault: OSError, path: Path) -> IntegrationError:
    kind = ConfigError if isinstance(fault, PermissionError) else TransientError
    return kind(f"The file {path} could not be read or written: {fault.strerror}.", vendor=VENDOR)
