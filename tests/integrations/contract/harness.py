"""What a connector's tests must offer so that the contract can be tried on it.

`tests/integrations/connectors/<name>/harness.py` has `open_harness(request, tmp_path) -> Harness`;
a connector to a fake vendor has one that subclasses `FakeHarness`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from integrations.protocol import AudienceRef
from tests.fakes.vendor import FakeVendor

_names = itertools.count(1)


class Harness:
    """A tool, and hands that change it behind the connector's back.

    `exempt` names scenarios that do not apply, each with the vendor's documented reason. `fake` is
    None where the tool is a real one: then nothing can be made to go wrong in it. `many` is more
    than one page of a read-back.
    """

    many: int = 1_100
    exempt: Mapping[str, str] = {}
    fake: FakeVendor | None = None

    @property
    def options(self) -> Mapping[str, Any]:
        """Options of a working destination, secrets resolved."""
        raise NotImplementedError

    def audience_name(self) -> str:
        """A name that no other test uses."""
        return f"At risk {next(_names)}"

    def identity(self, number: int) -> str:
        """An ordinary identity."""
        return f"customer-{number}"

    def contact(self, number: int) -> Mapping[str, str]:
        """What a contact of that identity is made with, by the manifest's `[contact.*]`."""
        return {}

    def put(self, audience: AudienceRef, identity: str) -> None:
        """Put somebody on the list by hand; a contact is made for them if there is none."""
        raise NotImplementedError

    def take(self, audience: AudienceRef, identity: str) -> None:
        """Take somebody off the list by hand."""
        raise NotImplementedError

    def destroy(self, audience: AudienceRef) -> None:
        """Delete the list by hand."""
        raise NotImplementedError

    def held(self, audience: AudienceRef) -> set[str]:
        """Who is on the list in truth, by identity (in canonical form)."""
        raise NotImplementedError

    def named(self, member: str) -> str:
        """The identity of a member as a read-back names it: the same, unless by remote id."""
        return member

    def contacts(self) -> int:
        """How many contacts there are in the whole tool."""
        raise NotImplementedError

    def has_contact(self, identity: str) -> bool:
        """Whether the tool knows anybody of that identity, on whatever list or none."""
        raise NotImplementedError

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        """What the tool holds in the fields of a contact or its membership, {field: text}."""
        raise NotImplementedError

    def own(self, identity: str) -> object:
        """Give a contact something of the tool's own that we must never touch (another list,
        another tag, a field); returns what `owned` has to say from then on."""
        raise NotImplementedError

    def owned(self, identity: str) -> object:
        """What the contact has of the tool's own now."""
        raise NotImplementedError

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        """The person says over there that they want no messages."""
        raise NotImplementedError

    def make_unwritable(self, name: str) -> None:
        """Make a list of that name by hand, of a kind that cannot be written to."""
        raise NotImplementedError

    def poison(self, identity: str) -> None:
        """From now on the tool refuses every request that holds this identity, or this record."""
        raise NotImplementedError

    def request_sizes(self) -> list[int]:
        """How many records each write held, in the order they came."""
        raise NotImplementedError

    def refuse_rights(self) -> None:
        """The credentials stay good, and lose the right to write."""
        raise NotImplementedError

    def wrong_credentials(self) -> Mapping[str, Any]:
        """Options as above, with credentials that the tool does not know."""
        raise NotImplementedError

    def unknown_field(self) -> Mapping[str, Any]:
        """Options that map something to a field that the tool does not have."""
        raise NotImplementedError

    def read_only_field(self) -> Mapping[str, Any]:
        """Options that map something to a field that cannot be written."""
        raise NotImplementedError
