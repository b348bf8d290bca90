"""Buckets of S3 (and what speaks like it) and of Google Cloud Storage, by s3fs and gcsfs.

An object is put as a whole or not at all; large ones in parts that count once they are all there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from integrations.connectors.files.calls import Calls, size_allowed
from integrations.connectors.files.config import VENDOR, Config
from integrations.connectors.files.stores import extra
from integrations.errors import ConfigError
from integrations.http import Wire


class Service(Protocol):
    """What is different between the two: how it is opened, and how rights are asked after."""

    files: Any
    """The package's file system; its coroutines are called with a deadline."""

    def kind_of(self, fault: BaseException) -> type[Any]:
        """Which of our errors an exception of the package is."""

    async def check(self, bucket: str, prefix: str) -> None:
        """Raises unless the bucket is there and lets us list, read and write. Writes nothing."""


class Bucket:
    """See `integrations.connectors.files.stores.Store`."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        place = config.place
        self._place = place
        self._directory = f"{place.host}/{place.path}".rstrip("/")
        self._timeout = config.timeout
        self._sync: Callable[..., Any] = extra("fsspec.asyn", package="fsspec").sync
        self._service = _service(config, wire)
        self._calls = Calls(
            wire, str(place), config.timeout, config.login.secrets, self._service.kind_of
        )

    def check(self) -> None:
        try:
            self._run("CHECK", "", self._service.check, self._place.host, self._place.path)
        except FileNotFoundError as fault:
            raise self._no_bucket() from fault

    def names(self) -> list[str]:
        files = self._service.files
        files.invalidate_cache()
        try:
            found = self._run("LIST", "", files._ls, self._directory, detail=True)
        except FileNotFoundError:
            return []
        return [one["name"].rpartition("/")[2] for one in found if one["type"] == "file"]

    def exists(self, name: str) -> bool:
        return self._size(name) is not None

    def read(self, name: str) -> bytes:
        size = self._size(name)
        if size is None:
            raise FileNotFoundError(name)
        size_allowed(size, name)
        data: bytes = self._run("GET", name, self._service.files._cat_file, self._path(name))
        return data

    def replace(self, name: str, data: bytes) -> None:
        put = self._service.files._pipe_file
        try:
            self._run("PUT", name, put, self._path(name), data, sent=len(data))
        except FileNotFoundError as fault:
            raise self._no_bucket() from fault

    def _size(self, name: str) -> int | None:
        """The bytes of a file; None where there is none."""
        files = self._service.files
        files.invalidate_cache()
        try:
            about = self._run("HEAD", name, files._info, self._path(name))
        except FileNotFoundError:
            return None
        return int(about["size"]) if about["type"] == "file" else None

    def _path(self, name: str) -> str:
        return f"{self._directory}/{name}"

    def _no_bucket(self) -> Exception:
        return ConfigError(
            f"There is no bucket {self._place.host}. Make it, or change the option directory.",
            vendor=VENDOR,
        )

    def _run(self, verb: str, name: str, work: Any, *args: Any, sent: int = 0, **more: Any) -> Any:
        """A coroutine of the package, within the deadline."""
        files, seconds = self._service.files, self._timeout

        def ask() -> Any:
            return self._sync(files.loop, work, *args, timeout=seconds, **more)

        return self._calls(verb, name, ask, sent=sent)


def _service(config: Config, wire: Wire) -> Service:
    if config.place.scheme == "s3":
        from integrations.connectors.files.s3 import S3

        return S3(config, wire)
    from integrations.connectors.files.google import GoogleStorage

    return GoogleStorage(config, wire)
