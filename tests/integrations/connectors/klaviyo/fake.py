"""A Klaviyo account, which keeps what Klaviyo documents and what hurts: imports are jobs that take
their time, fail row by row, are cancelled and forgotten; an address has one profile, whoever
imports it; lists pass over ids that are no profiles; searching may lag behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

KEY = "pk_0123456789abcdef0123456789abcdef01"
REVISION = "2026-10-15"
MEDIA = "application/vnd.api+json"
MOST_ON_A_LIST = 1_000
MOST_IMPORTED = 10_000
LARGEST = 5_000_000
PAGES = {"/api/lists": 10}
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NAMES = ("external_id", "email")
# Profiles by (name, value), while a job is worked off.
Known = dict[tuple[str, str | None], dict[str, Any]]
NEW_SUBSCRIPTIONS = {
    "email": {
        "marketing": {
            "can_receive_email_marketing": True,
            "consent": "NEVER_SUBSCRIBED",
            "suppression": [],
            "list_suppressions": [],
        }
    }
}


class FakeKlaviyo(FakeVendor):
    """`state` holds profiles, lists and jobs by id. A job is over when it was asked after more than
    `polls` times; `job_ends` is "complete", "cancelled" or "forgotten". So many searches after a
    profile is made do not show it yet: `lag`. `tells_missing`: lists refuse ids that are none."""

    def __init__(self) -> None:
        super().__init__()
        self.polls = 1
        self.job_ends = "complete"
        self.lag = 0
        self.places_told = True
        self.tells_missing = False
        self.deletes = True
        self.state: dict[str, Any] = {
            "may_write": True,
            "next": 1,
            "profiles": {},
            "lists": {},
            "jobs": {},
        }

    # -- hands and eyes of tests -----------------------------------------------------------------

    def members(self, audience: str) -> set[str]:
        with self.lock:
            inside = self.state["lists"].get(audience, {}).get("members", set())
            profiles = self.state["profiles"]
            return {self._name(one) for one in inside if one in profiles}

    def _name(self, profile_id: str) -> str:
        return str(self.state["profiles"][profile_id]["external_id"] or profile_id)

    def profile(self, external_id: str) -> dict[str, Any] | None:
        """The profile of an external id, or None."""
        return next(
            (one for one in self.state["profiles"].values() if one["external_id"] == external_id),
            None,
        )

    def make(self, **about: Any) -> dict[str, Any]:
        """A new profile."""
        number = self._id("P")
        blank = {"external_id": None, "email": None, "properties": {}, "hidden": self.lag}
        kept = json.loads(json.dumps(NEW_SUBSCRIPTIONS))
        made = {"id": number, **blank, "subscriptions": kept, **about}
        self.state["profiles"][number] = made
        return made

    def open_list(self, name: str) -> str:
        """A new list; its id."""
        number = self._id("L")
        self.state["lists"][number] = {"name": name, "members": set()}
        return number

    def put(self, list_id: str, profile_id: str) -> None:
        """Put a profile onto a list."""
        inside = self.state["lists"][list_id]["members"]
        if profile_id not in inside:
            inside.add(profile_id)
            self.changed(list_id, self._name(profile_id), is_added=True)

    def take(self, list_id: str, profile_id: str) -> None:
        """Take a profile off a list."""
        inside = self.state["lists"][list_id]["members"]
        if profile_id in inside:
            inside.discard(profile_id)
            self.changed(list_id, self._name(profile_id), is_added=False)

    def _id(self, letter: str) -> str:
        number = self.state["next"]
        self.state["next"] = number + 1
        return f"{letter}{number:05}"

    # -- answers ---------------------------------------------------------------------------------

    def is_write(self, asked: Asked) -> bool:
        # Adding nobody to a list that is not there is how a right is tried.
        return asked.method != "GET" and asked.path != "/api/lists" and bool(rows_of(asked))

    def half(self, asked: Asked) -> Asked | None:
        rows = rows_of(asked)
        if len(rows) < 2:
            return None
        data = asked.json()["data"]
        if isinstance(data, list):
            data = rows[: len(rows) // 2]
        else:
            data["attributes"]["profiles"]["data"] = rows[: len(rows) // 2]
        return replace(asked, body=json.dumps({"data": data}).encode())

    def answer(self, asked: Asked) -> Answer:
        refused = self._let_in(asked)
        if refused is not None:
            return refused
        for method, pattern, act in ROUTES:
            found = re.fullmatch(pattern, asked.path)
            if found and method == asked.method:
                return act(self, asked, *found.groups())
        return lost("The requested resource was not found.")

    def _let_in(self, asked: Asked) -> Answer | None:
        if asked.headers.get("authorization") != f"Klaviyo-API-Key {KEY}":
            return problem(401, "authentication_failed", "Incorrect authentication credentials.")
        if asked.headers.get("revision") != REVISION:
            return problem(400, "invalid", "The revision header is missing or unknown.")
        if asked.method != "GET" and not self.state["may_write"]:
            return problem(403, "permission_denied", "You do not have permission to do this.")
        if asked.body and asked.headers.get("content-type") != MEDIA:
            return problem(415, "unsupported_media_type", "The media type is not supported.")
        if int(asked.query.get("page[size]", 1)) > PAGES.get(asked.path, 100):
            return problem(400, "invalid", "page[size] is too large.")
        return None

    def _lists(self, asked: Asked) -> Answer:
        wanted = re.fullmatch(r"equals\(name,(.*)\)", asked.query.get("filter", ""))
        found = [
            resource("list", number, {"name": one["name"]})
            for number, one in self.state["lists"].items()
            if wanted is None or one["name"] == json.loads(wanted[1])
        ]
        return self._page(asked, found, most=10)

    def _make_list(self, asked: Asked) -> Answer:
        data = asked.json()["data"]
        number = self.open_list(data["attributes"]["name"])
        return say({"data": resource("list", number, data["attributes"])}, status=201)

    def _list(self, asked: Asked, number: str) -> Answer:
        one = self.state["lists"].get(number)
        if one is None:
            return lost(f"A list with id {number} does not exist.")
        return say({"data": resource("list", number, {"name": one["name"]})})

    def _list_profiles(self, asked: Asked, number: str) -> Answer:
        one = self.state["lists"].get(number)
        if one is None:
            return lost(f"A list with id {number} does not exist.")
        profiles = self.state["profiles"]
        found = [profiles[name] for name in sorted(one["members"]) if name in profiles]
        return self._page(asked, [shown(asked, profile) for profile in found])

    def _change(self, asked: Asked, number: str) -> Answer:
        one = self.state["lists"].get(number)
        if one is None:
            return lost(f"A list with id {number} does not exist.")
        rows = asked.json()["data"]
        if len(rows) > MOST_ON_A_LIST:
            return problem(400, "invalid", "Too many profiles.")
        if any(row.get("type") != "profile" for row in rows):
            return problem(400, "invalid", "Only profiles can be members.")
        there = [row["id"] for row in rows if row["id"] in self.state["profiles"]]
        if self.tells_missing and len(there) < len(rows):
            return lost("A profile does not exist.")
        for name in there:
            (self.put if asked.method == "POST" else self.take)(number, name)
        return Answer(status=204)

    def _profiles(self, asked: Asked) -> Answer:
        """GET /api/profiles: by name, or all."""
        found = list(self.state["profiles"].values())
        wanted = re.fullmatch(r"any\((\w+),(\[.*\])\)", asked.query.get("filter", ""))
        if wanted is not None:
            key = wanted[1]
            names = {same(key, name) for name in json.loads(wanted[2])}
            found = [one for one in found if same(key, one[key]) in names]
            found = [one for one in found if self._is_shown(one)]
        return self._page(asked, [shown(asked, one) for one in found])

    def _is_shown(self, profile: dict[str, Any]) -> bool:
        profile["hidden"] -= 1
        return profile["hidden"] < 0

    def _import(self, asked: Asked) -> Answer:
        """POST /api/profile-bulk-import-jobs: refused as a whole, or done row by row, later."""
        rows = rows_of(asked)
        if not rows or len(rows) > MOST_IMPORTED or len(asked.body) > LARGEST:
            return problem(400, "invalid", "The number of profiles is not allowed.")
        for index, row in enumerate(rows):
            if self._is_poisoned(row):
                pointer = f"/data/attributes/profiles/data/{index}/attributes/email"
                return problem(400, "invalid", "Invalid input.", pointer=pointer)
        number = self._id("J")
        job = {"asked": 0, "rows": rows, "failed": [], "done": []}
        if self.job_ends != "forgotten":
            self.state["jobs"][number] = job
        if self.job_ends == "complete":
            self._work(job)
        return say({"data": self._job(number, job, "queued")}, status=202)

    def _is_poisoned(self, row: dict[str, Any]) -> bool:
        kept = self.state["profiles"].get(row.get("id"), {})
        named = row["attributes"].get("external_id") or kept.get("external_id")
        return named in self.poison

    def _work(self, job: dict[str, Any]) -> None:
        known: Known = {}
        for one in self.state["profiles"].values():
            note(known, one)
        for index, row in enumerate(job["rows"]):
            error = self._why_not(row)
            if error:
                pointer = f"/data/attributes/profiles/data/{index}/attributes/email"
                job["failed"].append((pointer, error))
            else:
                job["done"].append(self._upsert(row, known))

    def _why_not(self, row: dict[str, Any]) -> str:
        email = row["attributes"].get("email")
        if email and not _ADDRESS.fullmatch(email):
            return f"{email} is not a valid email address."
        if row.get("id") and row["id"] not in self.state["profiles"]:
            return f"A profile with id {row['id']} does not exist."
        if any(name.startswith("$") for name in row["attributes"].get("properties", {})):
            return "Names of custom properties must not begin with $."
        return ""

    def _upsert(self, row: dict[str, Any], known: Known) -> str:
        """By id, else by external id, else by address: whose it is is taken over."""
        about = dict(row["attributes"])
        found = self.state["profiles"].get(row.get("id"))
        for name in NAMES:
            if found is None and about.get(name):
                found = holder(known, name, same(name, about[name]))
        if found is None:
            found = self.make()
        found["properties"] = {**found["properties"], **about.pop("properties", {})}
        found.update({name: text for name, text in about.items() if text is not None})
        note(known, found)
        return str(found["id"])

    def _get_job(self, asked: Asked, number: str) -> Answer:
        job = self.state["jobs"].get(number)
        if job is None:
            return lost(f"A job with id {number} does not exist.")
        job["asked"] += 1
        status = self.job_ends if job["asked"] >= self.polls else "processing"
        return say({"data": self._job(number, job, status)})

    def _job(self, number: str, job: dict[str, Any], status: str) -> dict[str, Any]:
        counts = {"total_count": len(job["rows"]), "failed_count": None, "completed_count": None}
        if status == "complete":
            counts |= {"failed_count": len(job["failed"]), "completed_count": len(job["done"])}
        about = {"status": status, "created_at": "2026-11-20T12:00:00+00:00", **counts}
        return resource("profile-bulk-import-job", number, about)

    def _errors(self, asked: Asked, number: str) -> Answer:
        found = [
            resource(
                "import-error",
                f"E{index}",
                {
                    "code": "invalid",
                    "title": "Invalid input.",
                    "detail": error,
                    "source": {"pointer": pointer if self.places_told else "/data"},
                },
            )
            for index, (pointer, error) in enumerate(self.state["jobs"][number]["failed"])
        ]
        return self._page(asked, found)

    def _imported(self, asked: Asked, number: str) -> Answer:
        done = dict.fromkeys(self.state["jobs"][number]["done"])
        found = [self.state["profiles"][one] for one in done if one in self.state["profiles"]]
        return self._page(asked, [shown(asked, one) for one in found])

    def _forget(self, asked: Asked) -> Answer:
        profile = asked.json()["data"]["attributes"]["profile"]["data"]
        if profile.get("attributes") != {} or "id" not in profile:
            return problem(400, "invalid", "One identifier is needed, in its own place.")
        named = profile["id"]
        if self.deletes and named in self.state["profiles"]:
            for number in self.state["lists"]:
                self.take(number, named)
            del self.state["profiles"][named]
        return Answer(status=202)

    def _page(self, asked: Asked, found: list[Any], most: int = 20) -> Answer:
        size = int(asked.query.get("page[size]", most))
        start = int(asked.query.get("page[cursor]", "0"))
        after = start + size
        link = f"{self.url}{asked.path}?page%5Bcursor%5D={after}"
        links = {"self": f"{self.url}{asked.path}", "next": link if after < len(found) else None}
        return say({"data": found[start:after], "links": links})


def rows_of(asked: Asked) -> list[Any]:
    """The records that a request holds; the request itself counts where it is about one."""
    data = (asked.json() or {}).get("data")
    if not isinstance(data, dict):
        return data or []
    profiles = data.get("attributes", {}).get("profiles")
    rows: list[Any] = profiles["data"] if profiles else [data]
    return rows


def note(known: Known, profile: dict[str, Any]) -> None:
    """That a profile has its names, where no older one still has them."""
    for name in NAMES:
        value = same(name, profile[name])
        if holder(known, name, value) is None:
            known[name, value] = profile


def holder(known: Known, name: str, value: str | None) -> dict[str, Any] | None:
    """The profile that has this name now."""
    found = known.get((name, value))
    return found if found is not None and same(name, found[name]) == value else None


def same(name: str, text: str | None) -> str | None:
    """A text as it is compared: addresses without regard to case."""
    return text.lower() if text is not None and name == "email" else text


def shown(asked: Asked, profile: dict[str, Any]) -> dict[str, Any]:
    """A profile as it is shown: subscriptions only on request."""
    fields = asked.query.get("fields[profile]", "email,external_id,properties").split(",")
    if asked.query.get("additional-fields[profile]") != "subscriptions":
        fields = [name for name in fields if name != "subscriptions"]
    about = {name: profile[name] for name in fields if name in profile}
    return resource("profile", profile["id"], about)


def resource(kind: str, number: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """One thing, as JSON:API words it."""
    links = {"self": f"https://a.klaviyo.com/api/{kind}s/{number}"}
    return {"type": kind, "id": number, "attributes": attributes, "links": links}


def say(content: Any, status: int = 200) -> Answer:
    """A good answer."""
    return Answer(status=status, content=content, headers={"Content-Type": MEDIA})


def problem(status: int, code: str, detail: str, pointer: str = "/data") -> Answer:
    """A refusal."""
    error = {"id": "e", "status": status, "code": code, "title": code, "detail": detail}
    content = {"errors": [{**error, "source": {"pointer": pointer}}]}
    return Answer(status=status, content=content, headers={"Content-Type": MEDIA})


def lost(detail: str) -> Answer:
    """Nothing is there."""
    return problem(404, "not_found", detail)


Act = Callable[..., Answer]
JOBS = "/api/profile-bulk-import-jobs"
ROUTES: tuple[tuple[str, str, Act], ...] = (
    ("GET", "/api/lists", FakeKlaviyo._lists),
    ("POST", "/api/lists", FakeKlaviyo._make_list),
    ("GET", "/api/lists/([^/]+)", FakeKlaviyo._list),
    ("GET", "/api/lists/([^/]+)/profiles", FakeKlaviyo._list_profiles),
    ("POST", "/api/lists/([^/]+)/relationships/profiles", FakeKlaviyo._change),
    ("DELETE", "/api/lists/([^/]+)/relationships/profiles", FakeKlaviyo._change),
    ("GET", "/api/profiles", FakeKlaviyo._profiles),
    ("POST", JOBS, FakeKlaviyo._import),
    ("GET", f"{JOBS}/([^/]+)", FakeKlaviyo._get_job),
    ("GET", f"{JOBS}/([^/]+)/import-errors", FakeKlaviyo._errors),
    ("GET", f"{JOBS}/([^/]+)/profiles", FakeKlaviyo._imported),
    ("POST", "/api/data-privacy-deletion-jobs", FakeKlaviyo._forget),
)
