"""The examples of the page about the API, on the reader's own host. A test runs them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Texts to copy. `api` is the address that all others begin with."""

    api: str

    @property
    def first_call(self) -> str:
        """Who am I?"""
        return f'curl -H "Authorization: Bearer $KEY" {self.api}me/'

    @property
    def filtered(self) -> str:
        """Which segments do I want?"""
        return (
            f'curl -H "Authorization: Bearer $KEY" \\\n'
            f'  "{self.api}segments/?team=growth&status=live&size__gte=100&ordering=-size"'
        )

    @property
    def editing(self) -> str:
        """Draft, then publish; `$ETAG` is the header of the answer before."""
        return (
            f"curl -i -X POST {self.api}segments/trial-ending/versions/ \\\n"
            '  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\\n'
            '  -H "If-Match: $ETAG" -H "Idempotency-Key: $(uuidgen)" \\\n'
            '  -d \'{"definition": {"trait": "plan_status", "is": "trialing"}}\'\n'
            "\n"
            f"curl -i -X POST {self.api}segments/trial-ending/versions/8/publish/ \\\n"
            '  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\\n'
            '  -H "If-Match: $ETAG" -H "Idempotency-Key: $(uuidgen)" \\\n'
            '  -d \'{"message": "Everybody on trial, whatever they did"}\''
        )

    @property
    def pulling(self) -> str:
        """A copy that is never wrong, in Python and nothing else."""
        return PULLING.replace("API_ADDRESS", self.api)


PULLING = '''\
import hashlib, json, os
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

API = "API_ADDRESS"


def get(address):
    key = os.environ["SEGMENT_CATALOGUE_KEY"]
    with urlopen(Request(address, headers={"Authorization": f"Bearer {key}"})) as answer:
        return json.load(answer)


def pull(segment):
    """All members, and where to go on from."""
    page = get(f"{API}segments/{segment}/members/?page_size=1000")
    ids, cursor = {member["id"] for member in page["results"]}, page["changes_cursor"]
    while page["next"]:
        page = get(page["next"])
        ids |= {member["id"] for member in page["results"]}
    return ids, cursor


def follow(segment, ids, cursor):
    """The copy as it is now, and where to go on from next time."""
    while True:
        try:
            page = get(f"{API}segments/{segment}/members/changes/?cursor={quote(cursor)}")
        except HTTPError as error:
            if error.code != 410:
                raise
            return pull(segment)
        for change in page["results"]:
            if change["op"] == "entered":
                ids.add(change["id"])
            elif change["op"] == "left":
                ids.discard(change["id"])
        cursor = page["next_cursor"]
        if not page["has_more"]:
            assert (page["count"], page["checksum"]) == (len(ids), checksum(ids))
            return ids, cursor


def checksum(ids):
    shares = (hashlib.sha256(one.encode()).digest()[:8] for one in ids)
    return f"{sum(int.from_bytes(share, 'big') for share in shares) % 2**64:016x}"
'''
