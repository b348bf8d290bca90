"""Two tools that write files, and people who look at pages about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from catalogue.models import Team, TeamMember, User
from integrations.models import Destination
from tests.integrations.ground import destination, make_customers


@pytest.fixture
def crm(tmp_path: Path) -> Destination:
    """A tool; customers c0 … c499 are there too."""
    make_customers([f"c{n}" for n in range(500)])
    (tmp_path / "crm").mkdir()
    return destination("crm", "files", {"directory": tmp_path / "crm"})


@pytest.fixture
def helpdesk(crm: Destination, tmp_path: Path) -> Destination:
    """A second tool."""
    (tmp_path / "helpdesk").mkdir()
    return destination("helpdesk", "files", {"directory": tmp_path / "helpdesk"})


def person(name: str, role: str | None, *, at: str = "marketing", sees: bool = False) -> User:
    """A login with a seat in a team, or without one."""
    user = User.objects.create_user(name, f"{name}@fieldnote.example", first_name=name.title())
    if role is not None:
        team, _ = Team.objects.get_or_create(slug=at, defaults={"name": at.title()})
        TeamMember.objects.create(team=team, user=user, role=role, see_people=sees)
    return user


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody without any right."""
    client.force_login(person("rob", None))
    return client


@pytest.fixture
def editor(client: Client) -> Client:
    """An editor of the team whose segments these are."""
    client.force_login(person("eva", "editor"))
    return client
