from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.models import RefreshRun, RunState, Segment, Status
from catalogue.segments.queries.overview import newest_run, segment_page
from tests.catalogue.web.workspace import NOW, make_segment

pytestmark = pytest.mark.django_db


def page_of(key: str):  # type: ignore[no-untyped-def]
    segment = Segment.objects.select_related("team", "owner", "definition", "membership")
    return segment_page(segment.get(key=key), viewer=None, now=NOW)


def test_what_it_is_built_on_and_what_is_built_on_it() -> None:
    make_segment("base", sizes=(7,))
    make_segment("top", definition=parse_definition({"not": {"in_segment": "base"}}))
    make_segment("unrelated", definition=parse_definition({"trait": "plan", "is": "base"}))
    make_segment("old", definition=parse_definition({"in_segment": "base"}), status=Status.ARCHIVED)

    assert [(one.key, one.size) for one in page_of("top").built_on] == [("base", 7)]
    assert [one.key for one in page_of("base").used_by] == ["top"]
    assert page_of("unrelated").built_on == ()


def test_a_base_that_is_gone_is_said_to_be_gone() -> None:
    make_segment("top", definition=parse_definition({"in_segment": "lost"}))

    (base,) = page_of("top").built_on

    assert (base.key, base.is_there) == ("lost", False)


def test_the_newest_run_is_of_this_segment_or_of_all() -> None:
    segment = make_segment("paying")
    RefreshRun.objects.create(keys=["paying"], state=RunState.SUCCEEDED)
    everything = RefreshRun.objects.create(keys=[], state=RunState.RUNNING, progress_total=4)
    RefreshRun.objects.create(keys=["other"], state=RunState.QUEUED)

    run = newest_run(segment)

    assert run is not None
    assert (run.id, run.is_active, run.total) == (everything.pk, True, 4)


def test_a_run_that_refused_this_segment_has_failed_for_it() -> None:
    segment = make_segment("paying")
    results = [
        {"key": "other", "error": ""},
        {"key": "paying", "error": "The trait “plan” is not there any more."},
    ]
    RefreshRun.objects.create(keys=[], state=RunState.SUCCEEDED, results=results)

    run = newest_run(segment)

    assert run is not None
    assert run.has_failed
    assert run.error == "The trait “plan” is not there any more."


def test_a_run_from_before_the_segment_says_nothing_about_it() -> None:
    before = RefreshRun.objects.create(keys=[], state=RunState.FAILED, error="no disk")
    segment = make_segment("paying")
    RefreshRun.objects.filter(pk=before.pk).update(
        created_at=segment.created_at - timedelta(seconds=1)
    )

    assert newest_run(segment) is None
