"""The people who work at Fieldnote and sign in to its catalogue: at least one in each function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.models import Team, User

# Not a secret: the workspace is invented and only served on this machine.
PASSWORD = "fieldnote-demo"  # noqa: S105
TEAMS = {
    "growth": "Growth",
    "product": "Product",
    "customer-success": "Customer success",
    "sales": "Sales",
    "data": "Data",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody who signs in by e-mail address."""

    email: str
    name: str
    function: str
    is_admin: bool = False


LOGINS = (
    Login(email="mia@fieldnote.example", name="Mia Braun", function="marketing"),
    Login(email="jonas@fieldnote.example", name="Jonas Keller", function="marketing"),
    Login(email="lena@fieldnote.example", name="Lena Vogt", function="sales"),
    Login(email="tom@fieldnote.example", name="Tom Becker", function="customer success"),
    Login(email="aylin@fieldnote.example", name="Aylin Demir", function="customer success"),
    Login(email="priya@fieldnote.example", name="Priya Nair", function="product"),
    Login(email="ravi@fieldnote.example", name="Ravi Menon", function="data"),
    Login(email="admin@fieldnote.example", name="Ada Admin", function="everything", is_admin=True),
)


def seat_team() -> None:
    """Make the teams and logins that are not there yet."""
    for slug, name in TEAMS.items():
        Team.objects.get_or_create(slug=slug, defaults={"name": name})
    known = set(User.objects.values_list("username", flat=True))
    for login in LOGINS:
        if login.email not in known:
            _sign_up(login)


def _sign_up(login: Login) -> None:
    first, _, last = login.name.partition(" ")
    make = User.objects.create_superuser if login.is_admin else User.objects.create_user
    make(login.email, login.email, PASSWORD, first_name=first, last_name=last)


def login_lines() -> Iterator[str]:
    """One line for each demo login that is there, and the password of them all."""
    there = set(User.objects.values_list("username", flat=True))
    seated = [login for login in LOGINS if login.email in there]
    for login in seated:
        yield f"  {login.email:<26} {login.name}, {login.function}"
    if seated:
        yield f"  password of all of them: {PASSWORD}"
