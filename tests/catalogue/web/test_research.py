from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Discovery, Idea, Notice, Role, Segment, Survey, User
from catalogue.research.discovering import run_discovery
from catalogue.research.evidence import add_evidence, claims_of, tell_of_expired
from tests.catalogue.research.ground import NOW, everybody_at_start, planted
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def evidence(**piece: Any) -> None:
    said = {"kind": "interview", "source": "research/x", **piece}
    add_evidence(key="pros", piece=said, by=None, via="web")


def test_each_sentence_of_the_why_stands_with_its_evidence() -> None:
    mia = seat("mia")
    live_segment("pros", why="They pay and stay. They ask for more.")
    evidence(source="research/pay", claim="They pay and stay.")
    evidence(source="research/all")

    claims = claims_of("They pay and stay. They ask for more.", list(_pros().evidence.all()))
    page = signed_in(mia).get("/segments/pros/research/").text

    assert [(one.sentence, [piece.source for piece in one.evidence]) for one in claims] == [
        ("They pay and stay.", ["research/pay"]),
        ("They ask for more.", []),
        ("", ["research/all"]),
    ]
    assert "No evidence names this sentence." in page
    assert page.index("They pay and stay.") < page.index("research/pay")


def _pros() -> Segment:
    return Segment.objects.get(key="pros")


def test_evidence_is_added_on_the_page_and_refused_at_its_field() -> None:
    mia = seat("mia")
    live_segment("pros")
    client = signed_in(mia)
    here = "/segments/pros/research/"

    refused = client.post(here, {"kind": "interview", "source": ""})
    assert refused.status_code == 422
    sent = {"kind": "survey", "source": "research/y", "n": "62", "expires_on": "2027-01-01"}
    assert client.post(here, sent)["Location"] == here

    piece = _pros().evidence.get()
    assert (piece.kind, piece.n, piece.expires_on) == ("survey", 62, date(2027, 1, 1))
    reader = signed_in(seat("nora", Role.VIEWER))
    assert reader.post(here, sent).status_code == 403
    assert "Add evidence" not in reader.get(here).text


def test_the_owner_is_told_once_of_what_has_expired() -> None:
    mia = seat("mia")
    live_segment("pros")
    evidence(expires_on=TODAY.isoformat())
    evidence(source="research/fresh", expires_on=(TODAY + timedelta(days=60)).isoformat())

    assert tell_of_expired(now=timezone.now()) == 1
    Notice.objects.update(seen_at=timezone.now())
    assert tell_of_expired(now=timezone.now()) == 0

    notice = Notice.objects.get()
    assert notice.user == mia
    assert "research/x" in notice.reason
    assert notice.link == "/segments/pros/research/"


def test_the_library_shows_first_what_has_to_be_looked_at_anew() -> None:
    mia = seat("mia")
    live_segment("pros")
    evidence(source="research/for-ever")
    evidence(source="research/old", expires_on="2020-01-01")
    client = signed_in(mia)

    page = client.get("/research/").text
    assert page.index("research/old") < page.index("research/for-ever")
    assert "1 piece of evidence has expired" in page
    narrowed = client.get("/research/?state=expired").text
    assert "research/for-ever" not in narrowed
    assert client.get("/research/?state=nonsense&kind=%00").status_code == 200


def test_a_survey_is_uploaded_and_a_bad_file_is_refused_by_row() -> None:
    load_workspace()
    chief = signed_in(seat("chief", Role.ADMIN))
    said = {"name": "Why", "slug": "why", "source": "x", "asked_on": "2026-03-01"}

    def upload(text: str) -> Any:
        file = BytesIO(text.encode())
        file.name = "../../etc/answers.csv"
        sent = {**said, "id_column": "customer_id", "answers": file}
        return chief.post("/research/surveys/new/", sent)

    refused = upload("customer_id,Why?\nzoe,A\n")
    assert refused.status_code == 422
    assert "row 2, column customer_id: there is no customer “zoe”" in refused.text
    assert not Survey.objects.exists()

    taken = upload("customer_id,Why?\nada,<b>A</b>\n")
    assert taken["Location"] == "/research/surveys/why/"
    page = chief.get("/research/surveys/why/").text
    assert "survey_why_why" in page
    assert "fewer than 10 people" in page
    assert signed_in(seat("mia")).get("/research/surveys/new/").status_code == 403


def test_what_a_search_found_is_shown_and_saved_with_one_click() -> None:
    planted()
    everybody_at_start()
    made = Discovery.objects.create(
        event="subscribed", days=14, now=NOW, segment=Segment.objects.get(key="all")
    )
    client = signed_in(seat("mia"))
    here = f"/research/discoveries/{made.pk}/"

    assert "Waiting for a worker" in client.get(here).text
    run_discovery(number=made.pk)
    page = client.get(here).text
    assert "times as often" in page
    assert "trait: tool" in page
    answer = client.post(f"{here}groups/0/save/")

    idea = Idea.objects.get()
    assert answer["Location"] == f"/ideas/{idea.pk}/"
    assert f"Saved as idea {idea.pk}" in client.get(here).text
    shown = client.get(f"/ideas/{idea.pk}/").text
    assert f'href="{here}"' in shown


def test_that_nothing_stands_out_is_an_answer() -> None:
    made = Discovery.objects.create(event="login", days=1, now=NOW, state="succeeded", n=900)

    page = signed_in(seat("mia")).get(f"/research/discoveries/{made.pk}/").text

    assert "Nothing stands out" in page


def test_a_question_that_makes_no_sense_is_refused_at_its_field() -> None:
    load_workspace()
    client = signed_in(seat("mia"))

    answer = client.post("/research/discoveries/", {"event": "logn", "days": "14"})

    assert answer.status_code == 422
    assert "Did you mean “login”" in answer.text
    assert not Discovery.objects.exists()
