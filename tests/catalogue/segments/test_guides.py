"""Message guides: every save is a version, and who uses a segment is asked to note a change."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_file import parse_segment_files
from catalogue.models import GuideVersion, MessageGuide, Role, Segment, User
from catalogue.published.cards import card
from catalogue.segments.documents import document_of
from catalogue.segments.exporting import export_segment
from catalogue.segments.guides import acknowledge, approve_guide, save_guide
from catalogue.segments.queries.attention import needs_of
from catalogue.segments.queries.playbooks import guides_of, playbook_of
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.services import apply_files
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.workspace import load_workspace

pytestmark = [pytest.mark.django_db]
FILE = """\
apiVersion: segment-catalogue/v1
kind: Segment
key: pros
team: growth
definition: {trait: plan, is: pro}
messages:
  # Said on the phone.
  sales:
    message: Ten minutes with me?
    dont: Offer a discount.
  marketing: {message: Come back.}
"""


def save(said: dict[str, str], *, number: int, function: str = "sales", by: Any = None) -> None:
    save_guide(key="pros", function=function, said=said, number=number, by=by, via="web")


def said(function: str = "sales") -> Any:
    return document_of(Segment.objects.get(key="pros"))["messages"][function]


def files(text: str) -> Any:
    return parse_segment_files(text, file_name="pros.yaml")


def test_a_file_may_say_the_message_alone_or_all_parts_and_comes_back_byte_for_byte() -> None:
    load_workspace()
    apply_files(files(FILE), by=None)
    assert said() == {"message": "Ten minutes with me?", "dont": "Offer a discount."}
    assert said("marketing") == "Come back."
    assert export_segment(Segment.objects.get(key="pros")).text == FILE
    assert apply_files(files(FILE), by=None).segments[0].outcome == "unchanged"
    save({"message": "Five minutes?", "dont": "Offer a discount."}, number=1)
    written = export_segment(Segment.objects.get(key="pros")).text
    assert "  # Said on the phone.\n  sales:\n    message: " in written
    (again,) = files(written)
    assert again.messages["sales"] == {"message": "Five minutes?", "dont": "Offer a discount."}


@pytest.mark.parametrize(
    ("guide", "pointer"),
    [("{do: Smile.}", "/messages/sales"), ("{message: Hi., promises: x}", "/messages/sales")],
)
def test_a_guide_without_a_message_or_with_an_unknown_part_is_refused(
    guide: str, pointer: str
) -> None:
    text = FILE.partition("messages:")[0] + f"messages: {{sales: {guide}}}\n"
    with pytest.raises(DefinitionError) as refused:
        files(text)
    assert refused.value.faults[0].pointer.startswith(pointer)


def test_every_save_is_a_version_and_none_is_edited() -> None:
    live_segment(messages={"sales": "Hello."})
    save({"message": "Hello.", "promise": "A report."}, number=1)
    save({"message": "Good day."}, number=2)
    versions = GuideVersion.objects.filter(function="sales").order_by("number")
    assert [(one.number, one.said) for one in versions] == [
        (1, "Hello."),
        (2, {"message": "Hello.", "promise": "A report."}),
        (3, "Good day."),
    ]
    save({"message": ""}, number=3)
    assert not MessageGuide.objects.exists()
    save({"message": "Again."}, number=0)
    assert MessageGuide.objects.get().number == 5


def test_nobody_writes_over_a_version_they_have_not_seen() -> None:
    live_segment(messages={"sales": "Hello."})
    save({"message": "Good day."}, number=1)
    with pytest.raises(SegmentRefused, match="newer version"):
        save({"message": "Mine."}, number=1)
    assert said() == "Good day."


def test_approval_ends_with_the_next_save() -> None:
    live_segment(messages={"sales": "Hello."})
    by, now = seat("edna"), timezone.now()
    approve_guide(key="pros", function="sales", number=1, now=now, by=by, via="web")
    assert guides_of(Segment.objects.get())[1].approver == "Edna"
    save({"message": "Good day."}, number=1)
    assert guides_of(Segment.objects.get())[1].approver == ""
    with pytest.raises(SegmentRefused, match="version 2 by now"):
        approve_guide(key="pros", function="sales", number=1, now=now, by=by, via="web")


def asked(user: User) -> list[str]:
    return [need.text for need in needs_of(user, now=timezone.now()) if "note" in need.kind]


def test_a_function_is_asked_to_note_a_change_until_it_has() -> None:
    live_segment(messages={"sales": "Hello.", "marketing": "Hello."})
    lena, edna = seat("lena", Role.EDITOR, at="sales"), seat("edna")
    assert asked(lena) == []
    save({"message": "Good day."}, number=1)
    assert asked(lena) == ["sales"]
    assert asked(edna) == []
    with pytest.raises(PermissionDenied, match="editors of its team"):
        acknowledge(
            key="pros",
            function="sales",
            now=timezone.now(),
            by=seat("out", Role.EDITOR, at="data"),
            via="web",
        )
    acknowledge(key="pros", function="sales", now=timezone.now(), by=lena, via="web")
    assert asked(lena) == []
    save({"message": "Good evening."}, number=2)
    assert asked(lena) == ["sales"]


def test_a_playbook_holds_every_live_segment_and_the_silent_ones_last() -> None:
    live_segment("aaa")
    live_segment("zzz", messages={"sales": "Hello."})
    assert [one.key for one in playbook_of("sales", None)] == ["zzz", "aaa"]


def test_the_card_for_tools_holds_the_messages() -> None:
    live_segment(messages={"sales": {"message": "Hello.", "do": "Smile."}})
    found = card("pros")
    assert found is not None
    assert found.messages == {"sales": "Hello."}
