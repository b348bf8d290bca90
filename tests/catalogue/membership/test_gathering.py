"""What nobody edited is not read again, and what somebody edited always is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue.membership import gathering
from catalogue.membership.gathered_before import READ
from catalogue.membership.gathering import gather
from catalogue.models import ListedMember, Segment, Status
from tests.catalogue.workspace import define, load_workspace

pytestmark = pytest.mark.django_db
PRO: dict[str, object] = {"trait": "plan", "is": "pro"}
FREE: dict[str, object] = {"trait": "plan", "is": "free"}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()
    define("pros", PRO)
    define("better", {"all": [{"in_segment": "pros"}, {"did": "login", "in_last": "7 days"}]})
    listed("pros", ListedMember.Kind.ADD, "cleo")


def listed(key: str, kind: str, *ids: str) -> None:
    segment = Segment.objects.get(key=key)
    segment.listed.filter(kind=kind).delete()
    ListedMember.objects.bulk_create(
        ListedMember(segment=segment, kind=kind, customer_id=one) for one in ids
    )
    segment.save()


def gathered(*keys: str) -> tuple[object, ...]:
    found = gather(keys, with_parts=True)
    versions = {key: segment.definition for key, segment in found.asked.items()}
    refused = {key: str(error) for key, error in found.refused.items()}
    return found.asked, versions, found.inputs, refused


def archive() -> None:
    segment = Segment.objects.get(key="better")
    segment.status = Status.ARCHIVED
    segment.save()


EDITS: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "another definition": lambda: define("pros", FREE),
    "the definition of one that is built on it": lambda: define("better", PRO),
    "another goal": lambda: define("pros", PRO, goal={"did": "order_paid"}),
    "somebody else on its list": lambda: listed("pros", ListedMember.Kind.ADD, "bob"),
    "nobody on its list": lambda: listed("pros", ListedMember.Kind.ADD),
    "somebody on a list that was empty": lambda: listed("better", ListedMember.Kind.REMOVE, "ada"),
    "one more": lambda: define("more", FREE),
    "one less": archive,
    "one without a definition": lambda: define("better", PRO) and undefined("better"),
}


def undefined(key: str) -> None:
    segment = Segment.objects.get(key=key)
    segment.definition = None
    segment.save()


@pytest.mark.parametrize("keys", [(), ("better",), ("pros", "better")], ids=str)
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_was_read_before_is_as_if_it_were_read_now(
    edit: Callable[[], object], keys: tuple[str, ...]
) -> None:
    gathered(*keys)
    before = gathered(*keys)
    edit()
    after = gathered(*keys)
    READ.clear()
    assert after == gathered(*keys)
    if edit is EDITS["nothing"]:
        assert after == before


def test_an_edit_while_it_is_read_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    read = gathering._listed
    edits = iter([lambda: listed("pros", ListedMember.Kind.ADD, "bob", "eve")])

    def edited_meanwhile(segment_ids: list[int]) -> gathering.Listed:
        found = read(segment_ids)
        next(edits, lambda: None)()
        return found

    monkeypatch.setattr(gathering, "_listed", edited_meanwhile)
    assert len(gather(["better"], with_parts=True).inputs["pros"].adds) == 2
