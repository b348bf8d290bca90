"""What a connector's tests must offer so that the contract can be tried on it.

`tests/integrations/connectors/<name>/harness.py` has `open_harness(request, tmp_path) -> Harness`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from integrations.protocol import AudienceRef


class Harness(Protocol):
    """A real tool, and hands that change it behind the connector's back."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Options of a working destination, secrets resolved."""

    def audience_name(self) -> str:
        """A name that no other test uses."""

    def identity(self, number: int) -> str:
        """An ordinary identity."""

    def put(self, audience: AudienceRef, identity: str) -> None:
        """Put somebody on the list by hand."""

    def take(self, audience: AudienceRef, identity: str) -> None:
        """Take somebody off the list by hand."""

    def destroy(self, audience: AudienceRef) -> None:
        """Delete the list by hand."""
