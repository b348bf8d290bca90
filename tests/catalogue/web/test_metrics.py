"""The registry of metrics, one metric, its form, and the settings behind them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalogue.models import EventEntry, Metric, PropertyEntry, Role, TeamMember, User, Workspace
from tests.catalogue.metrics.told import told
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Log-ins",
    "key": "logins",
    "formula": "{count: login, in_last: 28 days}",
    "unit": "log-ins",
    "direction": "up",
    "meaning": "Who comes back.",
    "owner": "",
}


@pytest.fixture
def editor() -> Client:
    event = EventEntry.objects.create(name="login")
    PropertyEntry.objects.create(event=event, name="amount", inferred_type="number")
    segment = make_segment("trials", name="Trials", sizes=(180, 200))
    user = make_user("edna", email="edna@fieldnote.example")
    TeamMember.objects.create(team=segment.team, user=user, role=Role.EDITOR)
    told(segment, NOW, active_share_28d=0.42)
    client = Client()
    client.force_login(user)
    return client


def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@fieldnote.example", "x"))
    return client


def test_a_metric_is_defined_on_its_form_and_listed_with_its_owner(editor: Client) -> None:
    answer = editor.post("/metrics/new/", {**FORM, "owner": "edna@fieldnote.example"})
    assert (answer.status_code, answer["Location"]) == (302, "/metrics/logins/")
    page = editor.get("/metrics/logins/").text
    assert "How often “Login” was done in the last 28 days, as a mean per member" in page
    assert "has not been measured on a segment yet" in page
    listed = editor.get("/metrics/").text
    assert "Who comes back." in listed
    assert "Monthly active" in listed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"formula": "{count: logn}"}, "Did you mean “login”?"),
        ({"formula": "{count: login"}, "formula"),
        ({"formula": "7"}, "Write what is measured"),
        ({"key": "No Key"}, "small letters and digits"),
        ({"key": "size"}, "There is a metric “size” already"),
        ({"owner": "nobody@x.example"}, "Nobody signs in"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    editor: Client, changes: dict[str, str], said: str
) -> None:
    answer = editor.post("/metrics/new/", {**FORM, **changes})
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert not Metric.objects.exists()


def test_the_english_follows_what_is_written(editor: Client) -> None:
    def preview(formula: str) -> str:
        found: Any = editor.post(
            "/metrics/preview/", {"formula": formula}, headers={"HX-Request": "true"}
        )
        return str(found.text)

    assert "share of members" in preview("{share: {did: login}}")
    assert "Did you mean “login”?" in preview("{count: logn}")
    assert "stands here as a sentence" in preview("")


def test_a_metric_is_changed_from_the_state_that_was_seen(editor: Client) -> None:
    editor.post("/metrics/new/", FORM)
    page = editor.get("/metrics/logins/edit/").text
    token = page.split('name="token" value="')[1].split('"')[0]
    changed = {**FORM, "name": "Visits", "token": token}
    assert editor.post("/metrics/logins/edit/", changed).status_code == 302
    late = editor.post("/metrics/logins/edit/", {**FORM, "name": "Other", "token": token})
    assert late.status_code == 409
    assert Metric.objects.get().name == "Visits"
    editor.post("/metrics/logins/archive/", {"do": "archive"})
    assert "Bring metric back" in editor.get("/metrics/logins/").text


def test_a_metric_compares_segments_with_everyone(editor: Client) -> None:
    page = editor.get("/metrics/active_share_28d/").text
    assert "Trials" in page
    assert "42.0 %" in page
    missing = editor.get("/metrics/active_shar_28d/")
    assert missing.status_code == 404
    assert "active_share_28d" in missing.text


def token_on(client: Client) -> str:
    page: Any = client.get("/metrics/workspace/")
    return str(page.text.split('name="token" value="')[1].split('"')[0])


def test_site_admins_say_which_events_mean_what(editor: Client) -> None:
    form: dict[str, Any] = {"active_events": ["login"], "fewest_people": "20", "revenue_event": ""}
    assert editor.post("/metrics/workspace/", form).status_code == 403
    admin = root()
    form["token"] = token_on(admin)
    assert admin.post("/metrics/workspace/", form).status_code == 302
    workspace = Workspace.current()
    assert (workspace.active_events, workspace.fewest_people) == (["login"], 20)
    assert admin.post("/metrics/workspace/", {**form, "fewest_people": "30"}).status_code == 409
    form["token"] = token_on(admin)
    money = {**form, "revenue_event": "login", "revenue_property": "amoun", "currency": "EUR"}
    refused = admin.post("/metrics/workspace/", money)
    assert refused.status_code == 422
    assert "Did you mean “amount”?" in refused.text
    assert Workspace.current().revenue is None
    assert "login" in editor.get("/metrics/workspace/").text
