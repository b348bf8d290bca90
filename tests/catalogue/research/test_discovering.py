from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.ideas.drafting import draft_from_idea
from catalogue.models import DiscoveredGroup, Discovery, Idea, LinkKind, Role, RunState
from catalogue.research.discovering import (
    cancel_discovery,
    discoveries_for,
    request_discovery,
    run_discovery,
    waiting_discoveries,
)
from catalogue.research.refusals import ResearchRefused
from catalogue.research.saving import save_group
from tests.catalogue.research.ground import NOW, PEOPLE, START, everybody_at_start, planted
from tests.catalogue.segments.ground import draft_segment, seat

pytestmark = pytest.mark.django_db


def asked(**said: Any) -> Discovery:
    facts = {"event": "subscribed", "days": 14, "by": None, "via": "web", "now": NOW, **said}
    return request_discovery(**facts)


def test_a_planted_group_is_found_in_a_segment_as_a_definition_that_can_be_used() -> None:
    planted()
    everybody_at_start()

    found = run_discovery(number=asked(segment="all").pk)

    assert (found.state, found.error, found.n) == (RunState.SUCCEEDED, "", PEOPLE)
    assert found.done == found.total > 3
    group = found.groups.get(position=0)
    where = to_data(from_canonical(group.canonical))["where"]
    assert {"trait": "tool", "is": "jira"} in where["all"]  # type: ignore[index]
    events = [one["did"] for one in where["all"] if "did" in one]  # type: ignore[index]
    assert events == ["report"]
    assert group.lift > 1.8
    assert group.low < group.rate < group.high
    assert group.base_rate == pytest.approx(found.reached / found.n, abs=0.05)
    assert "jira" in group.english


def test_nothing_stands_out_where_everybody_is_alike() -> None:
    planted(with_group=False)
    everybody_at_start()

    found = run_discovery(number=asked(segment="all").pk)

    assert found.state == RunState.SUCCEEDED
    assert found.weighed > 0
    assert not found.groups.exists()


def test_what_somebody_did_after_the_start_is_not_known_of_them() -> None:
    """Else the goal itself, or what follows it, would be found as its reason."""
    planted()

    found = run_discovery(number=asked().pk)

    assert found.n == PEOPLE
    assert found.groups.exists()
    said = " ".join(group.canonical for group in found.groups.all())
    assert "subscribed" not in said
    assert "invoice" not in said


def test_who_entered_too_late_to_reach_the_goal_in_time_is_not_followed() -> None:
    planted()
    everybody_at_start()

    with pytest.raises(ResearchRefused, match="Nobody has entered “all” 15 days ago or earlier"):
        asked(segment="all", days=15)
    assert not Discovery.objects.exists()


def test_a_goal_that_nobody_reached_is_said_and_nothing_is_kept() -> None:
    planted()

    found = run_discovery(number=asked(now=START + timedelta(days=1), days=1).pk)
    late = run_discovery(number=asked(event="login", days=1).pk)

    assert found.state == RunState.SUCCEEDED or found.error
    assert (late.state, late.error) == (RunState.FAILED, "Nobody reached the goal.")
    assert not late.groups.exists()


@pytest.mark.parametrize(
    ("said", "pointer", "sentence"),
    [
        ({"event": "subscribd"}, "/event", "Did you mean “subscribed”"),
        ({"days": 0}, "/days", "within 1 to 365 days"),
        ({"segment": "nowhere"}, "/segment", "There is no segment"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    said: dict[str, Any], pointer: str, sentence: str
) -> None:
    planted()

    with pytest.raises(ResearchRefused, match=sentence) as refused:
        asked(**said)

    assert refused.value.pointer == pointer


def test_asking_twice_looks_once_and_a_stopped_one_finds_nothing() -> None:
    planted()
    first = asked()

    assert asked().pk == first.pk
    assert waiting_discoveries(now=NOW) == [first.pk]
    assert cancel_discovery(number=first.pk, by=None).state == RunState.CANCELLED
    assert run_discovery(number=first.pk).state == RunState.CANCELLED
    assert asked().pk != first.pk


def test_a_search_is_stopped_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    planted()
    made = asked()
    Discovery.objects.filter(pk=made.pk).update(cancel_asked=True)

    found = run_discovery(number=made.pk)

    assert found.state == RunState.CANCELLED
    assert not DiscoveredGroup.objects.exists()


def test_a_search_whose_worker_is_gone_is_ended() -> None:
    planted()
    made = asked()
    Discovery.objects.filter(pk=made.pk).update(state=RunState.RUNNING, started_at=START)

    assert waiting_discoveries(now=NOW) == []

    made.refresh_from_db()
    assert made.state == RunState.FAILED
    assert "Ask again" in made.error


def test_a_group_is_saved_once_as_an_idea_with_the_analysis_as_evidence() -> None:
    planted()
    everybody_at_start()
    mia = seat("mia")
    found = run_discovery(number=asked(segment="all").pk)
    group = found.groups.get(position=0)

    idea = save_group(group_id=group.pk, by=mia, via="web", now=NOW)
    again = save_group(group_id=group.pk, by=mia, via="web", now=NOW)

    assert again == idea
    assert Idea.objects.count() == 1
    assert idea.segment is not None
    assert idea.segment.key == "all"
    assert "“Subscribed”" in idea.title
    assert "was not searched" in idea.text
    link = idea.links.get()
    assert (link.kind, link.target) == (LinkKind.EVIDENCE, f"/research/discoveries/{found.pk}/")
    assert f"n {group.n}" in link.note
    draft = draft_from_idea(number=idea.pk, by=mia, via="web", key="jira-reports")
    assert draft.definition is not None
    assert draft.definition.canonical == group.canonical


def test_only_those_who_make_segments_have_groups_looked_for() -> None:
    planted()

    with pytest.raises(PermissionDenied):
        asked(by=seat("nora", Role.VIEWER))
    assert asked(by=seat("mia")).state == RunState.QUEUED


def test_a_search_in_a_private_draft_is_seen_by_its_team_alone() -> None:
    segment = draft_segment("pros")
    type(segment).objects.filter(pk=segment.pk).update(is_private=True)
    made = Discovery.objects.create(event="login", days=1, segment=segment, now=NOW)

    assert list(discoveries_for(seat("mia"))) == [made]
    assert list(discoveries_for(seat("lena", at="sales"))) == []
