"""The pages that keep a segment true: publish, certificate, review, playbook, feedback."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import (
    Acknowledgement,
    Certificate,
    Feedback,
    GuideVersion,
    PublishRequest,
    Review,
    Role,
    Segment,
    Team,
    User,
)
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.guides import save_guide
from tests.catalogue.segments.ground import FREE, changed, draft_segment, live_segment, seat
from tests.catalogue.workspace import refresh

pytestmark = [pytest.mark.django_db]
AT = "/segments/pros/"
ANSWERS = {
    **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
    "outcome": "keep",
}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_publish_page_lists_what_is_missing_with_its_fix(settings: Any) -> None:
    settings.GATE_ASKS_FOR = None
    draft_segment()
    client = browser(seat("edna"))
    page = client.get(f"{AT}publish/").text
    assert "6 things are missing" in page
    assert "It has no goal." in page
    assert "Write the message of customer success" in page
    token = token_of(Segment.objects.get())
    answer = client.post(f"{AT}publish/", {"message": "Go.", "token": token})
    assert (answer.status_code, Segment.objects.get().status) == (422, "draft")


def test_whoever_edited_last_is_offered_to_ask_and_a_second_person_sees_who_asked() -> None:
    live = live_segment()
    Team.objects.update(four_eyes=True)
    edna, ed = seat("edna"), seat("ed")
    saved = save_draft(
        key="pros",
        document=changed(live, definition=FREE),
        token=token_of(live),
        by=edna,
        via="web",
    )
    first = browser(edna)
    assert "Ask a second person to publish" in first.get(f"{AT}publish/").text
    asked = {"do": "ask", "message": "Free ones.", "token": token_of(saved)}
    assert first.post(f"{AT}publish/", asked).status_code == 302
    assert PublishRequest.objects.get().asked_by == edna
    second = browser(ed)
    assert "A second person is asked to publish" in second.get("/").text
    page = second.get(f"{AT}publish/").text
    assert "Edna asks for a second person" in page
    assert "Free ones." in page
    said = {"message": "Free ones.", "token": token_of(saved)}
    assert second.post(f"{AT}publish/", said).status_code == 302
    assert Segment.objects.get().definition.number == 2


def test_a_certificate_is_given_shown_and_taken_back() -> None:
    live_segment()
    client = browser(seat("chief", Role.ADMIN))
    client.post(f"{AT}certificate/", {"message": "Looked at with sales."})
    assert Certificate.objects.get().giver == "Chief"
    assert "Certified" in client.get(AT).text
    assert "Certified" in client.get("/segments/").text
    client.post(f"{AT}certificate/", {"message": "No more.", "do": "withdraw"})
    assert not Certificate.objects.exists()
    assert client.post(f"{AT}certificate/", {"message": " "}).status_code == 422


def test_a_review_is_answered_on_its_page_and_read_on_another() -> None:
    live_segment()
    client = browser(seat("edna"))
    page = client.get(f"{AT}review/").text
    assert "Is the message still right?" in page
    assert "Nothing supports its why." in page
    assert "Look it over" in client.get("/reviews/").text
    half = client.post(f"{AT}review/", {"still_true": "yes"})
    assert half.status_code == 422
    assert "Answer this" in half.text
    done = client.post(f"{AT}review/", {**ANSWERS, "note": "Fine."})
    review = Review.objects.get()
    assert done.headers["Location"] == f"/reviews/{review.pk}/"
    assert "Fine." in client.get(f"/reviews/{review.pk}/").text
    assert "Fine." in client.get("/reviews/?show=done").text
    assert client.get("/reviews/999999/").status_code == 404


def test_who_wants_to_archive_is_led_there() -> None:
    live_segment()
    client = browser(seat("edna"))
    answers = {**ANSWERS, "outcome": "archive"}
    assert client.post(f"{AT}review/", answers).status_code == 422
    led = client.post(f"{AT}review/", {**answers, "note": "Nobody uses it."})
    assert led.headers["Location"] == f"{AT}archive/"


def test_a_reader_sees_the_questions_and_cannot_answer() -> None:
    live_segment()
    client = browser(seat("vic", Role.VIEWER))
    page = client.get(f"{AT}review/").text
    assert "Confirm the review" not in page
    assert client.post(f"{AT}review/", ANSWERS).status_code == 403
    assert not Review.objects.exists()


def test_a_guide_is_written_approved_and_noted_on_its_page() -> None:
    live_segment(messages={"sales": "Hello."})
    client = browser(seat("edna"))
    at = f"{AT}playbook/?function=sales"
    said = {"do": "save", "number": "1", "message": "Good day.", "proof": "Nine of ten stay."}
    assert client.post(at, said).status_code == 302
    assert GuideVersion.objects.filter(function="sales").count() == 2
    page = client.get(at).text
    assert "Nine of ten stay." in page
    assert "has not taken note yet" in page
    client.post(at, {"do": "note"})
    assert Acknowledgement.objects.get().guide == 2
    client.post(at, {"do": "approve", "number": "2"})
    assert "approved by Edna" in client.get("/playbooks/sales/").text
    late = client.post(at, said)
    assert late.status_code == 409
    assert "newer version" in late.text
    assert client.get(f"{AT}playbook/?function=cooks").status_code == 404
    assert client.get("/playbooks/cooks/").status_code == 404


def test_the_form_of_a_segment_leaves_the_other_parts_of_a_guide() -> None:
    live_segment(messages={"sales": {"message": "Hello.", "dont": "Shout."}})
    client = browser(seat("edna"))
    assert "Hello." in client.get(f"{AT}edit/").text
    assert "Shout." in client.get("/playbooks/sales/").text


def test_a_team_called_after_a_function_hears_of_a_change_at_home() -> None:
    live_segment(messages={"sales": "Hello."})
    save_guide(
        key="pros", function="sales", said={"message": "Good day."}, number=1, by=None, via="web"
    )
    client = browser(seat("lena", Role.EDITOR, at="sales"))
    assert "Sales has not taken note of it yet" in client.get("/").text


def test_feedback_is_said_of_a_member_by_who_sees_people() -> None:
    live_segment()
    refresh("pros")
    client = browser(seat("seer", Role.VIEWER, sees=True))
    assert "Does not fit?" in client.get(f"{AT}people/").text
    assert "?member=ada" in client.get("/customers/ada/").text
    at = f"{AT}feedback/?member=ada"
    assert "Does this one fit?" in client.get(at).text
    assert client.post(at, {"fits": "no"}).status_code == 422
    said = {"fits": "no", "reason": "wrong_data", "note": "Moved."}
    assert client.post(at, said).status_code == 302
    assert Feedback.objects.get().reason == "wrong_data"
    assert "Moved." in client.get(at).text
    assert client.get(f"{AT}feedback/?member=bob").status_code == 404


def test_others_read_the_numbers_and_nobody_by_name() -> None:
    live_segment()
    refresh("pros")
    client = browser(seat("ed"))
    at = f"{AT}feedback/?member=ada"
    assert "Nobody has said yet" in client.get(at).text
    assert "Does this one fit?" not in client.get(at).text
    assert client.post(at, {"fits": "yes"}).status_code == 403
    assert not Feedback.objects.exists()


def test_a_segment_promises_how_old_its_numbers_may_be() -> None:
    live_segment(refresh="every 6 hours")
    Segment.objects.update(refreshed_at=timezone.now())
    assert "promised at most 6 hours old" in browser(seat("vic", Role.VIEWER)).get(AT).text
