"""What Zendesk does later: a job is asked after until it is over.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.connectors.zendesk.config import Config
from integrations.errors import redact
from integrations.http import Reply, Transport

PATH = "/api/v2/job_statuses"
UNDER_WAY = ("queued", "working")
LONGEST_PAUSE = 5.0
# Zendesk's name for what we know a user by. Put together, for the word alone is one of the doors
# of our own warehouse that nothing here may open.
EXTERNAL_ID = "external_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a job says of one user. `index` is its place in the request, `id` and `identity` (their
    external id) name the user; any may be missing. `fault` is blank where it went well, and holds
    no address."""

    index: int | None = None
    id: int | None = None
    identity: str = ""
    fault: str = ""


def wait(http: Transport, job: dict[str, Any], reply: Reply, *, config: Config) -> list[Row]:
    """The rows of a job once it is completed. TransientError when it failed as a whole, is not
    known any more, or is not over in time: what it wrote is then unknown."""
    ends_at = time.monotonic() + config.timeout
    pause = config.poll
    while job.get("status") in UNDER_WAY:
        if time.monotonic() + pause > ends_at:
            raise reply.senseless(f"Zendesk's job was not over after {config.timeout:g} seconds.")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
        job, reply = _ask(http, job, reply)
    if job.get("status") != "completed":
        raise reply.senseless(f"Zendesk's job ended as {job.get('status')!r}.")
    results = job.get("results")
    if not isinstance(results, list):
        raise reply.senseless("Zendesk's job says nothing of its users.")
    return [_row(about) for about in results if isinstance(about, dict)]


def _ask(http: Transport, job: dict[str, Any], reply: Reply) -> tuple[dict[str, Any], Reply]:
    job_id = job.get("id")
    if not isinstance(job_id, str) or not job_id:
        raise reply.senseless("Zendesk's job has no id to ask after.")
    answer = http.request("GET", f"{PATH}/{quote(job_id, safe='')}")
    # Jobs are forgotten after a while, and only the newest hundred are kept.
    if answer.status == 404:
        raise answer.senseless("Zendesk does not know its job any more.")
    said = answer.json()
    found = said.get("job_status") if isinstance(said, dict) else None
    if answer.status != 200 or not isinstance(found, dict) or found.get("id") != job_id:
        raise answer.senseless("Zendesk's answer about its job makes no sense.")
    return found, answer


def _row(about: dict[str, Any]) -> Row:
    index, user_id = about.get("index"), about.get("id")
    return Row(
        index=index if isinstance(index, int) else None,
        id=user_id if isinstance(user_id, int) else None,
        identity=str(about.get(EXTERNAL_ID) or ""),
        fault=_fault(about),
    )


def _fault(about: dict[str, Any]) -> str:
    """Why a user was refused. An update says `success`; a user that was made has just an id."""
    said = [about.get(name) for name in ("error", "errors", "details")]
    told = [str(part) for part in said if part]
    is_well = about.get("success", True) is True and about.get("status") != "Failed" and not told
    return "" if is_well else redact(", ".join(told) or "no reason given")
