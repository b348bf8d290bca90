"""Persons of Pipedrive: read in the bulk, written one by one.

https://developers.pipedrive.com/docs/api/v1/Persons
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.connectors.pipedrive.client import PipedriveClient, data_of, refusal
from integrations.http import Reply

PERSONS = "/api/v2/persons"
MOST_IDS = 100
OPTED_OUT = "unsubscribed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as Pipedrive told it just now. `key` is our customer id, blank for others'.
    `opted_out` is only known where the company has the Campaigns product."""

    person_id: str
    key: str
    labels: tuple[int, ...]
    updated_at: datetime
    emails: tuple[str, ...] = ()
    opted_out: bool = False


class Persons:
    """Calls about persons. `key_field` is the key of the field that keeps our id. Raises what
    `PipedriveClient` raises."""

    def __init__(self, client: PipedriveClient, key_field: str, *, campaigns: bool) -> None:
        self._client = client
        self._key_field = key_field
        self._params = {"custom_fields": key_field}
        if campaigns:
            self._params["include_fields"] = "marketing_status"

    def read(self, ids: Iterable[str]) -> dict[str, Person]:
        """These persons by id; Pipedrive leaves out who was deleted or merged."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Person] = {}
        for start in range(0, len(wanted), MOST_IDS):
            some = ",".join(wanted[start : start + MOST_IDS])
            for person in self._all({"ids": some, "limit": MOST_IDS}):
                found[person.person_id] = person
        return {one: found[one] for one in wanted if one in found}

    def all(self) -> Iterator[Person]:
        """Every person of the company, to the end or TransientError."""
        return self._all({})

    def updated_since(self, moment: datetime) -> Iterator[Person]:
        """Every person that was changed at that moment of Pipedrive's clock or later."""
        return self._all({"updated_since": moment.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def _all(self, params: Mapping[str, Any]) -> Iterator[Person]:
        for page, reply in self._client.pages(PERSONS, {**self._params, **params}):
            yield from (self._person(one, reply) for one in page)

    def make(
        self, body: Mapping[str, Any], *, label: int, fields: Mapping[str, str], key: str
    ) -> Person:
        """Make a person with a label, fields and our id."""
        asked = {**body, "label_ids": [label], **self._custom({**fields, self._key_field: key})}
        reply = self._client.call("POST", PERSONS, body=asked)
        made = self._person(data_of(reply, dict), reply)
        if made.key != key or label not in made.labels:
            raise reply.senseless("Pipedrive did not say that the person was made as asked.")
        return made

    def write(
        self,
        person_id: str,
        *,
        labels: Sequence[int] | None = None,
        fields: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Person:
        """Set all labels of a person, or fields, or our id; what is not given stays."""
        body = {} if labels is None else {"label_ids": list(labels)}
        own = {self._key_field: key} if key else {}
        path = f"{PERSONS}/{person_id}"
        asked = {**body, **self._custom({**(fields or {}), **own})}
        reply = self._client.call("PATCH", path, body=asked)
        if reply.status in (404, 410):
            raise reply.senseless("The person was deleted at Pipedrive while we wrote to them.")
        said = self._person(data_of(reply, dict), reply)
        wrong = labels is not None and set(said.labels) != set(labels)
        if said.person_id != person_id or wrong or (key and said.key != key):
            raise reply.senseless("Pipedrive did not say that the person was written as asked.")
        return said

    def delete(self, person_id: str) -> None:
        """Delete a person; Pipedrive forgets them for good after 30 days. Gone already is fine."""
        reply = self._client.call("DELETE", f"{PERSONS}/{person_id}")
        if reply.status in (404, 410):
            return
        if 400 <= reply.status < 500:
            raise refusal(reply)
        if str(data_of(reply, dict).get("id")) != person_id:
            raise reply.senseless("Pipedrive did not say that the person was deleted.")

    def _custom(self, fields: Mapping[str, str]) -> dict[str, Any]:
        # A field is emptied with null.
        written = {key: text or None for key, text in fields.items()}
        return {"custom_fields": written} if written else {}

    def _person(self, said: Any, reply: Reply) -> Person:
        try:
            fields = said.get("custom_fields") or {}
            return Person(
                person_id=str(int(said["id"])),
                key=str(fields.get(self._key_field) or ""),
                labels=tuple(int(one) for one in said.get("label_ids") or ()),
                updated_at=datetime.fromisoformat(said["update_time"]).astimezone(UTC),
                emails=tuple(str(one["value"]).lower() for one in said.get("emails") or ()),
                opted_out=said.get("marketing_status") == OPTED_OUT,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise reply.senseless("Pipedrive's answer about a person makes no sense.") from fault
