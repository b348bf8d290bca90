"""An SFTP server on loopback: paramiko's, over a directory of the test."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko

from tests.integrations.connectors.files.harness import FIELDS, FilesHarness
from tests.integrations.contract import answers

NO_HTTP = "SFTP has no HTTP; broken lines, silence and strangers are tried in test_stores"
USER, PASSWORD = "catalogue", "a-password-of-sftp"


class SftpServer:
    """`allowed`: whether the login may write; `knows_rename`: whether the server can replace a file
    in one step; `silent`: it takes connections and says nothing; `breaks_after`: the line breaks
    once so many bytes of a file have come (0: never)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = paramiko.ECDSAKey.generate()
        self.login_key = paramiko.ECDSAKey.generate()
        self.allowed = True
        self.knows_rename = True
        self.silent = False
        self.breaks_after = 0
        self.port = 0
        self.transports: list[paramiko.Transport] = []
        self.waiting: list[socket.socket] = []

    @property
    def host_key(self) -> str:
        return f"127.0.0.1 {self.key.get_name()} {self.key.get_base64()}"


@contextmanager
def running_sftp(root: Path) -> Iterator[SftpServer]:
    served = SftpServer(root)
    door = socket.create_server(("127.0.0.1", 0))
    served.port = door.getsockname()[1]
    thread = threading.Thread(target=_accept, args=(served, door), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        # Closing it alone does not wake who waits at it.
        with contextlib.suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(timeout=5)
        for each in (*served.transports, *served.waiting):
            each.close()


def _accept(served: SftpServer, door: socket.socket) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        if served.silent:
            served.waiting.append(line)
            continue
        transport = paramiko.Transport(line)
        transport.add_server_key(served.key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, served)
        served.transports.append(transport)
        with contextlib.suppress(paramiko.SSHException, EOFError):
            transport.start_server(server=_Login(served))


class _Login(paramiko.ServerInterface):
    def __init__(self, served: SftpServer) -> None:
        self._served = served

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        return _yes_or_no((username, password) == (USER, PASSWORD))

    def check_auth_publickey(self, username: str, key: Any) -> int:
        known = self._served.login_key.get_base64()
        return _yes_or_no(username == USER and key.get_base64() == known)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


def _yes_or_no(is_known: bool) -> int:
    return int(paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED)


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: _Login, served: SftpServer, *args: Any, **kwargs: Any) -> None:
        super().__init__(server, *args, **kwargs)
        self._served = served

    def _real(self, path: str) -> Path:
        return self._served.root / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> Any:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(each.stat(), each.name)
                for each in self._real(path).iterdir()
            ]
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno or 0)

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        if writes and not self._served.allowed:
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            file = self._real(path).open("wb" if writes else "rb")
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno or 0)
        handle = _Handle(flags)
        handle.served = self._served
        handle.readfile = handle.writefile = file
        return handle

    def remove(self, path: str) -> int:
        self._real(path).unlink()
        return int(paramiko.SFTP_OK)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        if not self._served.knows_rename:
            return int(paramiko.SFTP_OP_UNSUPPORTED)
        self._real(oldpath).replace(self._real(newpath))
        return int(paramiko.SFTP_OK)


class _Handle(paramiko.SFTPHandle):
    served: SftpServer

    def write(self, offset: int, data: bytes) -> int:
        if 0 < self.served.breaks_after <= offset + len(data):
            for transport in self.served.transports:
                transport.close()
        return int(super().write(offset, data))

    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class SftpHarness(FilesHarness):
    exempt = {
        **FilesHarness.exempt,
        **{scenario.__name__: NO_HTTP for scenario in answers.SCENARIOS},
        "a_check_writes_nothing": "it writes a file of its own and removes it: test_stores",
        "a_tool_that_does_not_answer_is_told": "tried in test_stores",
    }

    def __init__(self, server: SftpServer) -> None:
        self.server = server
        super().__init__(server.root / "drop" / "daily")
        self._folder.mkdir(parents=True)

    @property
    def options(self) -> Mapping[str, Any]:
        return {
            "directory": f"sftp://{USER}@127.0.0.1:{self.server.port}/drop/daily",
            "password": PASSWORD,
            "host_key": self.server.host_key,
            **FIELDS,
        }

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"password": "not the one"}

    def refuse_rights(self) -> None:
        self.server.allowed = False
