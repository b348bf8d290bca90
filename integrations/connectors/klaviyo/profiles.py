"""Finds the profiles of our customers by their external id, makes those that are missing, and
writes fields."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.connectors.klaviyo.answers import Job, Profile
from integrations.connectors.klaviyo.client import KlaviyoClient
from integrations.errors import TransientError, redact
from integrations.protocol import Outcome, Record, Rejected, Unknown

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
LEFT = Rejected("The person has unsubscribed at Klaviyo, or is suppressed there.", opted_out=True)
NOT_THERE = Rejected("Klaviyo has no profile with this external id.")
TWICE = Rejected("Klaviyo has several profiles with this external id; merge them there.")
SHARED = Rejected("Two customers have one e-mail address, and Klaviyo keeps one profile for it.")
TAKEN = Rejected("A profile at Klaviyo has this e-mail address, and another external id.")
STRANGER = Rejected(
    "A profile at Klaviyo has this e-mail address, and no external id. Give it one there, or let "
    "the destination adopt such profiles (the option adopt)."
)

Profiles = dict[str, Profile]
Outcomes = dict[str, Outcome]


class ProfileKeeper:
    """`adopt`: profiles with our address and no external id become ours. A job is waited for at
    most `seconds`."""

    def __init__(self, client: KlaviyoClient, *, adopt: bool, seconds: float) -> None:
        self._client = client
        self._adopt = adopt
        self._seconds = seconds

    def find(self, records: Sequence[Record]) -> tuple[Profiles, Outcomes]:
        """The profiles that have the records' identities as external id, by identity; and what came
        of those of whom there are several."""
        found: Profiles = {}
        outcomes: Outcomes = {}
        for one in self._client.profiles("external_id", [record.identity for record in records]):
            if found.setdefault(one.external_id, one).id != one.id:
                outcomes[one.external_id] = TWICE
        return found, outcomes

    def locate(self, records: Sequence[Record]) -> tuple[dict[str, str], Outcomes]:
        """As `find`, with ids instead of profiles, and those we were told of before: searching lags
        behind what was just made. Never the profile of somebody else."""
        found, outcomes = self.find(records)
        told = {one.identity: one.remote_id for one in records if one.identity not in found}
        there = {one.id: one for one in self._client.profiles("id", filter(None, told.values()))}
        ids = {identity: one.id for identity, one in found.items()}
        for identity, profile_id in told.items():
            other = there.get(profile_id)
            if profile_id and (other is None or other.external_id in ("", identity)):
                ids[identity] = profile_id
        return ids, outcomes

    def provide(self, records: Sequence[Record], *, list_id: str) -> tuple[Profiles, Outcomes]:
        """As `find`, with profiles made for those who have none and all fields written. Who is in
        the outcomes has no profile that may be put onto the list."""
        found, outcomes = self.find(records)
        outcomes |= {name: LEFT for name, one in found.items() if one.has_left(list_id)}
        new = [record for record in records if record.identity not in found]
        adopted, refused = self._look_out(new, list_id)
        outcomes |= refused
        due = [
            record
            for record in records
            if record.identity not in outcomes and (record.identity not in found or record.fields)
        ]
        if due:
            known = {**adopted, **found}
            job, failed = self._import(due, known)
            outcomes |= failed
            made = [one for one in new if one.identity not in outcomes]
            found |= self._made(made, job)
            outcomes |= {one.identity: _UNSEEN for one in made if one.identity not in found}
        return found, outcomes

    def write(self, records: Sequence[Record]) -> Outcomes:
        """Write fields of profiles that are there; what came of those it did not work for."""
        found, outcomes = self.find(records) if records else ({}, {})
        outcomes |= {one.identity: NOT_THERE for one in records if one.identity not in found}
        due = [record for record in records if record.identity not in outcomes and record.fields]
        return outcomes | (self._import(due, found)[1] if due else {})

    def _look_out(self, new: Sequence[Record], list_id: str) -> tuple[Profiles, Outcomes]:
        """Among those we know no profile of: whom we may adopt, by identity, and whose address is
        another's. An import would silently give that profile our external id."""
        owners = {_email(one): one.identity for one in reversed(new) if _email(one)}
        # As it is written too: whether a search minds capitals is said nowhere.
        written = [one.contact["email"].strip() for one in new if _email(one)]
        there = {one.email: one for one in self._client.profiles("email", [*owners, *written])}
        adopted: Profiles = {}
        outcomes: Outcomes = {}
        for record in new:
            other = there.get(_email(record))
            if _email(record) and owners[_email(record)] != record.identity:
                outcomes[record.identity] = SHARED
            elif other is not None and (refused := self._why_not(other, list_id)):
                outcomes[record.identity] = refused
            elif other is not None:
                adopted[record.identity] = other
        return adopted, outcomes

    def _why_not(self, other: Profile, list_id: str) -> Outcome | None:
        if other.external_id:
            return TAKEN
        if not self._adopt:
            return STRANGER
        return LEFT if other.has_left(list_id) else None

    def _import(
        self, records: Sequence[Record], known: Mapping[str, Profile]
    ) -> tuple[Job, Outcomes]:
        """Write all records by one job and wait for it; the outcomes of those that failed."""
        payloads = [payload(record, known.get(record.identity)) for record in records]
        job = self._wait(self._client.import_profiles(payloads))
        failures = [] if job.failed == 0 else self._client.failures(job.id)
        rows = range(len(records))
        placed = {one.place: one.words for one in failures if one.place in rows}
        if len(placed) < max(len(failures), job.failed or 0):
            # Somebody failed, and nobody says who.
            return job, {record.identity: _UNTOLD for record in records}
        return job, {
            record.identity: Rejected(redact(f"Klaviyo refuses: {placed[place].rstrip('.')}."))
            for place, record in enumerate(records)
            if place in placed
        }

    def _wait(self, job: Job) -> Job:
        ends_at, pause = time.monotonic() + self._seconds, FIRST_PAUSE
        while job.status != "complete":
            if job.status == "cancelled":
                raise TransientError("Klaviyo has cancelled the import.", vendor="klaviyo")
            if time.monotonic() + pause > ends_at:
                raise TransientError(
                    f"Klaviyo's import was not over within {self._seconds:g} s.", vendor="klaviyo"
                )
            time.sleep(pause)
            job, pause = self._client.job(job.id), min(pause * 2, LONGEST_PAUSE)
        return job

    def _made(self, records: Sequence[Record], job: Job) -> Profiles:
        """The profiles that the job made of these."""
        if not records:
            return {}
        found, _ = self.find(records)
        if len(found) < len(records):
            # Searching lags behind; the job itself knows.
            wanted = {record.identity for record in records}
            done = self._client.imported(job.id)
            found |= {one.external_id: one for one in done if one.external_id in wanted}
        return found

    def forget(self, ids: Iterable[str]) -> set[str]:
        """Have profiles deleted and wait for it; the ids of those that are still there."""
        left = {one.id for one in self._client.profiles("id", ids)}
        for profile_id in sorted(left):
            self._client.request_deletion(profile_id)
        ends_at, pause = time.monotonic() + self._seconds, FIRST_PAUSE
        while left:
            left = {one.id for one in self._client.profiles("id", left)}
            if not left or time.monotonic() + pause > ends_at:
                break
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        return left


_UNSEEN = Unknown("Klaviyo has imported the profile, and does not show it yet")
_UNTOLD = Unknown("Klaviyo's import failed for some, and does not say for whom")


def payload(record: Record, profile: Profile | None) -> dict[str, Any]:
    """What an import is told of one record. Of who is there already only fields are written, and
    the external id of who is adopted."""
    about: dict[str, Any] = {}
    if profile is None or not profile.external_id:
        about["external_id"] = record.identity
    if profile is None:
        about |= {name: text for name, text in record.contact.items() if text}
    if record.fields:
        about["properties"] = dict(record.fields)
    named = {} if profile is None else {"id": profile.id}
    return {"type": "profile", **named, "attributes": about}


def _email(record: Record) -> str:
    return record.contact.get("email", "").strip().lower()
