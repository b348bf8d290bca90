"""What Customer.io's answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.http import Reply

# People without an id of ours are known by Customer.io's own id behind this, as its API has it.
NAMELESS = "cio_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment; only a manual one can be written to."""

    id: str
    name: str
    is_manual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as far as we look at them; `id` is blank where nobody gave one."""

    id: str
    email: str
    is_unsubscribed: bool = False


def read(reply: Reply, *keys: str) -> dict[str, Any]:
    """What a yes holds. PermanentError for a refusal, TransientError for anything else."""
    if reply.status >= 400:
        raise reply.refused(f"Customer.io refuses: {_reason(reply)}.")
    said = reply.json() if reply.status == 200 else None
    if not isinstance(said, dict) or any(key not in said for key in keys):
        raise reply.senseless("Customer.io's answer makes no sense.")
    return said


def accepted(reply: Reply) -> None:
    """A yes of the Track API: an object without errors in it."""
    if read(reply).get("errors"):
        raise reply.senseless("Customer.io says yes and names errors.")


def failures(reply: Reply, count: int) -> Mapping[int, str]:
    """Which of `count` people of one request were refused, {place: why}. PermanentError where the
    request was refused as a whole."""
    if reply.status != 207:
        accepted(reply)
        return {}
    said = reply.json()
    try:
        found = {_place(one["batch_index"]): _why(one) for one in said["errors"]}
    except (AttributeError, KeyError, TypeError) as fault:
        raise reply.senseless("Customer.io's list of errors makes no sense.") from fault
    if not found or not set(found) <= set(range(count)):
        raise reply.senseless("Customer.io names errors of people who were not sent.")
    return found


def _place(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _why(error: Mapping[str, Any]) -> str:
    words = (error.get("field"), error.get("message") or error.get("reason"))
    return ": ".join(str(word).rstrip(".") for word in words if word) or "it does not say why"


def segment(said: Any, reply: Reply) -> Segment:
    """One segment of an answer."""
    try:
        number = _place(said["id"])
        return Segment(id=str(number), name=str(said["name"]), is_manual=said["type"] == "manual")
    except (KeyError, TypeError) as fault:
        raise reply.senseless("Customer.io's segment makes no sense.") from fault


def people(reply: Reply) -> Mapping[str, Person]:
    """The people of an answer with their attributes, {id: person}."""
    found = read(reply, "customers")["customers"]
    try:
        return {one.id: one for one in map(_person, found)}
    except (AttributeError, KeyError, TypeError) as fault:
        raise reply.senseless("Customer.io's list of people makes no sense.") from fault


def _person(said: Mapping[str, Any]) -> Person:
    about = said["customer"]
    attributes = about["attributes"]
    words = (about.get("unsubscribed"), attributes.get("unsubscribed"))
    return Person(
        id=str(about["id"]),
        email=str(attributes.get("email", "")),
        is_unsubscribed=any(str(word).lower() == "true" for word in words),
    )


def page(reply: Reply) -> tuple[Sequence[Person], str]:
    """Those of one page, named by our id or by Customer.io's, and where the next page begins."""
    said = read(reply, "identifiers", "next")
    try:
        found = [
            Person(
                id=str(one.get("id") or f"{NAMELESS}{one['cio_id']}"),
                email=str(one.get("email") or ""),
            )
            for one in said["identifiers"]
        ]
    except (AttributeError, KeyError, TypeError) as fault:
        raise reply.senseless("Customer.io's list of members makes no sense.") from fault
    return found, str(said["next"] or "")


def _reason(reply: Reply) -> str:
    """The reason in an error of the Track API or the App API, which have them in several forms."""
    said = reply.json()
    try:
        meta = said.get("meta") or {}
        errors = said.get("errors") or meta.get("errors") or [meta["error"]]
        first = errors[0]
        return (_why(first) if isinstance(first, dict) else str(first)).rstrip(".")
    except (AttributeError, IndexError, KeyError, TypeError):
        return f"it answered {reply.status}"
