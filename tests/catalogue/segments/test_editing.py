"""Edits by hand: stored at once or kept as a draft, never over somebody else's."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.definitions.errors import DefinitionError
from catalogue.models import Change, Draft, ListedMember, Role, Segment
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import (
    create_segment,
    discard_draft,
    duplicate_segment,
    edit_segment,
    save_draft,
    set_owner,
)
from catalogue.segments.publishing import archive
from catalogue.segments.refusals import SegmentRefused, StaleEdit
from tests.catalogue.segments.ground import (
    FREE,
    PROS,
    changed,
    document,
    draft_segment,
    live_segment,
    seat,
    team,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def state() -> tuple[object, ...]:
    """All that an edit may change."""
    return (
        list(Segment.objects.order_by("key").values()),
        list(Draft.objects.values()),
        Change.objects.count(),
    )


def test_an_editor_makes_a_draft_with_its_first_definition() -> None:
    draft_segment("other")
    editor = seat("edna")
    made = create_segment(document=document(), by=editor, via="web", message="From research.")
    assert (made.status, made.definition.number, made.definition.created_by) == ("draft", 1, editor)
    assert made.definition.message == "From research."
    assert document_of(made)["why"] == "They pay and stay."
    change = Change.objects.get(segment=made)
    assert (change.kind, change.actor, change.via) == ("segment.created", "Edna", "web")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"definition": {"all": []}}, "/definition/all"),
        ({"definition": {"trait": "plann", "is": "pro"}}, "/definition/trait"),
        ({"definition": {"in_segment": "pros"}}, ""),
        ({"team": "nobody"}, "/team"),
        ({"name": "two\nlines"}, "/name"),
        ({"why": "a\x00b"}, "/why"),
        ({"key": "Not A Key"}, "/key"),
        ({"key": "new"}, "/key"),
        ({"members": {"add": ["ada"]}}, "/members"),
        ({"colour": "red"}, "/colour"),
        ({"goal": {"event": "x", "at_least": "900 people"}}, "/goal/at_least"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_nothing_is_stored(
    changes: dict[str, object], pointer: str
) -> None:
    draft_segment("other")
    before = state()
    with pytest.raises(DefinitionError) as refused:
        create_segment(document={**document(), **changes}, by=None, via="web")
    assert refused.value.faults[0].pointer == pointer
    assert state() == before


def test_deep_values_are_refused_and_crash_nobody() -> None:
    team()
    deep: object = "x"
    for _ in range(3_000):
        deep = {"not": deep}
    with pytest.raises(DefinitionError, match="nested more than"):
        create_segment(document=document(definition=deep), by=None, via="api")


def test_a_key_is_never_used_twice() -> None:
    draft_segment()
    with pytest.raises(SegmentRefused, match="“pros” is taken"):
        create_segment(document=document(), by=None, via="web")


def test_viewers_and_editors_of_other_teams_write_nothing() -> None:
    segment = live_segment()
    before = state()
    for name, role, at in (
        ("vic", Role.VIEWER, "growth"),
        ("ed", Role.EDITOR, "sales"),
        ("nil", None, "growth"),
    ):
        writer = seat(name, role, at=at)
        token = token_of(segment)
        with pytest.raises(PermissionDenied):
            edit_segment(
                key="pros", document=changed(segment, why="!"), token=token, by=writer, via="web"
            )
        with pytest.raises(PermissionDenied):
            save_draft(
                key="pros", document=changed(segment, why="!"), token=token, by=writer, via="web"
            )
        with pytest.raises(PermissionDenied, match="Segments of the team Growth"):
            create_segment(document=document("more"), by=writer, via="web")
    assert state() == before


def test_the_owner_may_change_what_is_theirs_whatever_their_seat() -> None:
    owner = seat("mia", None)
    segment = live_segment()
    assert segment.owner == owner
    edited = edit_segment(
        key="pros",
        document=changed(segment, why="They stay."),
        token=token_of(segment),
        by=owner,
        via="web",
    )
    assert edited.why == "They stay."
    assert Change.objects.order_by("-pk")[0].details["fields"] == {
        "why": ["They pay and stay.", "They stay."]
    }


def test_a_segment_moves_only_to_a_team_that_one_writes_for() -> None:
    team("sales")
    segment = draft_segment()
    editor = seat("edna")
    with pytest.raises(PermissionDenied, match="Segments of the team Sales"):
        edit_segment(
            key="pros",
            document=changed(segment, team="sales"),
            token=token_of(segment),
            by=editor,
            via="web",
        )
    assert Segment.objects.get(key="pros").team.slug == "growth"


def test_an_edit_that_changes_nothing_writes_nothing() -> None:
    segment = draft_segment()
    before = state()
    edit_segment(
        key="pros", document=document_of(segment), token=token_of(segment), by=None, via="web"
    )
    assert state() == before


def test_a_stale_edit_is_refused_with_both_versions() -> None:
    segment = draft_segment()
    token = token_of(segment)
    tom = seat("tom")
    edit_segment(
        key="pros", document=changed(segment, why="Tom’s."), token=token, by=tom, via="web"
    )
    before = state()
    with pytest.raises(StaleEdit, match="Tom has changed “Pros”") as stale:
        edit_segment(
            key="pros", document=changed(segment, why="Mine."), token=token, by=None, via="web"
        )
    assert (stale.value.yours["why"], stale.value.theirs["why"]) == ("Mine.", "Tom’s.")
    assert stale.value.token == token_of(Segment.objects.get(key="pros"))
    assert state() == before


def test_a_draft_segment_takes_a_new_definition_as_its_next_version() -> None:
    segment = draft_segment()
    saved = save_draft(
        key="pros",
        document=changed(segment, definition=FREE),
        token=token_of(segment),
        by=None,
        via="web",
    )
    assert (saved.definition.number, Draft.objects.count()) == (2, 0)
    assert Change.objects.order_by("-pk")[0].details["definition"] == [1, 2]


def test_a_change_to_a_live_segment_waits_and_serves_nobody() -> None:
    segment = live_segment()
    saved = save_draft(
        key="pros",
        document=changed(segment, definition=FREE, why="Others."),
        token=token_of(segment),
        by=None,
        via="web",
    )
    assert (saved.definition.number, saved.why, saved.status) == (1, "They pay and stay.", "live")
    assert (saved.draft.number, saved.draft.document["why"]) == (2, "Others.")
    again = save_draft(
        key="pros", document=changed(saved, why="Third."), token=token_of(saved), by=None, via="web"
    )
    assert (again.draft.revision, Draft.objects.count()) == (2, 1)
    assert [c.kind for c in Change.objects.filter(kind="segment.drafted")] == ["segment.drafted"]


def test_two_people_cannot_save_over_each_others_draft() -> None:
    segment = live_segment()
    token = token_of(segment)
    save_draft(key="pros", document=changed(segment, why="First."), token=token, by=None, via="web")
    with pytest.raises(StaleEdit) as stale:
        save_draft(
            key="pros", document=changed(segment, why="Second."), token=token, by=None, via="web"
        )
    assert stale.value.theirs["why"] == "First."
    assert Draft.objects.get().document["why"] == "First."


def test_a_live_definition_is_not_changed_without_publishing() -> None:
    segment = live_segment()
    before = state()
    with pytest.raises(SegmentRefused, match="published with a message"):
        edit_segment(
            key="pros",
            document=changed(segment, definition=FREE),
            token=token_of(segment),
            by=None,
            via="web",
        )
    assert state() == before


def test_neither_key_nor_status_nor_the_list_kept_by_hand_changes_by_an_edit() -> None:
    segment = draft_segment()
    ListedMember.objects.create(segment=segment, kind="add", customer_id="bob")
    token = token_of(segment)
    with pytest.raises(DefinitionError, match="for ever"):
        edit_segment(
            key="pros", document=changed(segment, key="rich"), token=token, by=None, via="web"
        )
    edited = edit_segment(
        key="pros",
        document=changed(segment, status="live", why="More."),
        token=token,
        by=None,
        via="web",
    )
    assert (edited.status, edited.why) == ("draft", "More.")
    assert edited.listed.get().customer_id == "bob"
    assert "bob" not in str(Change.objects.order_by("-pk")[0].details)


def test_discarding_throws_away_the_draft_and_nothing_else() -> None:
    segment = live_segment()
    save_draft(
        key="pros",
        document=changed(segment, definition=FREE),
        token=token_of(segment),
        by=None,
        via="web",
    )
    discard_draft(key="pros", by=None, via="web")
    discard_draft(key="pros", by=None, via="web")
    assert document_of(Segment.objects.get(key="pros")) == document_of(segment)
    assert Draft.objects.count() == 0
    assert Change.objects.filter(kind="segment.draft_discarded").count() == 1


def test_a_duplicate_is_a_draft_without_tools() -> None:
    live_segment(sync=[{"to": "crm"}], messages={"sales": "Call."})
    copy = duplicate_segment(
        key="pros", new_key="pros-2", new_name="Pros again", by=seat("edna"), via="web"
    )
    said = document_of(copy)
    assert (copy.status, said["messages"], said.get("sync")) == ("draft", {"sales": "Call."}, None)
    assert said["definition"]["where"] == PROS


def test_a_new_owner_is_written_down() -> None:
    live_segment()
    owner = seat("nora", None)
    assert set_owner(key="pros", owner=owner, by=None, via="admin").owner == owner
    assert Change.objects.order_by("-pk")[0].details["fields"]["owner"] == [
        "mia@fieldnote.example",
        "nora@fieldnote.example",
    ]


def test_an_archived_segment_is_not_edited() -> None:
    segment = live_segment()
    archive(key="pros", by=None, via="web")
    with pytest.raises(SegmentRefused, match="is archived"):
        edit_segment(
            key="pros", document=document_of(segment), token=token_of(segment), by=None, via="web"
        )


def test_the_tests_of_a_file_survive_an_edit_of_the_definition() -> None:
    given = [{"id": "a", "traits": {"plan": "pro"}}]
    now = "2026-03-18T12:00:00Z"
    tests = [{"it": "pros are in", "now": now, "given": given, "expect": ["a"]}]
    segment = draft_segment(tests=tests)
    saved = save_draft(
        key="pros",
        document=changed(segment, definition=FREE),
        token=token_of(segment),
        by=None,
        via="web",
    )
    assert document_of(saved)["tests"] == tests


def test_what_does_not_exist_for_the_writer_cannot_be_referred_to() -> None:
    team("sales")
    segment = draft_segment()
    secret = document("secret", team="sales")
    create_segment(document=secret, by=None, via="web", is_private=True)
    editor, token = seat("edna"), token_of(segment)
    refusals = {}
    for other in ("secret", "sacred"):
        proposed = changed(segment, definition={"in_segment": other})
        with pytest.raises(DefinitionError) as refused:
            save_draft(key="pros", document=proposed, token=token, by=editor, via="web")
        refusals[other] = str(refused.value).replace(other, "…")
    assert refusals["secret"] == refusals["sacred"]
    # Where it stands already, the rest of the segment can still be edited.
    proposed = changed(segment, definition={"in_segment": "secret"})
    stored = save_draft(key="pros", document=proposed, token=token, by=None, via="web")
    proposed = changed(stored, why="More.")
    edited = save_draft(key="pros", document=proposed, token=token_of(stored), by=editor, via="web")
    assert edited.why == "More."
