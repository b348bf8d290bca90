"""What Mailchimp answers, read strictly: whatever is not as documented is no answer at all.

https://mailchimp.com/developer/marketing/api/lists/ and …/list-segments/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from integrations.errors import ConfigError, IntegrationError, PermanentError
from integrations.http import Reply, asked_to_wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment of an audience. Those of kind "static" are tags, and can be written to; those of
    kind "saved" and "fuzzy" are conditions."""

    id: str
    name: str
    kind: str


class Member(NamedTuple):
    """A contact of an audience: its address in small letters, its `status`, and its `tags` as the
    answer has them. Answers are full of them, and few are looked at twice."""

    address: str
    status: str
    tags: Sequence[Any]

    def is_in(self, segment_id: str) -> bool:
        """Whether it is in that static segment, as far as the answer told."""
        return any(isinstance(tag, dict) and str(tag.get("id")) == segment_id for tag in self.tags)


def judge(reply: Reply) -> IntegrationError | None:
    """Too many connections come as 429, or as a 403 that is no problem document at all."""
    if reply.status != 403 or _problem(reply):
        return None
    return asked_to_wait(reply)


def small(address: str) -> str:
    """An address as Mailchimp compares it."""
    return address.strip().lower()


def expect(reply: Reply, *keys: str) -> dict[str, Any]:
    """The answer as an object with these keys. PermanentError for refusals."""
    if reply.status >= 400:
        raise refusal(reply)
    said = reply.json() if reply.status == 200 else None
    if not isinstance(said, dict) or any(key not in said for key in keys):
        raise reply.senseless("Mailchimp's answer makes no sense.")
    return said


def refusal(reply: Reply) -> PermanentError:
    """A refusal in Mailchimp's own words."""
    said = _problem(reply)
    places = [
        f"{fault.get('field', '')}: {fault.get('message', '')}"
        for fault in said.get("errors") or ()
        if isinstance(fault, dict)
    ]
    words = " ".join([str(said.get("detail") or said.get("title") or reply.status), *places[:1]])
    return reply.refused(f"Mailchimp refuses: {words.rstrip('.')}.")


def rows(reply: Reply, said: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The list of objects under `key`."""
    found = said.get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise reply.senseless(f"Mailchimp's {key} make no sense.")
    return found


def count(reply: Reply, said: Mapping[str, Any], key: str) -> int:
    """The number under `key`."""
    found = said.get(key)
    if not isinstance(found, int):
        raise reply.senseless(f"Mailchimp's {key} makes no sense.")
    return found


def segment(reply: Reply, row: Mapping[str, Any]) -> Segment:
    """One segment."""
    number, name, kind = row.get("id"), row.get("name"), row.get("type")
    if not isinstance(number, int) or not isinstance(name, str) or not isinstance(kind, str):
        raise reply.senseless("Mailchimp's segment makes no sense.")
    return Segment(id=str(number), name=name, kind=kind)


def member(reply: Reply, row: Mapping[str, Any]) -> Member:
    """One contact; without `tags` it is in no segment that we know of."""
    address, status, tags = row.get("email_address"), row.get("status"), row.get("tags", [])
    if not isinstance(address, str) or not isinstance(status, str) or not isinstance(tags, list):
        raise reply.senseless("Mailchimp's contact makes no sense.")
    return Member(small(address), status, tags)


def no_such_list(list_id: str, reply: Reply) -> ConfigError:
    """The audience that the destination names is not there."""
    return ConfigError(
        f"Mailchimp has no audience {list_id}. Its id stands in Audience, Settings, Audience ID.",
        **reply.story(),
    )


def _problem(reply: Reply) -> dict[str, Any]:
    try:
        said = reply.json()
    except IntegrationError:
        return {}
    return said if isinstance(said, dict) else {}
