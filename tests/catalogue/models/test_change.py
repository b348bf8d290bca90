"""Whose log is whose."""

from __future__ import annotations

import pytest

from catalogue.models import ApiKey, Change, Role, Scope, Segment, Status, User
from tests.catalogue.segments.ground import key, seat, team

pytestmark = pytest.mark.django_db

OPEN = {"segment.published", "trait.described", "event.described", "property.described"}
OF_GROWTH = {
    "team.seat_given",
    "key.created",
    "segment.people_granted",
    "segment.people_withdrawn",
    "people.exported",
}
OF_TOOLS = {"tool.changed", "sync.asked"}
OF_THE_SITE = {"login.changed", "something.new"}
HIDDEN = {"segment.edited"}


def add(kind: str, object_type: str = "", segment: Segment | None = None, of: str = "") -> None:
    Change.objects.create(
        kind=kind,
        object_type=object_type or kind.partition(".")[0],
        object_key="it",
        segment=segment,
        team=team(of) if of else None,
        actor="Somebody",
        via="web",
    )


@pytest.fixture(autouse=True)
def log() -> None:
    shown = Segment.objects.create(key="shown", name="Shown", team=team(), status=Status.LIVE)
    hidden = Segment.objects.create(
        key="hidden", name="Hidden", team=team(), status=Status.DRAFT, is_private=True
    )
    for kind in ("trait.described", "event.described", "property.described"):
        add(kind)
    add("segment.published", segment=shown, of="growth")
    for kind in ("segment.people_granted", "segment.people_withdrawn", "people.exported"):
        add(kind, "segment", shown, of="growth")
    add("segment.edited", segment=hidden, of="growth")
    for kind in ("team.seat_given", "key.created"):
        add(kind, of="growth")
    add("tool.changed")
    add("sync.asked", "list")
    for kind in OF_THE_SITE:
        add(kind)


def read_by(actor: User | ApiKey | None) -> set[str]:
    return set(Change.objects.visible_to(actor).values_list("kind", flat=True))


def test_everybody_reads_what_happens_to_segments_and_the_dictionary() -> None:
    assert read_by(seat("nobody", None)) == OPEN


def test_a_private_draft_is_in_the_log_of_its_team_alone() -> None:
    assert read_by(seat("viewer", Role.VIEWER)) == OPEN | HIDDEN
    assert read_by(seat("editor", Role.EDITOR)) == OPEN | HIDDEN
    assert HIDDEN & read_by(seat("elsewhere", Role.EDITOR, at="sales")) == set()


def test_team_admins_read_of_their_seats_keys_and_grants_and_of_tools() -> None:
    assert read_by(seat("chief", Role.ADMIN)) == OPEN | HIDDEN | OF_GROWTH | OF_TOOLS


def test_admins_of_another_team_read_of_tools_but_of_no_foreign_seat_or_key() -> None:
    assert read_by(seat("elsewhere", Role.ADMIN, at="sales")) == OPEN | OF_TOOLS


def test_site_admins_and_the_system_read_everything_also_kinds_nobody_knows_yet() -> None:
    everything = OPEN | HIDDEN | OF_GROWTH | OF_TOOLS | OF_THE_SITE
    assert read_by(User.objects.create_superuser("root")) == everything
    assert read_by(None) == everything


def test_a_key_reads_what_is_open_within_its_scopes_and_its_list() -> None:
    everything = [scope.value for scope in Scope]
    full = key(*everything)
    assert read_by(full) == OPEN | HIDDEN
    assert read_by(key(*everything, at="sales")) == OPEN
    full.segments.add(Segment.objects.get(key="hidden"))
    assert read_by(full) == (OPEN | HIDDEN) - {"segment.published"}


def test_what_happened_to_a_segment_that_is_gone_is_for_site_admins() -> None:
    add("segment.archived", of="growth")
    assert "segment.archived" not in read_by(seat("chief", Role.ADMIN))
    assert "segment.archived" in read_by(User.objects.create_superuser("root"))
