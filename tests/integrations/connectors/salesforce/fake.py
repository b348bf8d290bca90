"""A Salesforce account: contacts, campaigns, members, access tokens, and SOQL as far as we ask it.

It refuses what Salesforce refuses: wrong addresses, headers, fields and types, collections of more
than 200, second memberships, records that another request holds.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor
from tests.integrations.connectors.salesforce.results import Refused, done, error, oauth
from tests.integrations.connectors.salesforce.schema import ID_FIELD, fields
from tests.integrations.connectors.salesforce.soql import Query, parse

API = "/services/data/v62.0"
COLLECTION = f"{API}/composite/sobjects"
CLIENT = ("app", "app-secret")
REFRESH = "5Aep-refresh"
USER = "005000000000001AAA"
PREFIXES = {"003": "contacts", "701": "campaigns", "00v": "members"}
TABLES = {"Contact": "contacts", "Campaign": "campaigns", "CampaignMember": "members"}
MOST = 200
ADDRESS_BYTES = 16_384


class FakeSalesforce(FakeVendor):
    """`page` is the rows of one page of a query, for Salesforce may give fewer than were asked
    for. `may_write` is our user's right; `locked`, `duplicates`: identities whose contacts are held
    by another request, or that a duplicate rule finds. `is_common`: the address is one like
    login.salesforce.com; `collections_say` is what collections are answered with instead."""

    def __init__(self) -> None:
        super().__init__()
        self.page = 200
        self.may_write = True
        self.locked: set[str] = set()
        self.duplicates: set[str] = set()
        self.undeletable: set[str] = set()
        self.allowance = 100_000
        self.forgets_cursors = False
        self.rows_lost = 0
        self.instance = ""
        self.is_common = False
        self.collections_say: Any = None
        self.state: dict[str, Any] = {
            "contacts": {},
            "campaigns": {},
            "members": {},
            "cursors": {},
            "tokens": [],
            "by_identity": {},
            "pairs": set(),
            "number": 0,
        }

    # -- for the machinery -----------------------------------------------------------------------

    def is_write(self, asked: Asked) -> bool:
        return asked.method != "GET" and asked.path.startswith(COLLECTION)

    def half(self, asked: Asked) -> Asked | None:
        if asked.method == "DELETE":
            ids = asked.query["ids"].split(",")
            kept = {**asked.query, "ids": ",".join(ids[: len(ids) // 2])}
            return replace(asked, query=kept) if len(ids) > 1 else None
        said = asked.json()
        some = said["records"][: len(said["records"]) // 2]
        body = json.dumps({**said, "records": some}).encode()
        return replace(asked, body=body) if some else None

    def members(self, audience: str) -> set[str]:
        contacts = self.state["contacts"]
        return {
            contacts[one["ContactId"]][ID_FIELD]
            for one in self.state["members"].values()
            if one["CampaignId"] == audience and one.get("ContactId")
        }

    # -- hands -----------------------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        self.state["number"] += 1
        return f"{prefix}{self.state['number']:012}AAA"

    def contact_of(self, identity: str) -> str:
        """The id of the contact of that identity; blank if there is none."""
        return str(self.state["by_identity"].get(identity, ""))

    def make_contact(self, **fields: Any) -> str:
        contact = self.new_id("003")
        self.state["contacts"][contact] = {"Id": contact, "HasOptedOutOfEmail": False}
        self._set(contact, fields)
        return contact

    def _set(self, contact: str, fields: Mapping[str, Any]) -> None:
        self.state["contacts"][contact].update(fields)
        if fields.get(ID_FIELD):
            self.state["by_identity"][fields[ID_FIELD]] = contact

    def make_campaign(self, name: str, *, editable: bool = True) -> str:
        campaign = self.new_id("701")
        about = {"Id": campaign, "Name": name, "CreatedDate": campaign, "editable": editable}
        self.state["campaigns"][campaign] = about
        return campaign

    def join(self, campaign: str, **who: str) -> str:
        member = self.new_id("00v")
        self.state["members"][member] = {"Id": member, "CampaignId": campaign, **who}
        self.state["pairs"].add((campaign, who.get("ContactId")))
        self._changed(self.state["members"][member], is_added=True)
        return member

    def leave(self, member: str) -> None:
        gone = self.state["members"].pop(member)
        self.state["pairs"].discard((gone["CampaignId"], gone.get("ContactId")))
        self._changed(gone, is_added=False)

    def forget_tokens(self) -> None:
        """All sessions end."""
        self.state["tokens"].clear()

    def _changed(self, member: Mapping[str, str], *, is_added: bool) -> None:
        contact = self.state["contacts"].get(member.get("ContactId", ""), {})
        if contact.get(ID_FIELD):
            self.changed(member["CampaignId"], contact[ID_FIELD], is_added=is_added)

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        try:
            if asked.path == "/services/oauth2/token":
                return self._token(asked)
            self._check_session(asked)
            answer = self._routed(asked)
        except Refused as refused:
            return refused.answer
        usage = {"Sforce-Limit-Info": f"api-usage={asked.number}/{self.allowance}"}
        return replace(answer, headers=usage)

    def _token(self, asked: Asked) -> Answer:
        kind = asked.headers.get("content-type", "")
        known = base64.b64encode(":".join(CLIENT).encode()).decode()
        form = {name: values[-1] for name, values in asked.form().items()}
        if asked.method != "POST" or kind != "application/x-www-form-urlencoded":
            return oauth("invalid_request")
        if asked.headers.get("authorization") != f"Basic {known}":
            return oauth("invalid_client", status=401)
        if form.get("grant_type") not in ("client_credentials", "refresh_token"):
            return oauth("unsupported_grant_type")
        if form["grant_type"] == "refresh_token" and form.get("refresh_token") != REFRESH:
            return oauth("invalid_grant", "expired access/refresh token")
        if self.is_common and form["grant_type"] == "client_credentials":
            return oauth("invalid_grant", "request not supported on this domain")
        token = f"00D!token-{asked.number}"
        self.state["tokens"].append(token)
        said = {
            "access_token": token,
            "instance_url": self.instance or self.url,
            "id": f"https://login.salesforce.com/id/00D000000000001AAA/{USER}",
            "token_type": "Bearer",
            "issued_at": "1795425300000",
            "signature": "c2lnbmF0dXJl",
        }
        return Answer(content=said)

    def _check_session(self, asked: Asked) -> None:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.state["tokens"]:
            raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if asked.number > self.allowance:
            raise Refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        if asked.body and asked.headers.get("content-type") != "application/json":
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE")
        if sum(len(f"{name}={value}") for name, value in asked.query.items()) > ADDRESS_BYTES:
            raise Refused(414, "URI_TOO_LONG")

    def _routed(self, asked: Asked) -> Answer:
        method, path = asked.method, asked.path
        if method == "GET" and path.startswith(f"{API}/query/"):
            return self._query(asked)
        if method == "GET" and path.startswith(f"{API}/sobjects/") and path.endswith("/describe"):
            return self._describe(path.split("/")[-2])
        if method == "POST" and path == f"{API}/sobjects/Campaign/":
            return self._campaign(asked.json())
        if path == COLLECTION and method == "POST":
            return self._collection(asked, self._insert)
        if path == COLLECTION and method == "PATCH":
            return self._collection(asked, self._update)
        if path == COLLECTION and method == "DELETE":
            return self._deletion(asked)
        if path == f"{COLLECTION}/Contact/{ID_FIELD}" and method == "PATCH":
            return self._collection(asked, self._upsert)
        raise Refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _describe(self, kind: str) -> Answer:
        if kind not in TABLES:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        rights = dict.fromkeys(("createable", "updateable", "deletable"), self.may_write)
        return Answer(content={"name": kind, **rights, "fields": list(fields(kind))})

    def _campaign(self, said: Mapping[str, Any]) -> Answer:
        if not self.may_write:
            raise Refused(403, "INSUFFICIENT_ACCESS_OR_READONLY")
        if not said.get("Name"):
            raise Refused(400, "REQUIRED_FIELD_MISSING")
        if len(said["Name"]) > 80:
            raise Refused(400, "STRING_TOO_LONG")
        made = self.make_campaign(said["Name"])
        return Answer(status=201, content={"id": made, "success": True, "errors": []})

    # -- collections -----------------------------------------------------------------------------

    def _collection(self, asked: Asked, one: Any) -> Answer:
        said = asked.json()
        if not isinstance(said, dict) or not isinstance(said.get("records"), list):
            raise Refused(400, "JSON_PARSER_ERROR")
        if not said["records"] or len(said["records"]) > MOST:
            raise Refused(400, "EXCEEDED_MAX_SIZE_REQUEST", "more than 200 records")
        if said.get("allOrNone") is not False:
            raise Refused(400, "INVALID_FIELD", "the test's fake rolls nothing back")
        results = [self._one(one, record) for record in said["records"]]
        return Answer(content=results if self.collections_say is None else self.collections_say)

    def _one(self, one: Any, record: Mapping[str, Any]) -> dict[str, Any]:
        about = dict(record)
        kind = about.pop("attributes", {}).get("type")
        if kind not in TABLES:
            return error("INVALID_TYPE")
        if not self.may_write:
            return error("INVALID_TYPE_FOR_OPERATION", f"entity type cannot be inserted: {kind}")
        return one(kind, about)  # type: ignore[no-any-return]

    def _insert(self, kind: str, about: Mapping[str, Any]) -> dict[str, Any]:
        if kind != "CampaignMember" or set(about) != {"CampaignId", "ContactId"}:
            return error("INVALID_FIELD_FOR_INSERT_UPDATE")
        campaign, contact = about["CampaignId"], about["ContactId"]
        if campaign not in self.state["campaigns"] or contact not in self.state["contacts"]:
            return error("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if self.state["contacts"][contact].get(ID_FIELD) in self.locked:
            return error("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        if (campaign, contact) in self.state["pairs"]:
            return error("DUPLICATE_VALUE", "Already a campaign member.")
        return done(self.join(campaign, ContactId=contact), created=None)

    def _update(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        contact = about.pop("id", "")
        if contact not in self.state["contacts"]:
            return error("ENTITY_IS_DELETED", "entity is deleted")
        return self._write(contact, about) or done(contact, created=None)

    def _upsert(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        identity = str(about.get(ID_FIELD) or "").strip()
        if kind != "Contact" or not identity or "id" in {name.lower() for name in about}:
            return error("MISSING_ARGUMENT", f"{ID_FIELD} not specified")
        about[ID_FIELD] = identity
        known = self.contact_of(identity)
        if not known and identity in self.duplicates:
            return error("DUPLICATES_DETECTED", "Use one of these records?")
        if not known and not about.get("LastName"):
            return error("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]")
        refused = self._refused(about)
        if refused:
            return refused
        contact = known or self.make_contact(LastName=about.get("LastName"))
        return self._write(contact, about) or done(contact, created=not known)

    def _write(self, contact: str, about: Mapping[str, Any]) -> dict[str, Any] | None:
        refused = self._refused(about)
        if refused is None:
            self._set(contact, about)
        return refused

    def _refused(self, about: Mapping[str, Any]) -> dict[str, Any] | None:
        if about.get(ID_FIELD) in self.poison:
            return error("FIELD_CUSTOM_VALIDATION_EXCEPTION", "We do not sell to them.")
        writable = {one["name"] for one in fields("Contact") if one["createable"]}
        for name, value in about.items():
            if name not in writable:
                return error("INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to write: {name}", name)
            if isinstance(value, str) and len(value) > 255:
                return error("STRING_TOO_LONG", f"data value too large: {value}", name)
        if about.get("Email") and "@" not in about["Email"]:
            return error("INVALID_EMAIL_ADDRESS", f"invalid address: {about['Email']}", "Email")
        return None

    def _deletion(self, asked: Asked) -> Answer:
        ids = asked.query.get("ids", "").split(",")
        if len(ids) > MOST or asked.query.get("allOrNone") != "false":
            raise Refused(400, "EXCEEDED_MAX_SIZE_REQUEST")
        return Answer(content=[self._delete(one) for one in ids])

    def _delete(self, record: str) -> dict[str, Any]:
        table = PREFIXES.get(record[:3])
        if not self.may_write:
            return error("INVALID_TYPE_FOR_OPERATION", "entity type cannot be deleted")
        if table is None or record not in self.state[table]:
            return error("ENTITY_IS_DELETED", "entity is deleted")
        if table == "members":
            self.leave(record)
        elif self.state[table][record].get(ID_FIELD) in self.undeletable:
            return error("DELETE_FAILED", "The contact is associated with cases.")
        else:
            self.drop(record)
        return done(record, created=None)

    def drop(self, record: str) -> None:
        """Delete a contact or a campaign, and its memberships with it."""
        for member, about in list(self.state["members"].items()):
            if record in about.values():
                self.leave(member)
        gone = self.state[PREFIXES[record[:3]]].pop(record)
        self.state["by_identity"].pop(gone.get(ID_FIELD), None)

    # -- queries ---------------------------------------------------------------------------------

    def _query(self, asked: Asked) -> Answer:
        following = asked.path.removeprefix(f"{API}/query/")
        if following:
            return self._next_page(following)
        try:
            query = parse(asked.query["q"])
        except (KeyError, ValueError) as fault:
            raise Refused(400, "MALFORMED_QUERY", str(fault)) from fault
        self._check_query(query)
        rows = [row for row in self._rows(query.table) if query.picks(row)]
        if query.is_count:
            return Answer(content={"totalSize": len(rows), "done": True, "records": []})
        shown = [query.shown(row) for row in query.ordered(rows)]
        cursor = f"01g{asked.number:012}AAA"
        self.state["cursors"][cursor] = shown
        return self._paged(cursor, 0)

    def _next_page(self, following: str) -> Answer:
        cursor, _, start = following.partition("-")
        if cursor not in self.state["cursors"] or self.forgets_cursors:
            raise Refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._paged(cursor, int(start))

    def _paged(self, cursor: str, start: int) -> Answer:
        rows = self.state["cursors"][cursor]
        end = start + self.page
        total = len(rows) + self.rows_lost
        said = {"totalSize": total, "done": end >= len(rows), "records": rows[start:end]}
        if end < len(rows):
            said["nextRecordsUrl"] = f"{API}/query/{cursor}-{end}"
        return Answer(content=said)

    def _check_query(self, query: Query) -> None:
        known = {
            "Contact": {one["name"] for one in fields("Contact")},
            "Campaign": {"Id", "Name", "CreatedDate"},
            "CampaignMember": {
                "Id",
                "CampaignId",
                "ContactId",
                *(f"Contact.{one['name']}" for one in fields("Contact")),
            },
            "UserRecordAccess": {"RecordId", "UserId", "HasEditAccess"},
        }
        if query.table not in known:
            raise Refused(400, "INVALID_TYPE", f"sObject type '{query.table}' is not supported.")
        for name in query.names() - known[query.table]:
            raise Refused(400, "INVALID_FIELD", f"No such column '{name}'")

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        if table == "UserRecordAccess":
            for campaign, about in self.state["campaigns"].items():
                access = {"RecordId": campaign, "UserId": USER}
                yield {**access, "HasEditAccess": about["editable"] and self.may_write}
        elif table == "CampaignMember":
            for member in self.state["members"].values():
                contact = self.state["contacts"].get(member.get("ContactId"))
                yield {**member, "Contact": contact}
        else:
            yield from self.state[TABLES[table]].values()
