"""Going live is earned: everything that keeps a segment from it is said at once, with a fix."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.models import Change, PublishRequest, Role, Segment, Team, TraitEntry, Workspace
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import create_segment, edit_segment, save_draft
from catalogue.segments.folder import read_folder
from catalogue.segments.gate import lacks_to_publish
from catalogue.segments.lifecycle import is_current
from catalogue.segments.publishing import archive, ask_to_publish, publish, request_of
from catalogue.segments.refusals import GateRefused, NeedsSecondPerson, SegmentRefused
from catalogue.segments.reports import FilesRefused
from catalogue.segments.services import apply_files
from tests.catalogue.segments.ground import FREE, changed, document, draft_segment, key, seat, team
from tests.catalogue.workspace import load_workspace

pytestmark = [pytest.mark.django_db]
ROOT = Path(__file__).parents[3]
FULL: dict[str, Any] = {
    "models": ["plan_status"],
    "goal": {"event": "purchase", "within": "14 days"},
    "evidence": [{"kind": "interview", "source": "research/2026-04", "n": 14}],
    "messages": {
        "marketing": "Come back.",
        "sales": "Ten minutes?",
        "customer_success": "What is missing?",
    },
    "tests": [
        {
            "it": "holds those on pro",
            "now": "2026-03-18T12:00:00Z",
            "given": [{"id": "ada", "traits": {"plan": "pro"}}],
            "expect": ["ada"],
        }
    ],
}


@pytest.fixture(autouse=True)
def whole_gate(settings: Any) -> None:
    settings.GATE_ASKS_FOR = None


def full_segment(**changes: Any) -> Segment:
    return draft_segment(**{**FULL, **changes})


def refusal(segment: Segment) -> list[tuple[str, str]]:
    """The code and pointer of everything that keeps it."""
    with pytest.raises(GateRefused) as refused:
        publish(key="pros", message="Go.", token=token_of(segment), by=None, via="web")
    assert Segment.objects.get(key="pros").status == "draft"
    return [(lack.code, lack.pointer) for lack in refused.value.lacks]


def test_a_segment_that_has_everything_goes_live() -> None:
    live = publish(key="pros", message="Go.", token=token_of(full_segment()), by=None, via="web")
    assert live.status == "live"


def test_one_that_says_nothing_is_refused_with_the_whole_list() -> None:
    assert refusal(draft_segment(owner="", why="")) == [
        ("no_owner", "/owner"),
        ("no_why", "/why"),
        ("no_goal", "/goal"),
        ("no_evidence", "/evidence"),
        ("no_message", "/messages/marketing"),
        ("no_message", "/messages/sales"),
        ("no_message", "/messages/customer_success"),
        ("models_differ", "/models"),
    ]


@pytest.mark.parametrize("left_out", ["goal", "evidence", "models"])
def test_each_thing_is_missed(left_out: str) -> None:
    assert [pointer for _, pointer in refusal(full_segment(**{left_out: None}))] == [f"/{left_out}"]


def test_a_test_that_fails_keeps_it_and_is_named() -> None:
    wrong = [{**FULL["tests"][0], "expect": []}]
    segment = full_segment(tests=wrong)
    (lack,) = lacks_to_publish(document_of(segment), segment)
    assert (lack.code, lack.pointer) == ("tests_fail", "/tests/0")
    assert "holds those on pro" in lack.sentence
    assert lack.fix


def test_a_workspace_chooses_what_it_asks_for_and_which_functions_there_are() -> None:
    segment = draft_segment(messages={"legal": "Ask us first."})
    Workspace.objects.create(pk=1, gate=["messages"], functions=["legal", "support"])
    assert refusal(segment) == [("no_message", "/messages/support")]
    Workspace.objects.update(gate=[])
    live = publish(key="pros", message="Go.", token=token_of(segment), by=None, via="web")
    assert live.status == "live"


def test_evidence_counts_until_its_last_day() -> None:
    today = date(2026, 11, 26)
    assert is_current(SimpleNamespace(expires_on=today), today)
    assert not is_current(SimpleNamespace(expires_on=date(2026, 11, 25)), today)
    assert is_current(SimpleNamespace(), today)


@pytest.mark.parametrize(
    ("kind", "models", "wrong"),
    [
        ("plan_status", ["plan_status"], 0),
        # Nobody has said what the trait tells of: it may stand for any model.
        ("", ["demographic"], 0),
        ("plan_status", ["demographic"], 2),
        ("plan_status", ["plan_status", "usage"], 1),
    ],
)
def test_models_have_to_fit_what_the_definition_asks_for(
    kind: str, models: list[str], wrong: int
) -> None:
    segment = full_segment(models=models)
    TraitEntry.objects.filter(name="plan").update(kind=kind)
    lacks = lacks_to_publish(document_of(segment), segment)
    assert [lack.code for lack in lacks] == ["models_differ"] * wrong


def test_behaviour_usage_and_dropping_off_are_asked_by_events() -> None:
    did = {"all": [{"did": "login", "in_last": "30 days"}]}
    for models, wrong in (
        (["usage"], 0),
        (["behavioural", "drop_off"], 0),
        (["psychographic"], 2),
    ):
        load_workspace() if not TraitEntry.objects.exists() else None
        team()
        name = "-".join(models).replace("_", "-")
        made = create_segment(
            document=document(name, **{**FULL, "tests": [], "models": models, "definition": did}),
            by=None,
            via="command",
        )
        assert len(lacks_to_publish(document_of(made), made)) == wrong, models


def test_what_is_live_does_not_lose_what_it_needed() -> None:
    live = publish(key="pros", message="Go.", token=token_of(full_segment()), by=None, via="web")
    with pytest.raises(GateRefused, match="It has no goal"):
        edit_segment(
            key="pros", document=changed(live, goal=None), token=token_of(live), by=None, via="web"
        )
    assert Segment.objects.get(key="pros").goal == FULL["goal"]
    # What it lacked before the gate asked for it keeps nobody from mending something else.
    Workspace.objects.create(pk=1, functions=["legal"])
    live.refresh_from_db()
    edited = edit_segment(
        key="pros", document=changed(live, why="Others."), token=token_of(live), by=None, via="web"
    )
    assert edited.why == "Others."


FILE = """\
apiVersion: segment-catalogue/v1
kind: Segment
key: pros
status: live
team: growth
owner: mia@fieldnote.example
why: They pay.
definition: {trait: plan, is: pro}
"""


def test_files_pass_the_same_gate_and_what_is_live_unchanged_passes(
    tmp_path: Path, settings: Any
) -> None:
    load_workspace()
    (tmp_path / "pros.yaml").write_text(FILE)
    files, _ = read_folder([str(tmp_path)], default_timezone="UTC")
    with pytest.raises(FilesRefused) as refused:
        apply_files(files, by=None)
    sentences = [problem.fault.message for problem in refused.value.problems]
    assert "The segment cannot go live. It has no goal. Say which event" in sentences[0]
    assert len(sentences) == 6
    assert not Segment.objects.exists()
    settings.GATE_ASKS_FOR = []
    apply_files(files, by=None)
    settings.GATE_ASKS_FOR = None
    assert apply_files(files, by=None).segments[0].outcome == "unchanged"


def test_the_files_of_both_demonstrations_pass_the_whole_gate() -> None:
    from catalogue.segments.lifecycle import Gate, lacks_always, lacks_asked

    gate = Gate.of_workspace(date(2026, 11, 26))
    for folder in ("demo/fieldnote/segments", "demo/cdnow/segments"):
        files, problems = read_folder([str(ROOT / folder)], default_timezone="UTC")
        assert not problems
        beside = {file.key: file for file in files}
        for file in files:
            assert [*lacks_always(file), *lacks_asked(file, gate, beside)] == [], file.key


def test_in_a_team_of_four_eyes_whoever_edited_last_asks_somebody_else() -> None:
    full_segment()
    Team.objects.update(four_eyes=True)
    edna, ed = seat("edna"), seat("ed")
    live = publish(
        key="pros", message="Go.", token=token_of(Segment.objects.get()), by=edna, via="web"
    )
    saved = save_draft(
        key="pros",
        document=changed(live, definition=FREE, tests=[]),
        token=token_of(live),
        by=edna,
        via="web",
    )
    with pytest.raises(NeedsSecondPerson, match="second person"):
        publish(key="pros", message="Free.", token=token_of(saved), by=edna, via="web")
    ask_to_publish(key="pros", message="Free.", token=token_of(saved), by=edna, via="web")
    request = request_of(saved)
    assert request is not None
    assert (request.asker, request.message) == ("Edna", "Free.")
    publish(key="pros", message="Free.", token=token_of(saved), by=ed, via="web")
    assert not PublishRequest.objects.exists()
    assert Change.objects.order_by("-pk")[0].details["asked_by"] == "Edna"


def test_a_request_is_void_once_something_else_would_be_published() -> None:
    segment = full_segment()
    ask_to_publish(key="pros", message="Go.", token=token_of(segment), by=None, via="web")
    edit_segment(
        key="pros",
        document=changed(segment, why="Others."),
        token=token_of(segment),
        by=None,
        via="web",
    )
    assert request_of(Segment.objects.get()) is None


def test_two_programs_are_two_pairs_of_eyes_when_their_keys_differ() -> None:
    segment = full_segment()
    Team.objects.update(four_eyes=True)
    writer, other = (key("segments:write", "segments:publish") for _ in range(2))
    saved = save_draft(
        key="pros",
        document=changed(segment, why="Others."),
        token=token_of(segment),
        by=writer,
        via="api",
    )
    with pytest.raises(NeedsSecondPerson):
        publish(key="pros", message="Go.", token=token_of(saved), by=writer, via="api")
    assert publish(
        key="pros", message="Go.", token=token_of(saved), by=other, via="api"
    ).status == ("live")


def test_what_is_used_is_not_archived_without_a_replacement(settings: Any) -> None:
    settings.GATE_ASKS_FOR = []
    draft_segment()
    for name, where in (("both", {"in_segment": "pros"}), ("third", FREE)):
        create_segment(
            document=document(name, name=name.title(), definition=where), by=None, via="command"
        )
    with pytest.raises(SegmentRefused, match="“Pros” is used: Both"):
        archive(key="pros", by=None, via="web")
    with pytest.raises(SegmentRefused, match="instead of itself"):
        archive(key="pros", by=None, via="web", replacement="pros")
    assert Segment.objects.get(key="pros").status == "draft"
    gone = archive(key="pros", by=None, via="web", replacement="third")
    assert gone.status == "archived"


def test_the_name_of_a_secret_draft_is_not_told(settings: Any) -> None:
    settings.GATE_ASKS_FOR = []
    draft_segment()
    team("sales")
    create_segment(
        document=document("secret", name="Secret", team="sales", definition={"in_segment": "pros"}),
        by=None,
        via="command",
        is_private=True,
    )
    with pytest.raises(SegmentRefused, match="a draft of another team"):
        archive(key="pros", by=seat("edna", Role.EDITOR), via="web")


def test_plan_says_what_apply_would_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_workspace()
    (tmp_path / "pros.yaml").write_text(FILE)
    with pytest.raises(SystemExit):
        call_command("segments", "plan", str(tmp_path))
    assert "It has no goal" in capsys.readouterr().err
