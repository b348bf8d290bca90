"""Going live: with a message, through the gate, and only over the state that was looked at."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.membership.publishing import publish_and_refresh, request_refresh_by
from catalogue.membership.version_history import version_lines, versions_of
from catalogue.models import Change, Draft, Experiment, RefreshRun, Role, Scope, Segment
from catalogue.segments.definition_versions import written
from catalogue.segments.documents import token_of
from catalogue.segments.editing import edit_segment, save_draft
from catalogue.segments.publishing import archive, publish, restore_version, unarchive
from catalogue.segments.refusals import NoSuchVersion, SegmentRefused, StaleEdit
from tests.catalogue.segments.ground import (
    FREE,
    PROS,
    changed,
    draft_segment,
    key,
    live_segment,
    seat,
)
from tests.catalogue.workspace import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def drafted(**changes: object) -> Segment:
    """A live segment with a draft of d2."""
    segment = live_segment()
    changes = changes or {"definition": FREE}
    return save_draft(
        key="pros",
        document=changed(segment, **changes),
        token=token_of(segment),
        by=None,
        via="web",
    )


def where(segment: Segment) -> object:
    from catalogue.segments.documents import document_of

    return document_of(segment)["definition"]["where"]


def test_a_published_draft_is_the_next_version_with_its_message() -> None:
    segment = drafted(definition=FREE, why="Others.")
    editor = seat("edna")
    live = publish(
        key="pros", message=" Free ones. ", token=token_of(segment), by=editor, via="web"
    )
    assert (live.definition.number, live.definition.message, live.why) == (
        2,
        "Free ones.",
        "Others.",
    )
    assert (where(live), live.status, Draft.objects.count()) == (FREE, "live", 0)
    change = Change.objects.order_by("-pk")[0]
    assert (change.kind, change.user, change.message) == ("segment.published", editor, "Free ones.")
    assert change.details == {
        "fields": {"why": ["They pay and stay.", "Others."]},
        "definition": [1, 2],
    }


def test_what_is_published_is_due_to_be_refreshed_at_once() -> None:
    segment = drafted()
    _, run = publish_and_refresh(
        key="pros", message="Free.", token=token_of(segment), by=None, via="web"
    )
    assert (run.keys, run.state) == (["pros"], "queued")
    assert request_refresh_by(key="pros", by=None) == run
    assert RefreshRun.objects.count() == 1


def test_publishing_twice_publishes_once() -> None:
    token = token_of(drafted())
    publish(key="pros", message="Free.", token=token, by=None, via="web")
    with pytest.raises(StaleEdit):
        publish(key="pros", message="Free.", token=token, by=None, via="web")
    newest = Segment.objects.get(key="pros")
    with pytest.raises(SegmentRefused, match="no draft"):
        publish(key="pros", message="Free.", token=token_of(newest), by=None, via="web")
    assert newest.definitions.count() == 2


@pytest.mark.parametrize("message", ["", "  \n ", "x" * 2_001])
def test_a_message_of_reasonable_length_is_needed(message: str) -> None:
    token = token_of(drafted())
    with pytest.raises(SegmentRefused, match=r"sentence|at most 2,000"):
        publish(key="pros", message=message, token=token, by=None, via="web")
    assert Segment.objects.get(key="pros").definition.number == 1


def test_a_draft_made_from_an_older_state_is_not_published_over_a_newer_one() -> None:
    segment = drafted()
    edit_segment(
        key="pros",
        document=changed(segment, why="Meanwhile."),
        token=token_of(segment),
        by=None,
        via="web",
    )
    newest = Segment.objects.get(key="pros")
    with pytest.raises(StaleEdit) as stale:
        publish(key="pros", message="Free.", token=token_of(newest), by=None, via="web")
    assert stale.value.theirs["why"] == "Meanwhile."
    # Saved again, on top of what is there now, it is.
    saved = save_draft(
        key="pros",
        document=changed(newest, definition=FREE),
        token=stale.value.token,
        by=None,
        via="web",
    )
    live = publish(key="pros", message="Free.", token=token_of(saved), by=None, via="web")
    assert (live.why, where(live)) == ("Meanwhile.", FREE)


def test_what_is_missing_is_said_all_at_once() -> None:
    segment = draft_segment(owner="", why="")
    with pytest.raises(SegmentRefused, match="It has no owner.*It does not say why"):
        publish(key="pros", message="Go.", token=token_of(segment), by=None, via="web")
    assert Segment.objects.get(key="pros").status == "draft"


def test_going_live_ends_the_privacy_of_a_draft() -> None:
    segment = draft_segment()
    segment.is_private = True
    segment.save()
    live = publish(key="pros", message="Go.", token=token_of(segment), by=None, via="web")
    assert (live.is_private, live.status) == (False, "live")


def test_another_definition_mends_a_broken_segment_and_the_same_one_does_not() -> None:
    segment = draft_segment()
    Segment.objects.update(broken_reason="“x” is gone.")
    segment.refresh_from_db()
    with pytest.raises(SegmentRefused, match="It is broken: “x” is gone"):
        publish(key="pros", message="Go.", token=token_of(segment), by=None, via="web")
    Segment.objects.update(status="live")
    segment.refresh_from_db()
    saved = save_draft(
        key="pros",
        document=changed(segment, definition=FREE),
        token=token_of(segment),
        by=None,
        via="web",
    )
    live = publish(key="pros", message="Mend.", token=token_of(saved), by=None, via="web")
    assert live.broken_reason == ""


def test_an_older_version_comes_back_as_a_further_one() -> None:
    publish(key="pros", message="Free.", token=token_of(drafted()), by=None, via="web")
    segment = Segment.objects.get(key="pros")
    live = restore_version(
        key="pros", number=1, message="Back.", token=token_of(segment), by=None, via="web"
    )
    assert (live.definition.number, where(live)) == (3, PROS)
    assert Change.objects.order_by("-pk")[0].details["restored"] == 1
    with pytest.raises(NoSuchVersion, match="no definition version d9"):
        restore_version(
            key="pros", number=9, message="Back.", token=token_of(live), by=None, via="web"
        )


def test_an_archived_segment_keeps_its_history_and_comes_back_as_a_draft() -> None:
    live_segment()
    archived = archive(key="pros", by=None, via="web", message="Done.")
    assert (archived.status, archived.definitions.count()) == ("archived", 1)
    assert unarchive(key="pros", by=None, via="web").status == "draft"
    with pytest.raises(SegmentRefused, match="no segment “nothing”"):
        archive(key="pros", by=None, via="web", replacement="nothing")


def test_nobody_publishes_what_they_may_not_write() -> None:
    segment = drafted()
    for actor in (
        seat("vic", Role.VIEWER),
        seat("ed", Role.EDITOR, at="sales"),
        key(Scope.SEGMENTS_READ, Scope.SEGMENTS_WRITE),
        key(Scope.SEGMENTS_PUBLISH, at="sales"),
    ):
        with pytest.raises(PermissionDenied):
            publish(key="pros", message="Go.", token=token_of(segment), by=actor, via="web")
        with pytest.raises(PermissionDenied):
            archive(key="pros", by=actor, via="web")
    assert Segment.objects.get(key="pros").definition.number == 1
    actor = key(Scope.SEGMENTS_PUBLISH)
    live = publish(key="pros", message="Go.", token=token_of(segment), by=actor, via="api")
    assert Change.objects.order_by("-pk")[0].actor == actor.label
    assert live.definition.created_by is None


def test_what_was_said_when_a_stored_draft_went_live_stands_at_its_version() -> None:
    segment = live_segment("pros")
    assert segment.definition is not None
    assert segment.definition.message == ""  # the draft's definition was stored before
    found = written(segment)
    assert found is not None
    assert found.message == "First."
    (line,) = version_lines(segment, list(versions_of(segment)))
    assert line.message == "First."


def test_a_segment_with_a_running_experiment_is_not_archived() -> None:
    segment = live_segment("pros")
    facts = {"name": "Call", "hypothesis": "A call helps.", "aim": {}, "number": 7, "salt": "x"}
    Experiment.objects.create(segment=segment, state="running", started_at=NOW, **facts)
    with pytest.raises(SegmentRefused, match="EXP-7 runs on “Pros”"):
        archive(key="pros", by=None, via="command")
    Experiment.objects.update(state="stopped")
    assert archive(key="pros", by=None, via="command").status == "archived"
