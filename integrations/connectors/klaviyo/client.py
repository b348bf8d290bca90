"""The part of Klaviyo's API that lists and profiles need.

https://developers.klaviyo.com/en/reference/api_overview
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from integrations.connectors.klaviyo import answers
from integrations.connectors.klaviyo.answers import Failure, Job, Profile
from integrations.connectors.klaviyo.config import Config
from integrations.errors import AudienceGone
from integrations.http import Credentials, Reply, Transport, Wire

# The edition of the API that all of this was read in.
REVISION = "2026-10-15"
MEDIA = "application/vnd.api+json"
# The most that one page holds, and so the most that are asked after by name at once.
PAGE = 100
# And of lists.
LISTS = 10
# What we look at of a profile. Subscriptions are only told on request.
SEEN = {
    "fields[profile]": "email,external_id,subscriptions",
    "additional-fields[profile]": "subscriptions",
    "page[size]": PAGE,
}
# No list has this id: what is asked of it changes nothing.
NO_LIST = "check"


class KlaviyoClient:
    """Calls Klaviyo. Raises what `Transport` raises, PermanentError for refusals and AudienceGone
    for lists that are not there."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._http = _transport(config, wire)
        # Klaviyo keeps several lists of one name: what makes one is never asked twice.
        self._once = _transport(config, replace(wire, attempts=1))

    def check_rights(self) -> None:
        """AuthError unless the key may read and write lists and profiles. Nothing is written: what
        is asked is to add nobody to a list that is not there."""
        answers.expect(self._get("/api/lists", {"page[size]": 1}), 200)
        answers.expect(self._get("/api/profiles", {"page[size]": 1}), 200)
        path = f"/api/lists/{NO_LIST}/relationships/profiles"
        self._send("POST", path, [])

    def lists_called(self, name: str) -> list[str]:
        """The ids of the lists of that name."""
        params = {"filter": f"equals(name,{_quoted(name)})", "fields[list]": "name"}
        rows = [row for _, row in self._pages("/api/lists", params)]
        return [row["id"] for row in rows if row["attributes"].get("name") == name]

    def find_list(self, list_id: str) -> str:
        """The name of a list."""
        reply = self._get(_list(list_id), {"fields[list]": "name"})
        if reply.status == 404:
            raise _gone(list_id, reply)
        row = answers.resource(reply, answers.expect(reply, 200))
        return str(row["attributes"].get("name", ""))

    def make_list(self, name: str) -> str:
        """Make a list; its id."""
        body = {"data": {"type": "list", "attributes": {"name": name}}}
        reply = self._once.request("POST", "/api/lists", body=body, headers=_typed())
        return str(answers.resource(reply, answers.expect(reply, 201))["id"])

    def profiles(self, by: str, values: Iterable[str]) -> list[Profile]:
        """The profiles that have one of these in the field `by`: "id", "external_id" or "email"."""
        asked, found = list(dict.fromkeys(values)), []
        for start in range(0, len(asked), PAGE):
            wanted = ",".join(map(_quoted, asked[start : start + PAGE]))
            params = {"filter": f"any({by},[{wanted}])", **SEEN}
            for reply, row in self._pages("/api/profiles", params):
                found.append(answers.profile(reply, row))
        return found

    def import_profiles(self, profiles: Sequence[Mapping[str, Any]]) -> Job:
        """Have profiles made or written to; a job does it later."""
        data = {
            "type": "profile-bulk-import-job",
            "attributes": {"profiles": {"data": list(profiles)}},
        }
        reply = self._send("POST", "/api/profile-bulk-import-jobs", data)
        return answers.job(reply, answers.expect(reply, 202))

    def job(self, job_id: str) -> Job:
        """An import as it stands. TransientError when it is not known (any more)."""
        reply = self._get(_job(job_id), {})
        if reply.status == 404:
            raise reply.senseless("Klaviyo does not know the import any more.")
        return answers.job(reply, answers.expect(reply, 200))

    def failures(self, job_id: str) -> list[Failure]:
        """The rows that an import did not take."""
        pages = self._pages(f"{_job(job_id)}/import-errors", {"page[size]": PAGE})
        return [answers.failure(row) for _, row in pages]

    def imported(self, job_id: str) -> list[Profile]:
        """The profiles that an import made or wrote to."""
        pages = self._pages(f"{_job(job_id)}/profiles", SEEN)
        return [answers.profile(reply, row) for reply, row in pages]

    def change_list(self, method: str, list_id: str, profile_ids: Iterable[str]) -> bool:
        """Put profiles onto a list (POST) or take them off (DELETE); False when Klaviyo says that
        one of them is not there, and did nothing."""
        data = [{"type": "profile", "id": one} for one in profile_ids]
        reply = self._send(method, f"{_list(list_id)}/relationships/profiles", data)
        if reply.status == 404:
            # It is the list that is not there, or a profile.
            self.find_list(list_id)
            return False
        answers.expect(reply, 204)
        return True

    def members(self, list_id: str) -> Iterator[Profile]:
        """Everybody on a list."""
        path = f"{_list(list_id)}/profiles"
        for reply, row in self._pages(path, SEEN, list_id=list_id):
            yield answers.profile(reply, row)

    def request_deletion(self, profile_id: str) -> None:
        """Have a profile and all that is known of it deleted; Klaviyo does it later."""
        # Blank, and still asked for: the other names that a profile could be given by.
        profile = {"data": {"type": "profile", "id": profile_id, "attributes": {}}}
        data = {"type": "data-privacy-deletion-job", "attributes": {"profile": profile}}
        reply = self._send("POST", "/api/data-privacy-deletion-jobs", data)
        if reply.status != 202:
            raise (
                answers.refusal(reply)
                if reply.status >= 400
                else reply.senseless("Klaviyo did not say that the profile will be deleted.")
            )

    def _pages(
        self, path: str, params: Mapping[str, Any], *, list_id: str = ""
    ) -> Iterator[tuple[Reply, dict[str, Any]]]:
        cursor, seen = "", set[str]()
        while True:
            more = {"page[cursor]": cursor} if cursor else {}
            reply = self._get(path, {**params, **more})
            if reply.status == 404 and list_id:
                raise _gone(list_id, reply)
            said = answers.expect(reply, 200)
            rows = answers.resources(reply, said)
            yield from ((reply, row) for row in rows)
            is_full = len(rows) >= params.get("page[size]", LISTS)
            cursor = answers.next_page(reply, said, is_full=is_full)
            if not cursor:
                return
            if cursor in seen:
                raise reply.senseless("Klaviyo's pages go round in a circle.")
            seen.add(cursor)

    def _get(self, path: str, params: Mapping[str, Any]) -> Reply:
        return self._http.request("GET", path, params=params)

    def _send(self, method: str, path: str, data: Any) -> Reply:
        return self._http.request(method, path, body={"data": data}, headers=_typed())


def _transport(config: Config, wire: Wire) -> Transport:
    return Transport(
        vendor="klaviyo",
        base_url=config.url,
        wire=wire,
        credentials=Credentials(
            header=("Authorization", f"Klaviyo-API-Key {config.key}"), secrets=(config.key,)
        ),
        headers={"revision": REVISION, "Accept": MEDIA},
        judge=answers.judge,
        request_seconds=min(30.0, config.timeout),
        total_seconds=config.timeout,
    )


def _typed() -> dict[str, str]:
    return {"Content-Type": MEDIA}


def _quoted(text: str) -> str:
    # Texts in filters are written as in JSON.
    return json.dumps(text, ensure_ascii=False)


def _list(list_id: str) -> str:
    return f"/api/lists/{quote(list_id, safe='')}"


def _job(job_id: str) -> str:
    return f"/api/profile-bulk-import-jobs/{quote(job_id, safe='')}"


def _gone(list_id: str, reply: Reply) -> AudienceGone:
    return AudienceGone(
        f"The list {list_id} is no longer at Klaviyo, though we made or found it. Nothing more is "
        "sent. If it was deleted by mistake, have it made again with --recreate.",
        **reply.story(),
    )
