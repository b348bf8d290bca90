"""The part of Intercom's REST API (version 2.14) that contacts and their tags need.

https://developers.intercom.com/docs/references/rest-api/api.intercom.io
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from integrations.connectors.intercom import replies
from integrations.connectors.intercom.config import Config
from integrations.connectors.intercom.replies import Attribute, Conflict, Contact
from integrations.errors import AudienceGone
from integrations.http import Credentials, Reply, Transport, Wire

# The first version that finds a contact by its external id was 2.13.
VERSION = "2.14"
PAGE = 150
# No contact and no tag has this id: asking to change it shows whether we might.
NOBODY = "0"


class IntercomClient:
    """Calls Intercom. Raises what `Transport` raises, PermanentError for what Intercom refuses, and
    the errors named at each method. May be used by several threads at once."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._http = Transport(
            vendor="intercom",
            base_url=config.url,
            wire=wire,
            credentials=Credentials(
                header=("Authorization", f"Bearer {config.token}"), secrets=(config.token,)
            ),
            headers={"Intercom-Version": VERSION, "Accept": "application/json"},
            judge=replies.judge,
            request_seconds=min(15.0, config.timeout),
            total_seconds=config.timeout,
        )

    def workspace(self) -> str:
        """The name of the workspace that the token belongs to."""
        reply = self._http.request("GET", "/me")
        app = replies.read(reply, "app")["app"]
        if not isinstance(app, dict) or not app.get("name"):
            raise reply.senseless("Intercom does not say which workspace the token belongs to.")
        return str(app["name"])

    def try_rights(self) -> None:
        """AuthError unless we may write contacts and tag them."""
        path = f"/contacts/{NOBODY}"
        for reply in (
            self._http.request("PUT", path, body={"custom_attributes": {}}),
            self._http.request("DELETE", f"{path}/tags/{NOBODY}"),
        ):
            if reply.status != 404:
                raise reply.senseless("Intercom did not say that there is no contact 0.")

    def attributes(self) -> Mapping[str, Attribute]:
        """The data attributes of contacts that are in use, by name."""
        reply = self._http.request("GET", "/data_attributes", params={"model": "contact"})
        found = replies.read(reply, "data")["data"]
        try:
            return {
                str(one["name"]): Attribute(
                    is_custom=one.get("custom") is True,
                    is_writable=one.get("api_writable") is True,
                    kind=str(one.get("data_type", "")),
                )
                for one in found
                if one.get("archived") is not True
            }
        except (AttributeError, KeyError, TypeError) as fault:
            raise reply.senseless("Intercom's list of attributes makes no sense.") from fault

    # -- tags ------------------------------------------------------------------------------------

    def tags(self) -> Mapping[str, str]:
        """All tags, {id: name}; Intercom gives them in one answer."""
        reply = self._http.request("GET", "/tags")
        found = replies.read(reply, "data")["data"]
        try:
            return {str(one["id"]): str(one["name"]) for one in found}
        except (KeyError, TypeError) as fault:
            raise reply.senseless("Intercom's list of tags makes no sense.") from fault

    def make_tag(self, name: str) -> str:
        """The id of the tag of that name, made unless there is one."""
        reply = self._http.request("POST", "/tags", body={"name": name})
        return replies.id_of(replies.read(reply, "id", "name"), reply)

    def require_tag(self, tag_id: str) -> None:
        """AudienceGone unless there is a tag of that id."""
        reply = self._http.request("GET", f"/tags/{_part(tag_id)}")
        if reply.status == 404:
            raise AudienceGone(
                f"The tag {tag_id} is no longer at Intercom, though we wrote to it. Nothing more is"
                " sent. If it was deleted by mistake, have it made again with --recreate.",
                **reply.story(),
            )
        if replies.id_of(replies.read(reply, "id"), reply) != tag_id:
            raise reply.senseless("Intercom answered about another tag.")

    def attach(self, contact_id: str, tag_id: str) -> bool:
        """Tag a contact; already tagged is fine. False if there is no such contact or tag."""
        path = f"/contacts/{_part(contact_id)}/tags"
        return self._tagged(self._http.request("POST", path, body={"id": tag_id}), tag_id)

    def detach(self, contact_id: str, tag_id: str) -> bool:
        """Take a tag off a contact. False if there is no such contact or tag, or it had none."""
        path = f"/contacts/{_part(contact_id)}/tags/{_part(tag_id)}"
        return self._tagged(self._http.request("DELETE", path), tag_id)

    def _tagged(self, reply: Reply, tag_id: str) -> bool:
        if reply.status == 404:
            return False
        if replies.id_of(replies.read(reply, "id"), reply) != tag_id:
            raise reply.senseless("Intercom answered about another tag.")
        return True

    def has_tag(self, contact_id: str, tag_id: str) -> bool:
        """Whether there is such a contact and it has the tag."""
        reply = self._http.request("GET", f"/contacts/{_part(contact_id)}/tags")
        if reply.status == 404:
            return False
        found = replies.read(reply, "data")["data"]
        try:
            return tag_id in {str(one["id"]) for one in found}
        except (KeyError, TypeError) as fault:
            raise reply.senseless("Intercom's list of a contact's tags makes no sense.") from fault

    # -- contacts --------------------------------------------------------------------------------

    def contact(self, contact_id: str) -> Contact | None:
        """The contact of that id of Intercom's own."""
        return replies.contact_if_any(self._http.request("GET", f"/contacts/{_part(contact_id)}"))

    def contact_of(self, external_id: str) -> Contact | None:
        """The contact of that external id."""
        path = f"/contacts/find_by_external_id/{_part(external_id)}"
        reply = self._http.request("GET", path)
        found = replies.contact_if_any(reply)
        if found is not None and found.identity != external_id:
            raise reply.senseless("Intercom answered about another contact.")
        return found

    def create(self, body: Mapping[str, Any]) -> Contact | Conflict:
        """Make a contact."""
        reply = self._http.request("POST", "/contacts", body=body)
        if reply.status == 409:
            return replies.conflict(reply)
        made = replies.contact(replies.read(reply, "id"), reply)
        if made.identity != body[replies.EXTERNAL_ID]:
            raise reply.senseless("Intercom made another contact than was asked for.")
        return made

    def write(self, contact_id: str, body: Mapping[str, Any]) -> Contact | None:
        """Write to a contact; what is not named stays. None if there is no such contact."""
        reply = self._http.request("PUT", f"/contacts/{_part(contact_id)}", body=body)
        return replies.contact_if_any(reply)

    def delete(self, contact_id: str) -> None:
        """Delete a contact for good. Not there is fine."""
        reply = self._http.request("DELETE", f"/contacts/{_part(contact_id)}")
        if reply.status != 404 and replies.read(reply, "deleted")["deleted"] is not True:
            raise reply.senseless("Intercom did not say that the contact is deleted.")

    def search(self, query: Mapping[str, Any]) -> Iterator[Contact]:
        """All contacts that a query finds, each once. TransientError if they were not all given."""
        seen: set[str] = set()
        after = None
        while True:
            pagination = {"per_page": PAGE, **({"starting_after": after} if after else {})}
            asked = {"query": query, "pagination": pagination}
            reply = self._http.request("POST", "/contacts/search", body=asked)
            total, found, after = replies.page(reply)
            yield from (one for one in found if one.id not in seen)
            seen.update(one.id for one in found)
            if not after:
                break
        if len(seen) < total:
            raise reply.senseless(f"Intercom gave {len(seen)} contacts of {total}.")


def _part(text: str) -> str:
    return quote(text, safe="")
