"""The part of Mailchimp's Marketing API (version 3.0) that static segments and contacts need.

https://mailchimp.com/developer/marketing/api/
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integrations.connectors.mailchimp import answers
from integrations.connectors.mailchimp.answers import Member, Segment
from integrations.connectors.mailchimp.config import Config
from integrations.connectors.mailchimp.many import Told, told
from integrations.errors import AudienceGone
from integrations.http import Reply, Transport, Wire

API = "/3.0"
# The most that one page may hold.
PAGE = 1000
# Without these, a segment is shown without those of its members who are not subscribed.
EVERYBODY = {
    "include_cleaned": "true",
    "include_transactional": "true",
    "include_unsubscribed": "true",
}


class MailchimpClient:
    """Calls Mailchimp about one of its audiences. Raises what `Transport` raises, PermanentError
    for refusals, ConfigError where the audience and AudienceGone where a segment is not there."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._list_id = config.list_id
        self._list = f"/lists/{config.list_id}"
        self._http = Transport(
            vendor="mailchimp",
            base_url=config.url + API,
            # Any name will do: the key says who we are.
            auth=("key", config.key),
            wire=wire,
            judge=answers.judge,
            request_seconds=min(30.0, config.timeout),
            total_seconds=config.timeout,
        )

    def role(self) -> tuple[str, str]:
        """The account's name, and what the user of our key is in it, such as "manager"."""
        reply = self._http.request("GET", "/", params={"fields": "account_name,role"})
        said = answers.expect(reply, "account_name", "role")
        return str(said["account_name"]), str(said["role"]).lower()

    def list_name(self) -> str:
        """The name of the audience."""
        reply = self._http.request("GET", self._list, params={"fields": "id,name"})
        said = answers.expect(self._listed(reply), "id", "name")
        return str(said["name"])

    def merge_fields(self) -> dict[str, str]:
        """The audience's own fields: {merge tag: type}."""
        path = f"{self._list}/merge-fields"
        params = {"count": PAGE, "fields": "merge_fields.tag,merge_fields.type"}
        reply = self._listed(self._http.request("GET", path, params=params))
        found = answers.rows(reply, answers.expect(reply), "merge_fields")
        return {str(row.get("tag")): str(row.get("type")) for row in found}

    def find_segment(self, segment_id: str) -> Segment:
        """The segment of that id."""
        reply = self._http.request("GET", self._segment(segment_id))
        if reply.status == 404:
            raise _gone(segment_id, reply)
        return answers.segment(reply, answers.expect(reply))

    def segments(self) -> Iterator[Segment]:
        """All segments of the audience, of every kind."""
        path, seen = f"{self._list}/segments", 0
        while True:
            params = {"count": PAGE, "offset": seen}
            reply = self._listed(self._http.request("GET", path, params=params))
            said = answers.expect(reply, "total_items")
            page = answers.rows(reply, said, "segments")
            yield from (answers.segment(reply, row) for row in page)
            seen += len(page)
            if not page or seen >= answers.count(reply, said, "total_items"):
                return

    def make_segment(self, name: str) -> Segment:
        """Make a static segment that nobody is in. PermanentError where there is one of that
        name."""
        body = {"name": name, "static_segment": []}
        reply = self._listed(self._http.request("POST", f"{self._list}/segments", body=body))
        return answers.segment(reply, answers.expect(reply))

    def upsert(self, contacts: Sequence[Mapping[str, Any]]) -> Told:
        """Make contacts, and write the fields of those there are; their status stays as it is."""
        body = {"members": list(contacts), "update_existing": True}
        # Fields that the audience requires of sign-up forms are not ours to fill.
        params = {"skip_merge_validation": "true"}
        reply = self._listed(self._http.request("POST", self._list, params=params, body=body))
        return told(reply, done=("new_members", "updated_members"))

    def change_segment(
        self, segment_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> Told:
        """Put addresses into a static segment, or take them out. Addresses that are no contacts
        of the audience are passed over without a word."""
        lists = {"members_to_add": list(add), "members_to_remove": list(remove)}
        body = {name: addresses for name, addresses in lists.items() if addresses}
        reply = self._http.request("POST", self._segment(segment_id), body=body)
        if reply.status == 404:
            raise _gone(segment_id, reply)
        return told(reply, done=("members_added",) if add else ("members_removed",))

    def member(self, address: str) -> Member | None:
        """The contact of that address, with its segments; None where there is none."""
        params = {"fields": "email_address,status,tags"}
        reply = self._http.request("GET", self._member(address), params=params)
        if reply.status == 404:
            return None
        return answers.member(reply, answers.expect(reply, "tags"))

    def write_fields(self, address: str, fields: Mapping[str, str]) -> bool:
        """Write merge fields of a contact; False where there is none."""
        body = {"merge_fields": dict(fields)}
        params = {"skip_merge_validation": "true"}
        reply = self._http.request("PATCH", self._member(address), params=params, body=body)
        if reply.status == 404:
            return False
        return answers.member(reply, answers.expect(reply)).address == answers.small(address)

    def forget(self, address: str) -> None:
        """Delete a contact for good. Not there is fine."""
        path = f"{self._member(address)}/actions/delete-permanent"
        reply = self._http.request("POST", path)
        if reply.status == 404:
            return
        if reply.status != 204:
            raise (
                answers.refusal(reply)
                if reply.status >= 400
                else reply.senseless("Mailchimp did not say that the contact was deleted.")
            )

    def members(self, segment_id: str) -> list[Member]:
        """Everybody in a segment. TransientError if it changed while it was read."""
        found: dict[str, Member] = {}
        while True:
            reply, total, page = self._page(segment_id, len(found))
            found |= {one.address: one for one in page}
            if len(found) == total:
                return list(found.values())
            if not page or len(found) > total:
                raise reply.senseless(f"Mailchimp gave {len(found)} members of {total}.")

    def _page(self, segment_id: str, offset: int) -> tuple[Reply, int, list[Member]]:
        fields = "members.email_address,members.status,total_items"
        params = {"count": PAGE, "offset": offset, "fields": fields, **EVERYBODY}
        path = f"{self._segment(segment_id)}/members"
        reply = self._http.request("GET", path, params=params)
        if reply.status == 404:
            raise _gone(segment_id, reply)
        said = answers.expect(reply, "total_items")
        page = [answers.member(reply, row) for row in answers.rows(reply, said, "members")]
        return reply, answers.count(reply, said, "total_items"), page

    def _listed(self, reply: Reply) -> Reply:
        if reply.status == 404:
            raise answers.no_such_list(self._list_id, reply)
        return reply

    def _segment(self, segment_id: str) -> str:
        return f"{self._list}/segments/{segment_id}"

    def _member(self, address: str) -> str:
        # Mailchimp's own name for a contact; nothing secret rests on it.
        name = hashlib.md5(answers.small(address).encode(), usedforsecurity=False).hexdigest()
        return f"{self._list}/members/{name}"


def _gone(segment_id: str, reply: Reply) -> AudienceGone:
    return AudienceGone(
        f"The segment {segment_id} is no longer at Mailchimp, though we made or found it. Nothing "
        "more is sent. If it was deleted by mistake, have it made again with --recreate.",
        **reply.story(),
    )
