"""A Slack workspace that keeps user groups as the Web API documents them.

What hurts is kept: refusals come with status 200, a list is replaced as a whole and may not be
empty, one id that cannot be in it spoils the request, guests and bots are barred, a disabled group
takes no members and shows its old ones once it is enabled again, and nothing can be deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

TOKEN = "xoxb-nobody-may-read-this"
US, ADMIN, TEAM = "U0OURS", "U0ADMIN", "T0SHOP"
Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"

NEEDS = {
    "auth.test": "",
    "users.lookupByEmail": "users:read.email",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "usergroups.create": "usergroups:write",
    "usergroups.enable": "usergroups:write",
    "usergroups.disable": "usergroups:write",
    "usergroups.users.update": "usergroups:write",
}


class FakeSlack(FakeVendor):
    """One workspace with `people` in it. `refusal` is what every method answers, if anything."""

    def __init__(self, people: int = 400) -> None:
        super().__init__()
        self.state: Json = {"users": {}, "groups": {}, "next": 0}
        self.token, self.us, self.refusal = TOKEN, US, ""
        self.scopes = {"usergroups:read", "usergroups:write", "users:read", "users:read.email"}
        self.passed_over: set[str] = set()
        for number in range(people):
            self.join(f"customer-{number}@shop.example")

    # -- what it holds ---------------------------------------------------------------------------

    def join(self, email: str, **about: Any) -> str:
        """Somebody joins the workspace; returns the id."""
        user_id = f"U{len(self.state['users']):05}"
        user = {"id": user_id, "deleted": False, "is_bot": False, "profile": {"email": email}}
        self.state["users"][user_id] = {**user, **about}
        return user_id

    def user(self, email: str) -> Json | None:
        """Whoever has that address, in whatever case."""
        for user in self.state["users"].values():
            if user["profile"]["email"].lower() == email.lower():
                return dict(user)
        return None

    def email(self, user_id: str) -> str:
        return str(self.state["users"][user_id]["profile"]["email"]).lower()

    def members(self, audience: str) -> set[str]:
        group = self.state["groups"].get(audience)
        if group is None or group["date_delete"]:
            return set()
        return {self.email(user) for user in group["users"]}

    def found(self, name: str, **about: Any) -> str:
        """A user group is made; returns the id."""
        number = self.state["next"] = self.state["next"] + 1
        group_id = f"S{number:05}"
        self.state["groups"][group_id] = {
            "id": group_id,
            "team_id": TEAM,
            "name": name,
            "is_external": False,
            "auto_type": None,
            "date_delete": 0,
            "deleted_by": None,
            "users": [],
            **about,
        }
        return group_id

    def fill(self, group_id: str, users: list[str]) -> None:
        """These are the members of a group from now on."""
        before = self.members(group_id)
        self.state["groups"][group_id]["users"] = users
        self._note(group_id, before)

    def switch(self, group_id: str, *, is_on: bool, by: str) -> None:
        """A group is taken into or out of use."""
        before = self.members(group_id)
        group = self.state["groups"][group_id]
        group["date_delete"], group["deleted_by"] = (0, None) if is_on else (1_760_000_000, by)
        self._note(group_id, before)

    def _note(self, group_id: str, before: set[str]) -> None:
        after = self.members(group_id)
        for email in before ^ after:
            self.changed(group_id, email, is_added=email in after)

    # -- what it answers -------------------------------------------------------------------------

    def is_write(self, asked: Asked) -> bool:
        return NEEDS.get(asked.path.removeprefix("/"), "") == "usergroups:write"

    def answer(self, asked: Asked) -> Answer:
        method = asked.path.removeprefix("/")
        refusal = self.refusal or self._refusal(asked, method)
        if refusal:
            return refused(refusal)
        form = {name: values[-1] for name, values in asked.form().items()}
        said = self._methods()[method](form)
        scopes = ",".join(sorted(self.scopes))
        return Answer(content=said, headers={"X-OAuth-Scopes": scopes})

    def _refusal(self, asked: Asked, method: str) -> str:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return "invalid_auth"
        if method not in NEEDS:
            return "unknown_method"
        if asked.method != "POST" or (asked.body and asked.headers.get("content-type") != FORM):
            return "invalid_post_type"
        return "missing_scope" if NEEDS[method] and NEEDS[method] not in self.scopes else ""

    def _methods(self) -> dict[str, Callable[[dict[str, str]], Json]]:
        return {
            "auth.test": self._auth_test,
            "users.lookupByEmail": self._look_up,
            "usergroups.list": self._list,
            "usergroups.users.list": self._users_list,
            "usergroups.create": self._create,
            "usergroups.enable": lambda form: self._switch(form, is_on=True),
            "usergroups.disable": lambda form: self._switch(form, is_on=False),
            "usergroups.users.update": self._update,
        }

    def _auth_test(self, form: dict[str, str]) -> Json:
        return {"ok": True, "team": "The Shop", "team_id": TEAM, "user_id": self.us}

    def _look_up(self, form: dict[str, str]) -> Json:
        user = self.user(form.get("email", ""))
        # A deactivated one is not found either.
        return (
            no("users_not_found") if user is None or user["deleted"] else {"ok": True, "user": user}
        )

    def _list(self, form: dict[str, str]) -> Json:
        groups = [
            {name: value for name, value in group.items() if name != "users"}
            for group in self.state["groups"].values()
            if form.get("include_disabled") == "1" or not group["date_delete"]
        ]
        return {"ok": True, "usergroups": groups}

    def _users_list(self, form: dict[str, str]) -> Json:
        group = self.state["groups"].get(form.get("usergroup"))
        if group is None or (group["date_delete"] and form.get("include_disabled") != "1"):
            return no("no_such_subteam")
        return {"ok": True, "users": list(group["users"])}

    def _create(self, form: dict[str, str]) -> Json:
        names = {group["name"] for group in self.state["groups"].values()}
        if not form.get("name"):
            return no("missing_argument")
        if form["name"] in names:
            return no("name_already_exists")
        return {"ok": True, "usergroup": self.state["groups"][self.found(form["name"])]}

    def _switch(self, form: dict[str, str], *, is_on: bool) -> Json:
        group = self.state["groups"].get(form.get("usergroup"))
        if group is None:
            return no("no_such_subteam")
        if is_on is not bool(group["date_delete"]):
            return no("already_enabled" if is_on else "already_disabled")
        self.switch(group["id"], is_on=is_on, by=self.us)
        return {"ok": True, "usergroup": dict(group)}

    def _update(self, form: dict[str, str]) -> Json:
        group = self.state["groups"].get(form.get("usergroup"))
        if group is None:
            return no("no_such_subteam")
        users = [user.strip() for user in form.get("users", "").split(",") if user.strip()]
        if not users:
            return no("no_users_provided")
        # Reported, not documented: a disabled group takes no members.
        if group["date_delete"] or group["auto_type"]:
            return no("permission_denied" if group["auto_type"] else "subteam_disabled")
        if any(self._is_barred(user) for user in users):
            return no("invalid_users")
        self.fill(group["id"], [user for user in users if user not in self.passed_over])
        return {"ok": True, "usergroup": {**group, "user_count": len(group["users"])}}

    def _is_barred(self, user_id: str) -> bool:
        user = self.state["users"].get(user_id)
        if user is None or user["deleted"] or user["is_bot"] or user.get("is_restricted"):
            return True
        return self.email(user_id) in self.poison


def no(error: str) -> Json:
    return {"ok": False, "error": error}


def refused(error: str) -> Answer:
    return Answer(content=no(error))
