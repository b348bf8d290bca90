"""One call to a store over the network: at the account's rate, written down, and its errors in our
words."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from integrations.connectors.files.config import VENDOR
from integrations.errors import AuthError, ConfigError, IntegrationError, TransientError
from integrations.http import Exchange, Wire

# What went wrong is told by our error; their logs hold accounts and paths.
for package in ("gcsfs", "s3fs", "paramiko"):
    logging.getLogger(package).setLevel(logging.CRITICAL)

Result = TypeVar("Result")
# Larger files than this are not read: they are none of ours.
MOST_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Calls:
    """`where` names the store for people; `kind_of` says what an exception of its package means."""

    wire: Wire
    where: str
    timeout: float
    secrets: tuple[str, ...]
    kind_of: Callable[[BaseException], type[IntegrationError]]

    def __call__(
        self, verb: str, name: str, work: Callable[[], Result], *, sent: int = 0
    ) -> Result:
        """What `work` returns. FileNotFoundError as it is; all else as an IntegrationError."""
        throttle = self.wire.throttle
        status = None
        with throttle.turn(until=throttle.now() + self.timeout):
            began = time.monotonic()
            try:
                result = work()
                status = 200
            except FileNotFoundError:
                status = 404
                raise
            except IntegrationError:
                raise
            except Exception as fault:  # whatever the package's own stack raises
                raise self._told(fault, f"{verb} {name}") from fault
            finally:
                self._note(verb, name, status, began, sent)
        return result

    def _told(self, fault: Exception, asked: str) -> IntegrationError:
        kind = self.kind_of(fault)
        said = {
            AuthError: f"{self.where} refuses our credentials, or lacks the rights that we need.",
            ConfigError: f"{self.where} cannot be used as it is set up: {fault}.",
        }.get(kind, f"{self.where} could not be read or written: {type(fault).__name__}.")
        return kind(said, vendor=VENDOR, request=asked, reply=str(fault), secrets=self.secrets)

    def _note(self, verb: str, name: str, status: int | None, began: float, sent: int) -> None:
        self.wire.record(
            Exchange(
                method=verb,
                path=f"/{name}",
                status=status,
                milliseconds=round((time.monotonic() - began) * 1000),
                sent_bytes=sent,
                received_bytes=0,
            )
        )


def size_allowed(size: int, name: str) -> None:
    """TransientError when a file is too large to be read into memory."""
    if size > MOST_BYTES:
        raise TransientError(f"{name} holds more than {MOST_BYTES:,} bytes.", vendor=VENDOR)
