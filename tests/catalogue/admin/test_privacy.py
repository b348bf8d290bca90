"""Suppressions, consent and erasures in the admin."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalogue.models import Consent, Erasure, Suppression
from tests.catalogue.admin.ground import address, change_page
from tests.catalogue.privacy.ground import stop
from tests.rights.ground import Ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(ground: Ground) -> Client:
    """Admin of the team Growth."""
    return ground.client("team admin")


def test_a_team_admin_suppresses_somebody_and_lifts_it_again(chief: Client) -> None:
    page = address(Suppression, "add")
    sent = {"customer_id": "bob", "address": "", "purpose": "", "reason": "Phoned."}
    assert chief.post(page, sent).status_code == 302
    row = Suppression.objects.get(reason="Phoned.")
    assert (row.source, row.people.count(), row.added_by != "") == ("admin", 1, True)
    lift = address(Suppression, "lift", row.pk)
    assert "may be used again" in chief.get(lift).text
    assert chief.post(lift, {"confirmed": "1", "reason": "A mistake."}).status_code == 302
    row.refresh_from_db()
    assert row.lifted_because == "A mistake."
    assert chief.get(lift).status_code == 403


def test_a_file_is_taken_in_or_refused_with_the_row_at_fault(chief: Client) -> None:
    page = address(Suppression, "add")
    good = SimpleUploadedFile("stop.csv", b"customer_id\nbob\neve\n")
    assert chief.post(page, {"reason": "List 7", "file": good}).status_code == 302
    assert Suppression.objects.filter(reason="List 7").count() == 2
    bad = SimpleUploadedFile("stop.csv", b"customer_id,purpose\ndan,spying\n")
    answer = chief.post(page, {"reason": "List 8", "file": bad})
    assert "row 2, column purpose" in answer.text
    assert not Suppression.objects.filter(reason="List 8").exists()


def test_what_says_nobody_is_refused_on_the_form(chief: Client) -> None:
    answer = chief.post(address(Suppression, "add"), {"reason": "Why not."})
    assert "Say who: the id of a customer" in answer.text
    assert not Suppression.objects.filter(reason="Why not.").exists()


def test_the_list_is_searched_by_whom_a_row_is_about_and_names_nobody(chief: Client) -> None:
    row = stop("cleo")
    stop("dan")
    found = chief.get(address(Suppression, "changelist") + "?q=cleo")
    assert f"Suppression {row.pk}" in found.text
    assert found.context["cl"].result_count == 1
    assert ">cleo" not in chief.get(change_page(row)).text


def test_that_of_an_erasure_has_no_button_to_lift_it(chief: Client) -> None:
    row = stop("eve", source="erasure")
    assert "Lift…" not in chief.get(change_page(row)).text
    assert chief.post(address(Suppression, "lift", row.pk), {"confirmed": "1"}).status_code == 403


def test_a_word_of_consent_is_noted(chief: Client) -> None:
    sent = {"customer_id": "bob", "purpose": "sales", "said": "no", "source": "phone"}
    assert chief.post(address(Consent, "add"), sent).status_code == 302
    row = Consent.objects.get(source="phone")
    assert (row.is_given, row.purpose) == (False, "sales")
    refused = chief.post(address(Consent, "add"), {**sent, "customer_id": "nobody"})
    assert "There is no customer" in refused.text


def test_a_team_admin_asks_for_no_erasure(chief: Client) -> None:
    assert chief.get(address(Erasure, "add")).status_code == 403


def test_a_site_admin_says_which_purposes_need_consent(ground: Ground, chief: Client) -> None:
    page = address(Consent, "purposes")
    sent = {"confirmed": "1", "purpose": "research", "is_needed": "on", "trait": ""}
    assert chief.post(page, sent).status_code == 403
    root = ground.client("site admin")
    assert root.post(page, sent).status_code == 302
    assert "research needs consent." in root.get(page).text
    refused = root.post(page, {**sent, "trait": "plan"})
    assert "only a trait that is yes or no" in refused.text
