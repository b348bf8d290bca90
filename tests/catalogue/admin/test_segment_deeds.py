"""What is done with segments by buttons and actions: services do it, and refusals are told."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from catalogue.models import (
    Certificate,
    Change,
    Draft,
    ListedMember,
    RefreshRun,
    Role,
    Segment,
    User,
)
from catalogue.segments.documents import token_of
from catalogue.segments.editing import create_segment, save_draft
from tests.catalogue.admin.ground import address, press
from tests.catalogue.segments.ground import changed, document, seat, team
from tests.catalogue.web.writing import draft, live

pytestmark = pytest.mark.django_db
LIST = "/admin/catalogue/segment/"


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    client.force_login(seat("chief", Role.ADMIN))
    return client


def act(client: Client, action: str, *segments: Segment, **posted: Any) -> Any:
    """Tick segments in the list and choose an action."""
    chosen = [segment.pk for segment in segments]
    data = {"action": action, "_selected_action": chosen, **posted}
    return client.post(LIST, data, follow=True)


def newest() -> Change:
    change = Change.objects.first()
    assert change is not None
    return change


def test_a_refresh_of_many_is_one_run(chief: Client) -> None:
    one, two = live("one"), live("two")

    answer = act(chief, "refresh", one, two)

    assert RefreshRun.objects.get().keys == ["one", "two"]
    assert "was asked for" in answer.text


def test_archiving_first_names_what_is_built_on_it(chief: Client) -> None:
    base = live("base")
    live("top", name="The top", definition={"all": [{"in_segment": "base"}]})

    asked = act(chief, "archive", base)

    assert "Built on “Pros”: The top" in asked.text
    assert Segment.objects.get(key="base").status == "live"


def test_archiving_is_done_once_confirmed_and_written_down(chief: Client) -> None:
    base, other = live("base"), live("other")

    answer = act(chief, "archive", base, confirmed="1", message="Old.", replacement="other")

    assert "is archived" in answer.text
    assert Segment.objects.get(key="base").status == "archived"
    assert (newest().kind, newest().via, newest().message) == ("segment.archived", "admin", "Old.")
    assert newest().details == {"replacement": other.key}


def test_one_that_is_refused_does_not_stop_the_others(chief: Client) -> None:
    one, two = live("one"), live("two")

    answer = act(chief, "archive", one, two, confirmed="1", replacement="nothing")

    assert answer.text.count("There is no segment “nothing” to use instead") == 2
    assert set(Segment.objects.values_list("status", flat=True)) == {"live"}


def test_the_owner_is_changed_after_asking_to_whom(chief: Client) -> None:
    one, two = live("one"), live("two")
    tom = seat("tom", None)

    asked = act(chief, "change_owner", one, two)
    answer = act(chief, "change_owner", one, two, confirmed="1", owner=tom.pk)

    assert "Change the owner of 2 segments" in asked.text
    assert answer.text.count("belongs to Tom now") == 2
    assert {segment.owner for segment in Segment.objects.all()} == {tom}
    assert newest().details["fields"]["owner"] == ["mia@fieldnote.example", tom.email]


def test_a_copy_is_a_draft_of_its_own_name(chief: Client) -> None:
    one = live("one")

    asked = act(chief, "duplicate", one)
    answer = chief.post(address(Segment, "ask", one.pk, "duplicate"), {"name": "Copy of it"})

    assert "Name of the copy" in asked.text
    copy = Segment.objects.get(key="copy-of-it")
    assert answer.status_code == 302
    assert (copy.status, newest().via) == ("draft", "admin")


def test_several_cannot_be_duplicated_at_once(chief: Client) -> None:
    answer = act(chief, "duplicate", live("one"), live("two"))

    assert "Tick one segment to duplicate" in answer.text
    assert Segment.objects.count() == 2


def test_a_copy_under_a_key_that_is_taken_is_refused_on_the_page(chief: Client) -> None:
    one = live("one")

    answer = chief.post(
        address(Segment, "ask", one.pk, "duplicate"), {"name": "Again", "key": "one"}
    )

    assert "is taken" in answer.text
    assert Segment.objects.count() == 1


def test_one_segment_is_exported_as_its_file_and_several_as_an_archive(chief: Client) -> None:
    one, two = live("one"), live("two")

    single, several = act(chief, "export", one), act(chief, "export", one, two)

    assert single.headers["Content-Disposition"] == 'attachment; filename="one.yaml"'
    assert b"key: one" in single.content
    with zipfile.ZipFile(io.BytesIO(several.content)) as archive:
        assert sorted(archive.namelist()) == ["growth/one.yaml", "growth/two.yaml"]


def test_who_is_listed_by_hand_is_not_in_the_exported_file(chief: Client) -> None:
    one = live("one")
    ListedMember.objects.create(segment=one, kind="add", customer_id="ada")

    text = act(chief, "export", one).content.decode()

    assert "ada" not in text
    assert "# Who is listed by hand is not in this file" in text


def test_a_draft_is_thrown_away_by_its_button(chief: Client) -> None:
    segment = live("one")
    document_ = changed(segment, why="More.")
    token = token_of(segment)
    save_draft(key="one", document=document_, token=token, by=None, via="command")

    answer = press(chief, segment, "discard")

    assert "What is live is unchanged" in answer.text
    assert not Draft.objects.exists()


def test_an_archived_segment_comes_back_as_a_draft(chief: Client) -> None:
    segment = live("one")
    act(chief, "archive", segment, confirmed="1")

    press(chief, segment, "unarchive")

    assert Segment.objects.get(key="one").status == "draft"
    assert newest().kind == "segment.unarchived"


def test_segments_are_certified_with_words_and_that_is_taken_back_with_words(
    chief: Client,
) -> None:
    one, idea = live("one"), draft("idea")
    asked = act(chief, "certify", one, idea)
    assert "lapses when the definition changes" in asked.text
    assert not Certificate.objects.exists()
    assert "This field is required" in act(chief, "certify", one, confirmed="1").text

    answer = act(chief, "certify", one, idea, confirmed="1", message="Reviewed with sales.")

    assert "is certified." in answer.text
    assert "is not live. Publish it, then vouch for it." in answer.text
    held = Certificate.objects.get()
    assert (held.segment, held.message) == (one, "Reviewed with sales.")
    assert newest().kind == "segment.certified"

    page = chief.get(address(Segment, "change", one.pk)).text
    assert "Take the certificate back…" in page
    back = {"confirmed": "1", "message": "Nobody checked it."}
    chief.post(address(Segment, "ask", one.pk, "uncertify"), back)
    assert not Certificate.objects.exists()
    assert (newest().kind, newest().message) == (
        "segment.certificate_withdrawn",
        "Nobody checked it.",
    )


def test_there_is_no_other_deed(chief: Client) -> None:
    segment = draft("one")
    assert chief.get(address(Segment, "ask", segment.pk, "delete")).status_code == 404
    assert press(chief, segment, "delete").status_code == 403


def test_a_segment_of_another_team_is_refused_beside_ones_own(chief: Client) -> None:
    team("sales")
    own = live("own")
    foreign = create_segment(document=document("foreign", team="sales"), by=None, via="command")
    tom = seat("tom", None)

    answer = act(chief, "change_owner", own, foreign, confirmed="1", owner=tom.pk)

    assert "You may read “Pros” but not change it" in answer.text
    owners = dict(Segment.objects.values_list("key", "owner_email"))
    assert owners == {"own": tom.email, "foreign": "mia@fieldnote.example"}
    assert User.objects.filter(pk=tom.pk).exists()
