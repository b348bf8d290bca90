"""A directory on an SFTP server: files are written to the side and renamed into place."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from integrations.connectors.files.addresses import addresses_of
from integrations.connectors.files.calls import Calls, size_allowed
from integrations.connectors.files.config import VENDOR, Config
from integrations.connectors.files.stores import extra
from integrations.errors import AuthError, ConfigError, IntegrationError, TransientError
from integrations.http import Wire

_PROBE = ".segment-catalogue-check"
Result = TypeVar("Result")


class SftpServer:
    """See `integrations.connectors.files.stores.Store`."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._paramiko = extra("paramiko", package="paramiko")
        self._system = extra("fsspec.implementations.sftp", package="fsspec").SFTPFileSystem
        self._config = config
        self._wire = wire
        self._files: Any = None
        if not config.login.host_key:
            raise ConfigError(
                "SFTP needs the option host_key, so that nobody else can take the files: the line"
                " that ssh-keyscan prints for the server, after somebody has compared it.",
                vendor=VENDOR,
            )
        self._key = _private_key(self._paramiko, config.login.private_key)
        self._calls = Calls(
            wire, str(config.place), config.timeout, config.login.secrets, self._kind_of
        )

    def check(self) -> None:
        # The rights of a directory say nothing of those of a login: a file is written and removed.
        self.names()
        self.replace(_PROBE, b"")
        self._run("DELETE", _PROBE, lambda files: files.ftp.remove(self._path(_PROBE)))

    def names(self) -> list[str]:
        try:
            found = self._run("LIST", "", lambda files: files.ls(self._config.place.path))
        except FileNotFoundError as fault:
            raise self._no_directory() from fault
        return [path.rpartition("/")[2] for path in found]

    def exists(self, name: str) -> bool:
        try:
            self._run("STAT", name, lambda files: files.ftp.stat(self._path(name)))
        except FileNotFoundError:
            return False
        return True

    def read(self, name: str) -> bytes:
        def get(files: Any) -> bytes:
            about = files.ftp.stat(self._path(name))
            size_allowed(about.st_size or 0, name)
            with files.ftp.open(self._path(name), "rb") as file:
                file.prefetch(about.st_size)
                return bytes(file.read())

        return self._run("GET", name, get)

    def replace(self, name: str, data: bytes) -> None:
        def put(files: Any) -> None:
            # One fixed name: what a broken line left is overwritten by the next one.
            temporary = self._path(f".{name}.tmp")
            with files.ftp.open(temporary, "wb") as file:
                file.set_pipelined(True)
                file.write(data)
            if files.ftp.stat(temporary).st_size != len(data):
                raise OSError("not all of the file arrived")
            files.ftp.posix_rename(temporary, self._path(name))

        try:
            self._run("PUT", name, put, sent=len(data))
        except FileNotFoundError as fault:
            raise self._no_directory() from fault

    def _path(self, name: str) -> str:
        return f"{self._config.place.path.rstrip('/')}/{name}"

    def _no_directory(self) -> ConfigError:
        return ConfigError(
            f"There is no directory {self._config.place.path} on {self._config.place.host}. Make"
            " it, or change the option directory.",
            vendor=VENDOR,
        )

    def _run(self, verb: str, name: str, work: Callable[[Any], Result], *, sent: int = 0) -> Result:
        def ask() -> Result:
            files = self._connected()
            # paramiko waits for each piece of an answer; this ends the whole.
            timer = threading.Timer(self._config.timeout, files.client.close)
            timer.start()
            try:
                return work(files)
            except FileNotFoundError:
                raise
            except BaseException:
                self._drop()
                raise
            finally:
                timer.cancel()

        return self._calls(verb, name, ask, sent=sent)

    def _connected(self) -> Any:
        if self._files is None:
            place, login, seconds = self._config.place, self._config.login, self._config.timeout
            self._files = self._system(
                place.host,
                port=place.port,
                username=place.user,
                password=login.password or None,
                pkey=self._key,
                sock=self._socket(),
                timeout=seconds,
                banner_timeout=seconds,
                auth_timeout=seconds,
                allow_agent=False,
                look_for_keys=False,
                host_key_policy=_only(self._paramiko, login.host_key),
                skip_instance_cache=True,
            )
            self._files.ftp.get_channel().settimeout(seconds)
        return self._files

    def _socket(self) -> socket.socket:
        place = self._config.place
        last: OSError = OSError(f"{place.host} has no address")
        for address in addresses_of(place.host, place.port, self._wire.private_hosts):
            try:
                return socket.create_connection((address, place.port), self._config.timeout)
            except OSError as fault:
                last = fault
        raise last

    def _drop(self) -> None:
        if self._files is not None:
            with contextlib.suppress(Exception):
                self._files.client.close()
        self._files = None

    def _kind_of(self, fault: BaseException) -> type[IntegrationError]:
        if isinstance(fault, self._paramiko.AuthenticationException | PermissionError):
            return AuthError
        # What a server says that knows no posix-rename: it could only replace a file in two steps.
        if isinstance(fault, OSError) and "unsupported" in str(fault).lower():
            return ConfigError
        return TransientError


def _private_key(paramiko: Any, text: str) -> Any:
    if not text:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(f"{text.strip()}\n"))
        except (paramiko.SSHException, ValueError):
            continue
    raise ConfigError("The option private_key is no private key without passphrase.", vendor=VENDOR)


def _only(paramiko: Any, known: str) -> Any:
    """Lets in only a server that shows one of these keys."""
    base: Any = paramiko.MissingHostKeyPolicy

    class OnlyThis(base):
        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            if key.get_base64() not in known.split():
                raise ConfigError(
                    f"The server shows another {key.get_name()} key than the option host_key says:"
                    " it was changed, or somebody is in between. Nothing was sent.",
                    vendor=VENDOR,
                )

    return OnlyThis()
