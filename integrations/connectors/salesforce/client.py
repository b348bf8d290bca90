"""The part of Salesforce's REST API that contacts, campaigns and their members need.

https://developer.salesforce.com/docs/platform/api-rest/guide/resources-list.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from integrations.connectors.salesforce.answers import (
    Result,
    codes,
    judge,
    refusal,
    results,
)
from integrations.connectors.salesforce.config import Config
from integrations.connectors.salesforce.tokens import Tokens
from integrations.errors import ConfigError, TransientError
from integrations.http import Reply, Transport, Wire

API = "/services/data/v62.0"
COLLECTION = f"{API}/composite/sobjects"
# An address with its headers may have 16,384 bytes: so many go into the list of a query.
QUERY_BYTES = 10_000

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What our user may do with a kind of record: `rights` are createable, updateable, deletable;
    `fields` what Salesforce says of each field by its name."""

    rights: Mapping[str, bool]
    fields: Mapping[str, Row]
    usage: str


class SalesforceClient:
    """Calls Salesforce. Raises what `Transport` raises, ConfigError for objects and fields that are
    not there, PermanentError for a request that is refused as a whole, and TransientError for
    answers that nothing can be concluded from. May be used by several threads at once."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self.tokens = Tokens(config, wire=wire)
        self._id_field = config.id_field
        self._http = self._transport(config, wire)
        # What must not be sent twice is not: a lost answer may mean that it was done.
        self._once = self._transport(config, replace(wire, attempts=1))

    def _transport(self, config: Config, wire: Wire) -> Transport:
        return Transport(
            vendor="salesforce",
            base_url=config.url,
            wire=wire,
            credentials=self.tokens,
            judge=judge,
            request_seconds=min(30.0, config.timeout),
            total_seconds=config.timeout,
        )

    def describe(self, kind: str) -> Description:
        """What our user may do with records of a kind, and their fields."""
        reply = self._http.request("GET", f"{API}/sobjects/{kind}/describe")
        said = _object(reply, "fields")
        rights = ("createable", "updateable", "deletable")
        try:
            return Description(
                rights={name: bool(said[name]) for name in rights},
                fields={str(one["name"]): dict(one) for one in said["fields"]},
                usage=reply.headers.get("sforce-limit-info", ""),
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise reply.senseless("Salesforce's description makes no sense.") from fault

    def query(self, soql: str) -> Iterator[Row]:
        """All rows of a query, page by page. TransientError unless it is read to its end."""
        reply = self._http.request("GET", f"{API}/query/", params={"q": soql})
        seen = 0
        while True:
            total, rows, following = _page(reply)
            yield from rows
            seen += len(rows)
            if not following:
                break
            reply = self._http.request("GET", following)
        if seen != total:
            raise reply.senseless(f"Salesforce gave {seen} rows of {total}.")

    def count(self, soql: str) -> int:
        """The number that a query of `COUNT()` tells."""
        reply = self._http.request("GET", f"{API}/query/", params={"q": soql})
        total = _object(reply, "totalSize")["totalSize"]
        if not isinstance(total, int):
            raise reply.senseless("Salesforce's number makes no sense.")
        return total

    def query_among(self, soql: str, texts: Iterable[str]) -> Iterator[Row]:
        """All rows of a query that ends in `IN`, for any number of texts."""
        for some in _pieces(map(quoted, texts)):
            yield from self.query(f"{soql} ({','.join(some)})")

    def upsert_contacts(self, contacts: Sequence[Row]) -> list[Result]:
        """Make contacts, or write to those that have the id; each holds it. Up to 200."""
        path = f"{COLLECTION}/Contact/{self._id_field}"
        return self._collection("PATCH", path, "Contact", contacts)

    def update_contacts(self, contacts: Sequence[Row]) -> list[Result]:
        """Write to contacts by Salesforce's own `id`. Up to 200."""
        return self._collection("PATCH", COLLECTION, "Contact", contacts)

    def add_members(self, campaign: str, contacts: Sequence[str]) -> list[Result]:
        """Put contacts, by Salesforce's own ids, on a campaign. Up to 200."""
        rows = [{"CampaignId": campaign, "ContactId": contact} for contact in contacts]
        return self._collection("POST", COLLECTION, "CampaignMember", rows)

    def _collection(self, method: str, path: str, kind: str, rows: Sequence[Row]) -> list[Result]:
        if not rows:
            return []
        records = [{"attributes": {"type": kind}, **row} for row in rows]
        body = {"allOrNone": False, "records": records}
        return results(self._http.request(method, path, body=body), len(rows))

    def delete(self, ids: Sequence[str]) -> list[Result]:
        """Delete records of any kind by Salesforce's own ids. Up to 200."""
        if not ids:
            return []
        params = {"ids": ",".join(ids), "allOrNone": "false"}
        return results(self._http.request("DELETE", COLLECTION, params=params), len(ids))

    def make_campaign(self, name: str) -> str:
        """Make an active campaign and return its id. Tried once: one that was made though the
        answer was lost is found by its name."""
        body = {"Name": name, "IsActive": True}
        reply = self._once.request("POST", f"{API}/sobjects/Campaign/", body=body)
        if reply.status >= 400 and codes(reply):
            raise ConfigError(
                f"Salesforce will not make the campaign {name}: {', '.join(codes(reply))}.",
                **reply.story(),
            )
        if reply.status != 201:
            raise reply.senseless("Salesforce answered something else than asked.")
        made = _object(reply, "id", status=201)["id"]
        if not isinstance(made, str) or not made:
            raise reply.senseless("Salesforce made a campaign without an id.")
        return made


def quoted(text: str) -> str:
    """A text as SOQL writes it."""
    safe = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + safe.replace("\n", "\\n").replace("\r", "\\r") + "'"


def _pieces(texts: Iterable[str]) -> Iterator[list[str]]:
    """Texts in lists that fit into an address."""
    piece: list[str] = []
    weight = 0
    for text in texts:
        more = len(quote(text, safe="")) + 3
        if piece and weight + more > QUERY_BYTES:
            yield piece
            piece, weight = [], 0
        piece.append(text)
        weight += more
    if piece:
        yield piece


def _page(reply: Reply) -> tuple[int, list[Row], str]:
    """How many rows there are in all, those of this page, and the path of the next."""
    said = _object(reply, "records")
    rows, total, done = said["records"], said.get("totalSize"), said.get("done")
    following = "" if done is True else said.get("nextRecordsUrl")
    if (
        not isinstance(rows, list)
        or not all(isinstance(row, dict) for row in rows)
        or not isinstance(total, int)
        or not isinstance(following, str)
        or (done is not True and not (rows and following.startswith(f"{API}/query/")))
    ):
        raise reply.senseless("Salesforce's page of a query makes no sense.")
    return total, rows, following


def _object(reply: Reply, *keys: str, status: int = 200) -> dict[str, Any]:
    if "INVALID_QUERY_LOCATOR" in codes(reply):
        raise TransientError("Salesforce has forgotten where we were reading.", **reply.story())
    if reply.status != status:
        raise refusal(reply)
    said = reply.json()
    if not isinstance(said, dict) or any(key not in said for key in keys):
        raise reply.senseless("Salesforce's answer makes no sense.")
    return said
