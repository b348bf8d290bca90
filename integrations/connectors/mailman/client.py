"""The part of Mailman core's REST API (version 3.1) that lists and members need.

https://docs.mailman3.org/projects/mailman/en/latest/src/mailman/rest/docs/rest.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from integrations.connectors.mailman.config import Config
from integrations.errors import AudienceGone, ConfigError, PermanentError, TransientError
from integrations.http import Reply, Transport, Wire

API = "/3.1"
PAGE = 500


class MailmanClient:
    """Calls Mailman. Raises what `Transport` raises, and the errors named at each method."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._http = Transport(
            vendor="mailman",
            base_url=config.url + API,
            auth=(config.user, config.password),
            wire=wire,
            request_seconds=min(15.0, config.timeout),
            total_seconds=config.timeout,
        )

    def version(self) -> str:
        """What answers, such as "GNU Mailman 3.3.10 (…)"."""
        reply = self._http.request("GET", "/system/versions")
        return str(_expect(reply, dict, "mailman_version")["mailman_version"])

    def ensure_domain(self, domain: str) -> None:
        """Make the mail domain unless there is one."""
        if self._http.request("GET", f"/domains/{quote(domain, safe='')}").status == 200:
            return
        reply = self._http.request("POST", "/domains", form={"mail_host": domain})
        if reply.status != 201 and "Duplicate" not in reply.text:
            raise reply.refused(f"Mailman will not make the mail domain {domain}.")

    def find_list(self, list_id: str) -> bool:
        """Whether there is a list of that id."""
        reply = self._http.request("GET", f"/lists/{quote(list_id, safe='')}")
        if reply.status == 404:
            return False
        found = _expect(reply, dict, "list_id")["list_id"]
        if found != list_id:
            raise TransientError("Mailman answered about another list.", **reply.story())
        return True

    def make_list(self, name: str, domain: str, style: str) -> bool:
        """Make a list; False if it was there already."""
        form = {"fqdn_listname": f"{name}@{domain}", "style_name": style}
        reply = self._http.request("POST", "/lists", form=form)
        if reply.status == 400 and "exists" in reply.text:
            return False
        if reply.status != 201:
            raise ConfigError(
                f"Mailman will not make the list {name}; see what it answered.", **reply.story()
            )
        return True

    def add_member(self, list_id: str, address: str) -> None:
        """Put one address on a list, without a message to anybody. Already there is fine.
        PermanentError if Mailman refuses the address, AudienceGone if there is no such list."""
        form = {
            "list_id": list_id,
            "subscriber": address,
            "pre_verified": "true",
            "pre_confirmed": "true",
            "pre_approved": "true",
            "send_welcome_message": "false",
        }
        reply = self._http.request("POST", "/members", form=form)
        if reply.status == 201 or _is_already_there(reply):
            return
        if reply.status == 400 and "No such list" in reply.text:
            raise _gone(list_id, reply)
        if 400 <= reply.status < 500:
            raise _refusal(reply)
        # 200 or 202: whatever was done, it is not the membership that was asked for.
        raise TransientError("Mailman did not say that the member was added.", **reply.story())

    def remove_members(self, list_id: str, addresses: Iterable[str]) -> dict[str, bool]:
        """Take addresses off a list without a message to anybody: {address: it was there}."""
        path = f"/lists/{quote(list_id, safe='')}/roster/member"
        form = {"emails": list(addresses)}
        reply = self._http.request("DELETE", path, form=form)
        if reply.status == 404:
            raise _gone(list_id, reply)
        said = _expect(reply, dict)
        return {str(key): value for key, value in said.items() if isinstance(value, bool)}

    def delete_user(self, address: str) -> None:
        """Forget an address, and with it all its memberships. Not there is fine."""
        # A user has addresses; one that Mailman made for us has just this one.
        reply = self._http.request("DELETE", f"/users/{quote(address, safe='')}")
        if reply.status not in (204, 404):
            raise reply.refused("Mailman will not delete the address.")
        reply = self._http.request("DELETE", f"/addresses/{quote(address, safe='')}")
        if reply.status not in (204, 404):
            raise reply.refused("Mailman will not delete the address.")

    def members(self, list_id: str) -> Iterator[str]:
        """All addresses on a list. TransientError if it changed while it was read."""
        page, seen = 1, 0
        while True:
            total, addresses = self._page(list_id, page)
            yield from addresses
            seen += len(addresses)
            if seen >= total:
                break
            if not addresses:
                raise TransientError(f"Mailman gave {seen} members of {total}.", vendor="mailman")
            page += 1

    def _page(self, list_id: str, page: int) -> tuple[int, list[str]]:
        path = f"/lists/{quote(list_id, safe='')}/roster/member"
        reply = self._http.request("GET", path, params={"count": PAGE, "page": page})
        if reply.status == 404:
            raise _gone(list_id, reply)
        said = _expect(reply, dict, "total_size")
        try:
            addresses = [str(entry["email"]) for entry in said.get("entries", ())]
            return int(said["total_size"]), addresses
        except (KeyError, TypeError, ValueError) as fault:
            raise TransientError("Mailman's roster makes no sense.", **reply.story()) from fault


def _expect(reply: Reply, kind: type[Any], *keys: str) -> Any:
    if reply.status >= 400:
        raise reply.refused(f"Mailman refuses with {reply.status}; see what it answered.")
    if reply.status != 200:
        raise TransientError("Mailman answered something else than asked.", **reply.story())
    said = reply.json()
    if not isinstance(said, kind) or any(key not in said for key in keys):
        raise TransientError("Mailman's answer makes no sense.", **reply.story())
    return said


def _is_already_there(reply: Reply) -> bool:
    # The other 409, "Subscription request already pending", is somebody who is not on the list.
    return reply.status == 409 and "already subscribed" in reply.text


def _refusal(reply: Reply) -> PermanentError:
    try:
        said = reply.json()
    except TransientError:
        said = {}
    reason = str(said.get("description", "")) if isinstance(said, dict) else ""
    if "subscriber" in reason:
        return reply.refused("Mailman does not take it for an e-mail address.")
    return reply.refused(f"Mailman refuses the address: {reason.rstrip('.') or reply.status}.")


def _gone(list_id: str, reply: Reply) -> AudienceGone:
    return AudienceGone(
        f"The list {list_id} is no longer at Mailman, though we wrote to it. Nothing more is sent. "
        "If it was deleted by mistake, have it made again with --recreate.",
        **reply.story(),
    )
