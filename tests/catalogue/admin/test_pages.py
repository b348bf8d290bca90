from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.models import Account, Change, Customer
from tests.catalogue.admin.ground import address, change_page, models_of_admin
from tests.rights.ground import Ground

pytestmark = [pytest.mark.django_db, pytest.mark.long]
# Lists without pages: a row would be headed with the id of a person.
WITHOUT_PAGES = (Customer, Account)


def test_every_model_of_ours_is_in_the_admin() -> None:
    ours = {
        model
        for app in ("catalogue", "integrations")
        for model in apps.get_app_config(app).get_models()
    }
    assert ours == set(models_of_admin())


def test_every_list_form_and_history_answers_a_site_admin(ground: Ground) -> None:
    client = ground.client("site admin")
    failed = []
    for model in models_of_admin():
        pages = [address(model, "changelist")]
        row = model._default_manager.first()
        assert row is not None, f"the ground has no {model.__name__}"
        if model not in WITHOUT_PAGES:
            pages += [change_page(row), address(model, "history", row.pk)]
        failed += [page for page in pages if client.get(page).status_code != 200]
    assert failed == []


def test_no_row_of_a_list_has_a_link_within_a_link(ground: Ground) -> None:
    # The column that leads to the row must not lead elsewhere itself: a browser ends the outer
    # link before the inner one, and leaves a link without a name.
    client = ground.client("site admin")
    pages = [address(model, "changelist") for model in models_of_admin()]
    nested = re.compile(r"<a\b(?:(?!</a>).)*<a\b", re.DOTALL)
    assert [page for page in pages if nested.search(_results(client.get(page).text))] == []


def _results(html: str) -> str:
    """The table of a list."""
    found = re.search(r'<table[^>]*id="result_list".*?</table>', html, re.DOTALL)
    assert found is not None, "the list has no row"
    return found[0]


def test_every_list_can_be_searched_sorted_and_narrowed(ground: Ground) -> None:
    client = ground.client("site admin")
    failed = []
    for model in models_of_admin():
        page = address(model, "changelist")
        answer = client.get(page)
        found = answer.context["cl"]
        choices = [
            choice["query_string"]
            for spec in found.filter_specs
            for choice in spec.choices(found)
            if choice.get("query_string")
        ]
        columns = range(1, len(found.list_display) + 1)
        asked = [*choices, *(f"?o={number}" for number in columns)]
        asked += ["?q=own"] if found.search_fields else []
        failed += [page + query for query in asked if client.get(page + query).status_code != 200]
    assert failed == []


def test_every_form_for_something_new_answers(ground: Ground) -> None:
    client = ground.client("site admin")
    for name in ("segment", "team", "user", "peoplegrant", "apikey"):
        assert client.get(reverse(f"admin:catalogue_{name}_add")).status_code == 200
    tool = reverse("admin:integrations_destination_add")
    assert "Which kind of tool?" in client.get(tool).text
    for kind in ("files", "mailman"):
        assert client.get(f"{tool}?connector={kind}").status_code == 200


def test_nobody_is_named_on_any_page_of_the_admin(ground: Ground) -> None:
    client = ground.client("site admin")
    shown = ""
    for model in models_of_admin():
        row = model._default_manager.first()
        assert row is not None
        pages = [address(model, "changelist")]
        pages += [change_page(row)] if model not in WITHOUT_PAGES else []
        shown += "".join(client.get(page).text for page in pages)
    for person in ("ada@x.example", "a-company", ">ada<", "bob@x.example"):
        assert person not in shown, person


def test_what_is_not_offered_as_a_filter_cannot_be_asked_for(ground: Ground) -> None:
    client = ground.client("site admin")
    for page in (
        "/admin/catalogue/user/?password__startswith=md5",
        "/admin/catalogue/apikey/?digest__startswith=0",
        "/admin/catalogue/customer/?external_id=ada",
        "/admin/catalogue/listedmember/?customer_id=ada",
        "/admin/catalogue/draft/?created_by__password__startswith=md5",
        "/admin/integrations/destination/?secrets__contains=x",
        "/admin/integrations/sentidentity/?identity__startswith=a",
    ):
        assert client.get(page).status_code == 400, page


def test_nothing_is_deleted_here(ground: Ground) -> None:
    client = ground.client("site admin")
    for model in models_of_admin():
        row = model._default_manager.first()
        assert row is not None
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        client.post(address(model, "changelist"), chosen)
        assert model._default_manager.filter(pk=row.pk).exists(), model.__name__


def test_pages_carry_the_policy_of_the_house_and_nothing_inline(ground: Ground) -> None:
    client = ground.client("site admin")
    for page in ("/admin/", "/admin/catalogue/segment/", "/admin/catalogue/user/"):
        answer = client.get(page)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        for inline in ("<style", " style=", "<script>", " onclick="):
            assert inline not in answer.text, (page, inline)


def test_changes_are_listed_in_words(ground: Ground) -> None:
    page = ground.client("site admin").get("/admin/catalogue/change/").text
    assert "Published" in page
    assert "the command line" in page
    assert Change.objects.exists()


@pytest.mark.parametrize("place", ["segment", "refreshrun", "change", "definitionversion"])
def test_longer_lists_do_not_take_more_queries(ground: Ground, place: str) -> None:
    from tests.catalogue.admin.rows import add_rows

    client = ground.client("site admin")
    client.get(f"/admin/catalogue/{place}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/admin/catalogue/{place}/")
    add_rows(12)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/admin/catalogue/{place}/")
    assert len(many) == len(few)


def test_strangers_are_led_to_the_login_of_the_house(client: Client) -> None:
    answer = client.get("/admin/catalogue/segment/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/?next=")
