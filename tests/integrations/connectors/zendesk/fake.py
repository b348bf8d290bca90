"""A Zendesk account that keeps users, tags and jobs as the Support API documents them.

What hurts is kept: an update replaces all tags, jobs are queued and may fail, be forgotten or pass
over somebody without a word, unknown ids in look-ups and unknown user fields are ignored silently,
external ids are compared without regard to case, the search is behind, e-mail addresses are taken
once, and no more than so many jobs may be under way.
"""

from __future__ import annotations

import base64
import copy
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

API = "/api/v2"
USER, TOKEN = "agent@shop.example", "token-that-nobody-may-read"
Json = dict[str, Any]
# A job is over after so long, whoever asks.
JOB_SECONDS = 5.0

FIELDS = [
    {"id": 1, "key": "why_here", "type": "textarea", "active": True, "system": False},
    {"id": 2, "key": "segment", "type": "text", "active": True, "system": False},
    {"id": 3, "key": "segment_key", "type": "text", "active": True, "system": False},
    {"id": 4, "key": "what_to_say", "type": "textarea", "active": True, "system": False},
    {"id": 5, "key": "since", "type": "text", "active": True, "system": False},
    {"id": 6, "key": "goal", "type": "text", "active": True, "system": False},
    {"id": 7, "key": "old", "type": "text", "active": False, "system": False},
    {"id": 8, "key": "is_vip", "type": "checkbox", "active": True, "tag": "vip"},
    {"id": 9, "key": "entered_on", "type": "date", "active": True, "system": False},
]


