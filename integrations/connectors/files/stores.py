"""What a place for files must be able to do, and which there are."""

from __future__ import annotations

import importlib
from typing import Any, Protocol

from integrations.connectors.files.config import VENDOR, Config
from integrations.errors import ConfigError
from integrations.http import Wire


class Store(Protocol):
    """One directory. Besides the errors named here all methods raise AuthError, ConfigError and
    TransientError. A file is there as a whole, or as it was before."""

    def check(self) -> None:
        """Whether files can be read and written there; leaves nothing behind."""

    def names(self) -> list[str]:
        """The names of all files, in any order."""

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""

    def read(self, name: str) -> bytes:
        """All of a file. Raises FileNotFoundError."""

    def replace(self, name: str, data: bytes) -> None:
        """Make a file, or put this in place of all that it held."""


def open_store(config: Config, *, wire: Wire) -> Store:
    """The store that the option `directory` names. ConfigError when its package is missing."""
    match config.place.scheme:
        case "":
            from integrations.connectors.files.disk import Disk

            return Disk(config)
        case "sftp":
            from integrations.connectors.files.sftp import SftpServer

            return SftpServer(config, wire=wire)
        case _:
            from integrations.connectors.files.objects import Bucket

            return Bucket(config, wire=wire)


def extra(module: str, *, package: str) -> Any:
    """A module of a package that only some stores need."""
    try:
        return importlib.import_module(module)
    except ImportError as fault:
        raise ConfigError(
            f"This place for files needs the package {package}, which is not installed here: pip"
            f" install {package}.",
            vendor=VENDOR,
        ) from fault
