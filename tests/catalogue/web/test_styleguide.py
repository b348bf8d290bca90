from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.catalogue.web.workspace import make_user

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
PARTIALS = ROOT / "catalogue" / "templates" / "catalogue" / "components"
DESIGN = ROOT / "docs" / "design.md"


@pytest.fixture
def guide(client: Client) -> str:
    client.force_login(make_user())
    answer = client.get("/styleguide/")
    assert answer.status_code == 200
    return answer.text


def test_every_component_is_filled_in_by_the_guide(client: Client) -> None:
    client.force_login(make_user())
    used = {template.name for template in client.get("/styleguide/").templates}

    # What only the frame has, and what a page alone decides.
    elsewhere = {"nav", "user_menu", "live"}
    for partial in PARTIALS.glob("*.html"):
        if partial.stem not in elsewhere:
            assert f"catalogue/components/{partial.name}" in used, partial.stem


def test_every_tag_is_described_with_an_example() -> None:
    described = DESIGN.read_text(encoding="utf-8")
    tags = [
        name
        for module in (ROOT / "catalogue" / "web" / "components").glob("*.py")
        for name in re.findall(
            r"@register\.(?:simple_tag|simple_block_tag|inclusion_tag)[^\n]*\ndef (\w+)",
            module.read_text(encoding="utf-8"),
        )
    ]
    assert len(tags) > 25

    # Messages are shown by the frame, not by pages.
    assert [tag for tag in tags if f"{{% {tag} " not in described] == ["toasts"]


def test_states_are_an_icon_a_word_and_a_colour(guide: str) -> None:
    badges = re.findall(r'<span class="(?:badge|pill) (\w+)">(.*?)</span>', guide, re.DOTALL)
    assert len(badges) > 25

    for tone, inside in badges:
        assert tone in {"good", "warn", "bad", "idle", "mark", "info"}
        assert "<use href=" in inside
        assert re.sub(r"<[^>]+>", "", inside).strip()


def test_both_themes_stand_side_by_side(guide: str) -> None:
    assert 'data-theme="light"' in guide
    assert 'data-theme="dark"' in guide


def test_no_id_is_there_twice(guide: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', guide)

    assert sorted(ids) == sorted(set(ids))
