"""Lists of HubSpot and who is on them, by HubSpot's own ids of contacts.

https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/guide
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.connectors.hubspot.client import HubspotClient, are_dicts, expect, texts
from integrations.errors import AudienceGone, ConfigError, TransientError
from integrations.http import Reply

LISTS = "/crm/v3/lists"
# HubSpot's type number of contacts.
CONTACT = "0-1"
PAGE = 250
WRITABLE = ("MANUAL", "SNAPSHOT")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundList:
    """One list. `kind` is HubSpot's processing type."""

    list_id: str
    name: str
    kind: str
    object_type: str


class Lists:
    """Calls about lists. Raises what `HubspotClient` raises, and AudienceGone for a list that we
    write to and that is no longer there."""

    def __init__(self, client: HubspotClient) -> None:
        self._client = client

    def by_id(self, list_id: str) -> FoundList:
        """The list of that id; AudienceGone when it was deleted."""
        reply = self._client.call("GET", f"{LISTS}/{quote(list_id, safe='')}")
        found = _read(reply) if reply.status != 404 else None
        if found is None:
            raise gone(list_id, reply)
        return found

    def by_name(self, name: str) -> FoundList | None:
        """The list of contacts of exactly that name: HubSpot has one at most."""
        path = f"{LISTS}/object-type-id/{CONTACT}/name/{quote(name, safe='')}"
        reply = self._client.call("GET", path)
        found = _read(reply) if reply.status != 404 else None
        return found if found is not None and found.name == name else None

    def make(self, name: str) -> FoundList:
        """Make an empty list that is written to by hand and by us; ConfigError if refused."""
        body = {"name": name, "objectTypeId": CONTACT, "processingType": "MANUAL"}
        reply = self._client.call("POST", f"{LISTS}/", body=body)
        if 400 <= reply.status < 500:
            raise ConfigError(
                f"HubSpot will not make the list {name!r}; see what it answered.", **reply.story()
            )
        made = _read(reply)
        if made is None:
            raise reply.senseless("HubSpot answered about a list that is deleted.")
        return made

    def add(self, list_id: str, ids: Sequence[str]) -> set[str]:
        """Put contacts on a list: those that are on it now, as HubSpot says of each."""
        said = self._change(list_id, "add", ids)
        # The vendor's pages spell it both ways.
        added = _ids(said, "recordsIdsAdded") | _ids(said, "recordIdsAdded")
        # Who was on it already is passed over without a word, as is who was not taken.
        silent = [one for one in ids if one not in added | _ids(said, "recordIdsMissing")]
        return added | self.holding(list_id, silent)

    def remove(self, list_id: str, ids: Sequence[str]) -> set[str]:
        """Take contacts off a list: those that are not on it now."""
        said = self._change(list_id, "remove", ids)
        off = _ids(said, "recordIdsRemoved") | _ids(said, "recordIdsMissing")
        silent = [one for one in ids if one not in off]
        return set(ids) - self.holding(list_id, silent)

    def _change(self, list_id: str, what: str, ids: Sequence[str]) -> dict[str, Any]:
        path = f"{LISTS}/{quote(list_id, safe='')}/memberships/{what}"
        reply = self._client.call("PUT", path, body=list(ids))
        if reply.status == 404:
            raise gone(list_id, reply)
        said: dict[str, Any] = expect(reply, dict)
        try:
            if not {"recordsIdsAdded", "recordIdsAdded", "recordIdsRemoved"} & set(said):
                raise ValueError("nothing is said")
            for ids_said in said.values():
                texts(ids_said)
        except ValueError as fault:
            raise reply.senseless("HubSpot's answer about the list makes no sense.") from fault
        return said

    def holding(self, list_id: str, ids: Sequence[str]) -> set[str]:
        """Which of these contacts are on a list. TransientError when HubSpot leaves one out."""
        if not ids:
            return set()
        inputs = [{"objectTypeId": CONTACT, "recordId": one} for one in ids]
        path = f"{LISTS}/records/memberships/batch/read"
        said = self._client.batch(path, {"inputs": inputs})
        on = {str(one.get("recordId")): _lists(one) for one in said["results"]}
        if set(ids) - set(on):
            raise TransientError("HubSpot did not say who is on the list.", vendor="hubspot")
        return {one for one in ids if list_id in on[one]}

    def members(self, list_id: str) -> Iterator[list[str]]:
        """All contacts on a list, a page at a time. TransientError where a page is not what was
        asked for."""
        path = f"{LISTS}/{quote(list_id, safe='')}/memberships"
        after = ""
        while True:
            params = {"limit": PAGE, **({"after": after} if after else {})}
            reply = self._client.call("GET", path, params=params)
            if reply.status == 404:
                raise gone(list_id, reply)
            said = expect(reply, dict, "results")
            yield _members(said, reply)
            following = _after(said)
            if not following:
                return
            if following == after:
                raise reply.senseless("HubSpot's pages of members do not end.")
            after = following


def _read(reply: Reply) -> FoundList | None:
    """The list that an answer is about; None when it is deleted."""
    said = expect(reply, dict, "list")["list"]
    if not isinstance(said, dict) or not said.get("listId") or "processingType" not in said:
        raise reply.senseless("HubSpot's answer about the list makes no sense.")
    if said.get("deletedAt"):
        return None
    return FoundList(
        list_id=str(said["listId"]),
        name=str(said.get("name", "")),
        kind=str(said["processingType"]),
        object_type=str(said.get("objectTypeId", "")),
    )


def _ids(said: Mapping[str, Any], key: str) -> set[str]:
    return set(texts(said.get(key, [])))


def _lists(result: Mapping[str, Any]) -> set[str]:
    memberships = result.get("recordListMemberships")
    if not are_dicts(memberships):
        raise TransientError("HubSpot did not say who is on the list.", vendor="hubspot")
    return {str(one.get("listId")) for one in memberships or ()}


def _members(said: Mapping[str, Any], reply: Reply) -> list[str]:
    try:
        return texts([one["recordId"] for one in said["results"]])
    except (KeyError, TypeError, ValueError) as fault:
        raise reply.senseless("HubSpot's page of members makes no sense.") from fault


def _after(said: Mapping[str, Any]) -> str:
    paging = said.get("paging") or {}
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after") or "") if isinstance(following, dict) else ""


def gone(list_id: str, reply: Reply) -> AudienceGone:
    """The list that we wrote to is no longer there."""
    return AudienceGone(
        f"The list {list_id} is no longer at HubSpot, though we made or found it. Nothing more is "
        "sent. HubSpot can restore a list for 90 days; or have it made again with --recreate.",
        **reply.story(),
    )
