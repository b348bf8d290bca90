"""People with seats, and segments made by hand, for tests of edits."""

from __future__ import annotations

from typing import Any

from catalogue.models import ApiKey, Role, Segment, Team, TeamMember, User
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import create_segment
from catalogue.segments.publishing import publish
from tests.catalogue.workspace import load_workspace

PROS = {"all": [{"trait": "plan", "is": "pro"}]}
FREE = {"all": [{"trait": "plan", "is": "free"}]}


def team(slug: str = "growth") -> Team:
    """A team, made on first use."""
    return Team.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def seat(
    name: str, role: str | None = Role.EDITOR, *, at: str = "growth", sees: bool = False
) -> User:
    """A login with a seat in a team; `role` None: without one."""
    user = User.objects.create_user(
        name, f"{name}@fieldnote.example", "correct horse", first_name=name.title()
    )
    if role is not None:
        TeamMember.objects.create(team=team(at), user=user, role=role, see_people=sees)
    return user


def key(*scopes: str, at: str = "growth", **fields: Any) -> ApiKey:
    """An API key of a team, with these scopes."""
    number = ApiKey.objects.count()
    return ApiKey.objects.create(
        team=team(at), name=f"key {number}", prefix=f"k{number}", scopes=list(scopes), **fields
    )


def document(key: str = "pros", **changes: Any) -> dict[str, Any]:
    """A segment as a page would send it, ready to go live."""
    return {
        "apiVersion": "segment-catalogue/v1",
        "kind": "Segment",
        "key": key,
        "name": "Pros",
        "team": "growth",
        "owner": "mia@fieldnote.example",
        "why": "They pay and stay.",
        "definition": PROS,
        **changes,
    }


def draft_segment(key: str = "pros", **changes: Any) -> Segment:
    """A segment of status draft in a loaded workspace."""
    if not Team.objects.filter(slug="growth").exists():
        team()
    load_workspace()
    return create_segment(document=document(key, **changes), by=None, via="command")


def live_segment(key: str = "pros", **changes: Any) -> Segment:
    """A segment that was published once, as d1."""
    segment = draft_segment(key, **changes)
    return publish(key=key, message="First.", token=token_of(segment), by=None, via="command")


def changed(segment: Segment, **changes: Any) -> dict[str, Any]:
    """Its document with some fields changed."""
    return {**document_of(segment), **changes}
