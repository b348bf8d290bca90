"""The people who work at Fieldnote and sign in to its catalogue: at least one in each function, and
each kind of right at least once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalogue.models import Role, Team, TeamMember, User

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
    """Somebody who signs in by e-mail address. `seats`: team → role; `sees`: the teams whose
    segments' people they may see."""

    email: str
    name: str
    function: str
    seats: dict[str, Role] = field(default_factory=dict)
    sees: tuple[str, ...] = ()
    is_admin: bool = False

    @property
    def may(self) -> str:
        """What they may do, in a few words."""
        if self.is_admin:
            return "site admin"
        roles = [f"{role.label.lower()} of {TEAMS[team]}" for team, role in self.seats.items()]
        return ", ".join([*roles, *(["sees people"] if self.sees else [])]) or "reads"


LOGINS = (
    Login(
        email="mia@fieldnote.example",
        name="Mia Braun",
        function="marketing",
        seats={"growth": Role.ADMIN},
        sees=("growth",),
    ),
    Login(
        email="jonas@fieldnote.example",
        name="Jonas Keller",
        function="marketing",
        seats={"growth": Role.EDITOR},
    ),
    Login(
        email="lena@fieldnote.example",
        name="Lena Vogt",
        function="sales",
        seats={"sales": Role.ADMIN},
        sees=("sales",),
    ),
    Login(
        email="tom@fieldnote.example",
        name="Tom Becker",
        function="customer success",
        seats={"customer-success": Role.ADMIN},
        sees=("customer-success",),
    ),
    Login(
        email="aylin@fieldnote.example",
        name="Aylin Demir",
        function="customer success",
        seats={"customer-success": Role.EDITOR},
        sees=("customer-success",),
    ),
    Login(
        email="priya@fieldnote.example",
        name="Priya Nair",
        function="product",
        seats={"product": Role.EDITOR},
        sees=("product",),
    ),
    Login(
        email="ravi@fieldnote.example",
        name="Ravi Menon",
        function="data",
        seats={"data": Role.ADMIN},
        sees=tuple(TEAMS),
    ),
    Login(
        email="nora@fieldnote.example",
        name="Nora Lind",
        function="finance",
        seats={"data": Role.VIEWER},
    ),
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
    user = make(login.email, login.email, PASSWORD, first_name=first, last_name=last)
    teams = {team.slug: team for team in Team.objects.filter(slug__in=TEAMS)}
    for slug in dict.fromkeys([*login.seats, *login.sees]):
        role = login.seats.get(slug, Role.VIEWER)
        sees = slug in login.sees
        TeamMember.objects.create(team=teams[slug], user=user, role=role, see_people=sees)


def login_lines() -> Iterator[str]:
    """One line for each demo login that is there, and the password of them all."""
    there = set(User.objects.values_list("username", flat=True))
    seated = [login for login in LOGINS if login.email in there]
    for login in seated:
        yield f"  {login.email:<26} {login.name}, {login.function}: {login.may}"
    if seated:
        yield f"  password of all of them: {PASSWORD}"
