"""The page of a trait: what is known, who uses it, how to use it, and saying what it means."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.definitions.nodes import Trait
from catalogue.definitions.parse import parse_definition
from catalogue.models import Change, Role, Status, Team, TeamMember, TraitEntry, User
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.vocabulary import condition_of, form_of, make_admin, make_trait, take_photo
from tests.catalogue.web.workspace import make_segment, make_user

pytestmark = pytest.mark.django_db

PLAN = "/dictionary/traits/plan/"


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make_user("nora"))
    return client


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def shown(client: Client, path: str = PLAN) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def facts_of(entry: TraitEntry) -> tuple[str, str, str]:
    entry.refresh_from_db()
    return entry.label, entry.description, entry.stated_type


def test_the_page_says_all_that_is_known(reader: Client) -> None:
    make_trait("plan", description="What they pay for.", null_share=0.3305, stated_type="mixed")
    paying = {"trait": "plan", "in": ["starter", "pro"]}
    make_segment("paying", name="Paying ones", sizes=(1250,), definition=parse_definition(paying))
    take_photo()

    text = shown(reader)

    said = words_of(text)
    assert said.startswith("Dictionary Trait Plan plan")
    assert "What they pay for." in said
    assert "Type Mixed stated the values look like: Text" in said
    assert "33 % of customers have no value exact · as of 23 Nov 2026, 05:30 UTC" in said
    assert "Used by 1 segment" in said
    assert "Paying ones Plan is one of starter or pro" in said
    assert "1,250 23 Nov 2026, 06:00 UTC" in said
    assert 'href="/segments/paying/"' in text


def test_a_trait_without_values_and_uses_says_so(reader: Client) -> None:
    make_trait("plan", "")
    said = words_of(shown(reader))
    assert "Nobody has said what it means yet. Team admins and site admins may" in said
    assert "No segment that you may see looks at it." in said
    assert "Missing not known yet" in said
    assert "Unused" in said


@pytest.mark.parametrize(
    ("type_", "condition"),
    [
        ("text", {"trait": "plan", "is": "some value"}),
        ("number", {"trait": "plan", "gte": 10}),
        ("boolean", {"trait": "plan", "is": True}),
        ("date", {"trait": "plan", "in_last": "30 days"}),
        ("list", {"trait": "plan", "has_any": ["one value", "another"]}),
        ("object", {"trait": "plan", "is_set": True}),
        ("mixed", {"trait": "plan", "is_set": True}),
        ("", {"trait": "plan", "is_set": True}),
    ],
)
def test_it_shows_how_to_use_it_by_its_type(reader: Client, type_: str, condition: Any) -> None:
    make_trait("plan", type_)
    example = re.search(r'id="example-1"[^>]*>(.*?)</pre>', shown(reader), re.DOTALL)
    assert example is not None
    data = condition_of(example[1])
    assert data == condition
    assert parse_definition(data)


@pytest.mark.parametrize(
    "name", ["a/b", "..", "a.b", "Größe & Preis", "100%", "what?", "#1", " x ", "a\nb", "~", "注文"]
)
def test_every_name_has_a_page_with_its_example(reader: Client, name: str) -> None:
    make_trait(name)
    text = shown(reader, reverse("trait", args=[name]))
    code = re.search(r'<code class="anywhere" id="name">(.*?)</code>', text, re.DOTALL)
    assert code is not None
    assert html.unescape(code[1]) == name
    example = re.search(r'id="example-1"[^>]*>(.*?)</pre>', text, re.DOTALL)
    assert example is not None
    where = parse_definition(condition_of(example[1])).where
    assert isinstance(where, Trait)
    assert where.term.path == (name,)


def test_a_name_that_is_not_there_is_404_with_the_nearest(reader: Client) -> None:
    make_trait("subscription_status")
    answer = reader.get("/dictionary/traits/subscription_statsu/")
    assert answer.status_code == 404
    assert "Did you mean “subscription_status”?" in answer.text
    assert 'href="/dictionary/traits/subscription_status/"' in answer.text
    assert reader.get("/dictionary/traits/subscription_status/?subject=moon").status_code == 404


def test_a_trait_of_accounts_has_its_own_page(reader: Client) -> None:
    make_trait("plan", description="Theirs.")
    make_trait("plan", subject="account", description="The company's.", null_share=0.5)
    make_segment("paying", name="Paying ones")  # looks at the plan of customers
    said = words_of(shown(reader, f"{PLAN}?subject=account"))
    assert "The company's." in said
    assert "50 % of accounts" in said
    assert "Paying ones" not in said
    assert "Theirs." in words_of(shown(reader))


def test_segments_that_are_hidden_or_archived_are_not_told_of(reader: Client) -> None:
    make_trait("plan")
    sales = Team.objects.create(slug="sales", name="Sales")
    make_segment("x", name="Secret", status=Status.DRAFT, is_private=True, team=sales)
    make_segment("y", name="Out of use", status=Status.ARCHIVED)
    said = words_of(shown(reader))
    assert "Secret" not in said
    assert "Out of use" not in said


def test_an_admin_says_what_it_means(admin: Client) -> None:
    plan = make_trait("plan")
    sent = form_of(shown(admin))
    assert sent == {"token": sent["token"], "label": "", "meaning": "", "type": "inferred"}

    sent |= {"label": "Plan", "meaning": "What they pay for.", "type": "number"}
    answer = admin.post(PLAN, sent, follow=True)

    assert answer.redirect_chain == [(PLAN, 302)]
    assert facts_of(plan) == ("Plan", "What they pay for.", "number")
    assert "“Plan” is described." in answer.text
    assert "Chief described the trait “Plan”" in words_of(answer.text)
    change = Change.objects.get()
    assert (change.kind, change.via, change.object_key) == ("trait.described", "web", "plan")
    assert change.details["fields"]["type"] == ["inferred", "number"]


def test_sent_twice_it_is_described_once(admin: Client) -> None:
    plan = make_trait("plan")
    sent = {**form_of(shown(admin)), "label": "Plan"}
    assert [admin.post(PLAN, sent).status_code for _ in range(2)] == [302, 302]
    assert facts_of(plan) == ("Plan", "", "")
    assert Change.objects.count() == 1


def test_a_stale_form_shows_both_and_changes_nothing_until_sent_again(admin: Client) -> None:
    plan = make_trait("plan")
    stale = {**form_of(shown(admin)), "label": "Mine", "meaning": "My words."}
    admin.post(PLAN, {**form_of(shown(admin)), "label": "Theirs", "meaning": "Their words."})

    answer = admin.post(PLAN, stale)

    assert answer.status_code == 409
    assert facts_of(plan) == ("Theirs", "Their words.", "")
    said = words_of(answer.text)
    assert "Chief has described “Theirs” since you opened it. Nothing of yours was stored." in said
    assert "Their words." in said
    again = form_of(answer.text)
    assert (again["label"], again["meaning"]) == ("Mine", "My words.")
    assert admin.post(PLAN, again).status_code == 302
    assert facts_of(plan) == ("Mine", "My words.", "")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("label", "x" * 501, "at most 500 characters"),
        ("meaning", "x" * 2001, "at most 2000 characters"),
        ("type", "colour", "not one of the available choices"),
        ("label", "a\0b", "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_stored_is_said_at_its_field(
    admin: Client, field: str, value: str, sentence: str
) -> None:
    plan = make_trait("plan")
    answer = admin.post(PLAN, {**form_of(shown(admin)), field: value})
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert facts_of(plan) == ("", "", "")
    assert not Change.objects.exists()


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.EDITOR])
def test_only_admins_may_describe(client: Client, role: str | None) -> None:
    plan = make_trait("plan")
    user = make_user("nora")
    if role:
        team = Team.objects.create(slug="growth", name="Growth")
        TeamMember.objects.create(team=team, user=user, role=role)
    client.force_login(user)
    assert "<textarea" not in shown(client)

    answer = client.post(PLAN, {"label": "Mine", "meaning": "", "type": "text", "token": ""})

    assert answer.status_code == 403
    assert "seen to by team admins and site admins" in words_of(answer.text)
    assert facts_of(plan) == ("", "", "")


def test_site_admins_may_describe_and_strangers_sign_in(client: Client) -> None:
    plan = make_trait("plan")
    assert client.get(PLAN)["Location"] == f"/login/?next={PLAN}"
    assert client.post(PLAN, {"label": "x"})["Location"] == f"/login/?next={PLAN}"
    client.force_login(User.objects.create_superuser("root"))
    assert client.post(PLAN, {"label": "Plan", "type": "inferred"}).status_code == 302
    assert facts_of(plan)[0] == "Plan"


def test_more_segments_do_not_take_more_queries(reader: Client) -> None:
    make_trait("plan")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(reader)
        return len(queries)

    make_segment("first", sizes=(1, 2))
    few = count()
    for number in range(12):
        make_segment(f"more-{number}", sizes=(1, 2))

    assert count() == few <= 20