class FakeZendesk(FakeVendor):
    """One account. `page` is the most users that a page of an export holds, `polls` how often a job
    is asked after before it is over, `job_end` what it ends as ("completed", "failed", "killed", or
    "forgotten"), `passed_over` external ids that jobs pass over silently, `too_often` those that
    were changed too often; while `search_is_behind`, the search finds what it found before."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Json = {"users": {}, "deleted": {}, "jobs": {}, "next": 1_000, "index": {}}
        self.fields: list[Json] = copy.deepcopy(FIELDS)
        self.me: Json = {"id": 1, "role": "admin", "custom_role_id": None}
        self.token, self.tagging, self.may_import, self.may_write = TOKEN, True, True, True
        self.page, self.polls, self.job_end, self.most_jobs = 100, 0, "completed", 30
        self.passed_over: set[str] = set()
        self.too_often: set[str] = set()
        self.search_is_behind = False
        self._named: dict[tuple[str, str], Json] | None = None
        self._begun: dict[str, float] = {}

    # -- what it holds ---------------------------------------------------------------------------

    def user(self, identity: str) -> Json | None:
        """The user of that external id, in whatever case."""
        found = self._whose("external_id", identity)
        return dict(found) if found else None

    def _whose(self, name: str, text: str) -> Json | None:
        """The user with that external id or address, in whatever case."""
        known = self._named if self._named is not None else self._all_named()
        return known.get((name, text.lower()))

    def _all_named(self) -> dict[tuple[str, str], Json]:
        """Users by what has to be theirs alone; the oldest of those who share one all the same."""
        users = list(self.state["users"].values())
        return {
            (name, str(user[name] or "").lower()): user
            for user in reversed(users)
            for name in ("external_id", "email")
        }

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """While a request is answered, users are looked up in one index of them all."""
        self._named = self._all_named()
        try:
            yield
        finally:
            self._named = None

    def members(self, audience: str) -> set[str]:
        users = self.state["users"].values()
        return {self.named(user) for user in users if audience in user["tags"]}

    def named(self, user: Json) -> str:
        return str(user["external_id"] or "").lower() or f"zendesk user {user['id']}"

    def make(self, **about: Any) -> int:
        """A user made by whoever may; returns the id."""
        number = self.state["next"] = self.state["next"] + 1
        self.state["users"][number] = {
            "id": number,
            "external_id": None,
            "name": "Somebody",
            "email": None,
            "active": True,
            "suspended": False,
            "user_fields": {},
            **about,
            "tags": [],
        }
        if self._named is not None:
            user = self.state["users"][number]
            for name in ("external_id", "email"):
                self._named.setdefault((name, str(user[name] or "").lower()), user)
        self.set_tags(number, about.get("tags", []))
        return number

    def set_tags(self, user_id: int, tags: list[str]) -> None:
        """All tags of a user: small letters, each once."""
        user = self.state["users"][user_id]
        before, after = set(user["tags"]), {str(tag).lower().replace(" ", "_") for tag in tags}
        user["tags"] = sorted(after)
        for tag in before ^ after:
            self.changed(tag, self.named(user), is_added=tag in after)

    def reindex(self) -> None:
        """The search learns of everything."""
        self.state["index"] = copy.deepcopy(self.state["users"])

    # -- what it answers -------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        if not self._is_known(asked):
            return refused(401, "Couldn't authenticate you")
        if asked.method in ("POST", "PUT") and "json" not in asked.headers.get("content-type", ""):
            return refused(415, "UnsupportedMediaType")
        if self.is_write(asked) and not self.may_write:
            return refused(403, "Forbidden")
        for method, path, respond in self._routes():
            if asked.method == method and asked.path == f"{API}/{path}":
                return respond(asked)
        return self._about_one(asked)

    def _routes(self) -> tuple[tuple[str, str, Callable[[Asked], Answer]], ...]:
        return (
            ("GET", "users/me", lambda asked: Answer(content={"user": self.me})),
            ("GET", "account/settings", self._settings),
            ("GET", "user_fields", self._user_fields),
            ("GET", "users/show_many", self._show_many),
            ("GET", "users", self._list_users),
            ("GET", "users/search", self._search_users),
            ("GET", "search/count", self._search_count),
            ("GET", "search/export", self._search_export),
            ("POST", "users/create_many", self._create_many),
            ("POST", "users/create_or_update_many", self._create_or_update_many),
            ("PUT", "users/update_many", self._update_many),
        )

    def _about_one(self, asked: Asked) -> Answer:
        kind, _, name = asked.path.removeprefix(f"{API}/").partition("/")
        if asked.method == "GET" and kind == "job_statuses":
            return self._job_status(name)
        if asked.method == "DELETE" and kind == "users" and name.isdigit():
            return self._delete(int(name))
        if asked.method == "DELETE" and kind == "deleted_users" and name.isdigit():
            gone = self.state["deleted"].pop(int(name), None)
            return Answer(content={"deleted_user": {"id": int(name)}}) if gone else not_found()
        return not_found()

    def _is_known(self, asked: Asked) -> bool:
        basic = base64.b64encode(f"{USER}/token:{self.token}".encode()).decode()
        return asked.headers.get("authorization") in (f"Basic {basic}", f"Bearer {self.token}")

    def half(self, asked: Asked) -> Asked | None:
        users = (asked.json() or {}).get("users", [])
        if len(users) < 2:
            return None
        body = {"users": users[: len(users) // 2]}
        return replace(asked, body=json.dumps(body).encode())

    # -- reading ---------------------------------------------------------------------------------

    def _settings(self, asked: Asked) -> Answer:
        return Answer(content={"settings": {"user": {"tagging": self.tagging}}})

    def _user_fields(self, asked: Asked) -> Answer:
        return self._paged(asked, "user_fields", self.fields, most=100)

    def _show_many(self, asked: Asked) -> Answer:
        key = "ids" if "ids" in asked.query else "external_ids"
        names = [name for name in asked.query.get(key, "").split(",") if name]
        if not names or len(names) > 100:
            return refused(400, "TooManyValues" if names else "InvalidValue")
        users = self.state["users"]
        with self._naming():
            found = [users.get(int(name)) if key == "ids" else self.user(name) for name in names]
        return Answer(content={"users": [user for user in found if user]})

    def _list_users(self, asked: Asked) -> Answer:
        name = asked.query.get("external_id", "")
        users = [user for user in self.state["users"].values() if not name]
        found = self.user(name) if name else None
        return Answer(content={"users": [*users, *([found] if found else [])]})

    def _search_users(self, asked: Asked) -> Answer:
        email = asked.query.get("query", "").removeprefix("email:").strip('"')
        users = [user for user in self._indexed() if (user["email"] or "") == email.lower()]
        return Answer(content={"users": users, "count": len(users)})

    def _search_count(self, asked: Asked) -> Answer:
        words = dict(word.split(":", 1) for word in asked.query.get("query", "").split())
        if words.get("type") != "user":
            return refused(422, "InvalidQuery")
        found = [user for user in self._indexed() if words.get("tags") in user["tags"]]
        return Answer(content={"count": len(found)})

    def _search_export(self, asked: Asked) -> Answer:
        kind, _, tag = asked.query.get("query", "").partition(":")
        if asked.query.get("filter[type]") != "user" or kind != "tags" or not tag:
            return refused(422, "InvalidQuery")
        found = [user for user in self._indexed() if tag in user["tags"]]
        about = [{**user, "result_type": "user"} for user in found]
        return self._paged(asked, "results", about, most=1_000)

    def _indexed(self) -> list[Json]:
        if not self.search_is_behind:
            self.reindex()
        return list(self.state["index"].values())

    def _paged(self, asked: Asked, name: str, all_of: list[Json], *, most: int) -> Answer:
        size = int(asked.query.get("page[size]", "0"))
        if not 0 < size <= most:
            return refused(400, "InvalidPaginationParameter")
        size = min(size, self.page)
        start = int(asked.query.get("page[after]", "0"))
        has_more = start + size < len(all_of)
        meta = {"has_more": has_more, "after_cursor": str(start + size) if has_more else None}
        return Answer(content={name: all_of[start : start + size], "meta": meta, "links": {}})

    # -- writing ---------------------------------------------------------------------------------

    def _create_many(self, asked: Asked) -> Answer:
        if not self.may_import:
            return Answer(
                status=403,
                content={"error": "Forbidden", "message": "Data imports are not enabled"},
            )
        return self._job(asked, self._create)

    def _create_or_update_many(self, asked: Asked) -> Answer:
        """As a client that does not know its way would do it: whoever has the e-mail is taken."""
        if not self.may_import:
            return Answer(
                status=403,
                content={"error": "Forbidden", "message": "Data imports are not enabled"},
            )
        return self._job(asked, self._create_or_update)

    def _update_many(self, asked: Asked) -> Answer:
        return self._job(asked, self._update)

    def _job(self, asked: Asked, act: Callable[[int, Json], Json | None]) -> Answer:
        body = asked.json()
        users = body.get("users") if isinstance(body, dict) else None
        if not isinstance(users, list) or not users:
            return refused(400, "ParameterMissing")
        if len(users) > 100:
            return refused(400, "TooManyValues")
        if self._under_way() >= self.most_jobs:
            return Answer(
                status=429, content={"error": "TooManyJobs"}, headers={"Retry-After": "1"}
            )
        job_id = f"job-{asked.number}"
        with self._naming():
            rows = [act(place, user) for place, user in enumerate(users)]
        job = {"id": job_id, "total": len(users), "polls": self.polls, "status": "queued"}
        job["results"] = [row for row in rows if row is not None]
        self.state["jobs"][job_id] = job
        self._begun[job_id] = asked.at
        return Answer(content={"job_status": {**job, "status": "queued", "results": None}})

    def _under_way(self) -> int:
        """Jobs that are queued: those that nobody asks after come to their end, too."""
        since = time.monotonic() - JOB_SECONDS
        return sum(
            job["status"] == "queued" and self._begun[job_id] > since
            for job_id, job in self.state["jobs"].items()
        )

    def _job_status(self, job_id: str) -> Answer:
        job = self.state["jobs"].get(job_id)
        if job is None or self.job_end == "forgotten":
            return not_found()
        if job["polls"] > 0:
            job["polls"] -= 1
            return Answer(content={"job_status": {**job, "status": "working", "results": None}})
        job["status"] = self.job_end
        return Answer(content={"job_status": job})

    def _create(self, place: int, about: Json) -> Json | None:
        name, email = about.get("external_id"), (about.get("email") or "").lower()
        if name in self.passed_over:
            return None
        fault = self._fault(name, about)
        if name and self.user(name):
            fault = "External has already been taken"
        if email and self._whose("email", email):
            fault = f"Email: {email} is already being used by another user"
        if fault:
            return {"index": place, "error": "UserCreateError", "details": fault}
        allowed = ("external_id", "name", "tags", "role")
        kept = {key: about[key] for key in allowed if key in about}
        fields = self._known_fields(about)
        return {"id": self.make(**kept, email=email or None, user_fields=fields), "index": place}

    def _update(self, place: int, about: Json) -> Json | None:
        user = self.state["users"].get(about.get("id"))
        if user is None:
            return failed(about, "RecordNotFound")
        name = user["external_id"] or about.get("external_id")
        if name in self.passed_over:
            return None
        if name in self.too_often:
            fault: str | None = "You have exceeded the rate limit for updating a single unique user"
        else:
            fault = self._fault(name, {**user, **about})
        if fault:
            return failed(about, fault)
        user["external_id"] = about.get("external_id", user["external_id"])
        user["user_fields"].update(self._known_fields(about))
        if "tags" in about:
            self.set_tags(user["id"], about["tags"])
        return {"id": user["id"], "action": "update", "status": "Updated", "success": True}

    def _create_or_update(self, place: int, about: Json) -> Json | None:
        email = (about.get("email") or "").lower()
        same = self._whose("email", email) if email else None
        known = self.user(about.get("external_id", "")) or same
        if known is None:
            return self._create(place, about)
        return self._update(place, {**about, "id": known["id"]})

    def _fault(self, name: str | None, about: Json) -> str | None:
        if name in self.poison:
            return "Name is refused"
        if not about.get("name"):
            return "Name: is too short (is 0 characters)"
        if len(name or "") > 255:
            return "External is too long"
        return None

    def _known_fields(self, about: Json) -> Json:
        known = {field["key"] for field in self.fields if field["active"]}
        return {key: text for key, text in about.get("user_fields", {}).items() if key in known}

    def _delete(self, user_id: int) -> Answer:
        user = self.state["users"].get(user_id)
        if user is None:
            return not_found()
        if user.get("has_open_tickets"):
            return refused(422, "RecordInvalid")
        self.set_tags(user_id, [])
        del self.state["users"][user_id]
        self.state["deleted"][user_id] = user
        return Answer(content={"user": {**user, "active": False}})


def refused(status: int, error: str) -> Answer:
    return Answer(status=status, content={"error": error})


def failed(about: Json, fault: str) -> Json:
    return {
        "id": about.get("id"),
        "action": "update",
        "success": False,
        "status": "Failed",
        "errors": fault,
    }


def not_found() -> Answer:
    return Answer(status=404, content={"error": "RecordNotFound", "description": "Not found"})
