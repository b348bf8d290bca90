"""Asking for an erasure in the admin."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Erasure, User
from tests.catalogue.admin.ground import address, change_page
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


def test_a_site_admin_asks_for_one_and_sees_its_evidence(client: Client) -> None:
    load_workspace()
    client.force_login(User.objects.create_superuser("root"))
    page = address(Erasure, "add")
    assert "Nobody can undo it" in client.get(page).text
    assert "There is no customer" in client.post(page, {"customer_id": "x", "reason": "x"}).text
    sent = {"customer_id": "dan", "reason": "Letter 9"}
    assert client.post(page, sent).status_code == 302
    shown = client.get(change_page(Erasure.objects.get(reason="Letter 9"))).text
    assert "Suppressed for every purpose" in shown
    assert ">dan" not in shown
