"""What the components promise whoever uses them; how they look is shown by /styleguide/."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from catalogue.definitions.linked import Span
from catalogue.web.components.structure import Tab
from catalogue.web.components.wording import DiffLine

AS_OF = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def shown(template: str, path: str = "/", **context: Any) -> str:
    request = RequestFactory().get(path)
    engine = engines["django"]
    return engine.from_string(template).render({"request": request, **context}, request)


class Form(forms.Form):
    name = forms.CharField(help_text="Can change later.")
    nick = forms.CharField(required=False)
    private = forms.BooleanField(required=False)


def test_words_of_people_are_shown_never_run() -> None:
    evil = '<img src=x onerror="alert(1)">'
    for template in (
        "{% badge 'good' evil detail=evil %}",
        "{% chip evil evil '/x' %}",
        "{% person evil evil %}",
        "{% figure evil unit=evil %}",
        "{% note %}{{ evil }}{% endnote %}",
        "{% card evil %}{{ evil }}{% endcard %}",
        "{% section evil 'x' meta=evil %}{{ evil }}{% endsection %}",
        "{% dialog evil 'x' %}{{ evil }}{% enddialog %}",
        "{% empty_state evil %}{{ evil }}{% endempty_state %}",
        "{% failed evil evil %}{{ evil }}{% endfailed %}",
        "{% progress evil 1 2 evil %}",
        "{% source evil 'x' evil %}",
        "{% search '/x/' 'x' evil value=evil %}",
        "{% english_line spans %}",
        "{% diff lines %}",
    ):
        page = shown(template, evil=evil, spans=[Span(text=evil)], lines=[DiffLine(text=evil)])
        assert "<img" not in page, template
        assert "&lt;img" in page, template


def test_a_number_says_when_and_how_and_a_missing_one_that_it_is_missing() -> None:
    known = shown("{% figure 1250 at unit='people' method='exact' %}", at=AS_OF)
    assert "1,250" in known
    assert "exact · as of" in known
    assert 'datetime="2026-11-23T06:00:00+00:00"' in known

    missing = shown("{% figure None at missing='not counted yet' %}", at=AS_OF)
    assert "not counted yet" in missing
    assert "as of" not in missing
    assert "≈ 259" in shown("{% figure 259 estimate=True %}")


@pytest.mark.parametrize(
    ("part", "whole", "width"), [(1, 4, "25.0"), (9, 4, "100.0"), (-1, 4, "0.0"), (1, 0, "0.0")]
)
def test_a_bar_stays_in_its_box(part: float, whole: float, width: str) -> None:
    assert f'class="part" width="{width}"' in shown("{% bar a b %}", a=part, b=whole)


def test_a_field_is_tied_to_its_hint_and_its_errors() -> None:
    page = shown("{% field form.name %}", form=Form({"name": ""}))

    assert '<label for="id_name">' in page
    described = re.search(r'aria-describedby="([^"]+)"', page)
    assert described is not None
    ids = described.group(1).split()
    assert ids == ["id_name-hint", "id_name-error-1"]
    for id_ in ids:
        assert f'id="{id_}"' in page
    assert 'aria-invalid="true"' in page
    assert "(may stay empty)" not in page


def test_an_optional_field_says_so_and_a_box_stands_before_its_words() -> None:
    assert "(may stay empty)" in shown("{% field form.nick %}", form=Form())

    box = shown("{% field form.private hint='Going live ends that.' %}", form=Form())
    assert box.index("<input") < box.index("Private")
    assert 'aria-describedby="id_private-hint"' in box


def test_a_heading_sorts_one_way_then_the_other_and_keeps_the_rest_of_the_address() -> None:
    heading = "{% sort_header 'People' 'size' number=True %}"

    first = shown(heading, "/segments/?q=a&page=3")
    assert 'href="?q=a&amp;ordering=size"' in first
    assert "aria-sort" not in first

    ascending = shown(heading, "/segments/?q=a&ordering=size")
    assert 'aria-sort="ascending"' in ascending
    assert "ordering=-size" in ascending

    descending = shown(heading, "/segments/?ordering=-size")
    assert 'aria-sort="descending"' in descending
    assert 'href="?ordering=size"' in descending


def test_the_order_while_none_is_named_is_marked() -> None:
    page = shown("{% sort_header 'Name' 'name' default='name' %}", "/segments/")

    assert 'aria-sort="ascending"' in page


def test_pages_of_a_list_keep_the_address() -> None:
    page = shown("{% pager page %}", "/x/?q=a&page=2", page=Paginator(range(9), 3).page(2))

    assert 'rel="prev" href="?q=a&amp;page=1"' in page
    assert 'rel="next" href="?q=a&amp;page=3"' in page
    assert shown("{% pager page %}", page=Paginator(range(3), 3).page(1)).strip() == ""


def test_the_tab_one_is_at_is_marked_for_everybody() -> None:
    tabs = [Tab(label="One", url="/1/", current=True), Tab(label="Two", url="/2/", count=0)]

    page = shown("{% tabs tabs 'Pages' %}", tabs=tabs)

    assert page.count("aria-current") == 1
    assert '<a href="/1/" aria-current="page">One</a>' in page
    assert '<span class="n">0</span>' in page


def test_a_table_scrolls_by_itself_and_is_named() -> None:
    page = shown("{% table 'Runs of today' 'runs' %}<tbody></tbody>{% endtable %}")

    assert 'role="region" aria-labelledby="runs-caption" tabindex="0"' in page
    assert '<caption id="runs-caption" class="unseen">Runs of today</caption>' in page


def test_a_part_asks_for_itself_until_it_comes_without() -> None:
    asks = shown("{% live 'size' url='/size/' seconds=2 %}182{% endlive %}")
    assert 'hx-get="/size/" hx-trigger="every 2s"' in asks

    rests = shown("{% live 'size' url='/size/' seconds=0 %}182{% endlive %}")
    assert "hx-" not in rests
    assert 'id="size"' in rests


def test_work_without_a_total_has_not_begun() -> None:
    waiting = shown("{% progress 'Refreshing' %}")
    assert "waiting for its turn" in waiting
    assert "value=" not in waiting

    running = shown("{% progress 'Refreshing' 1200 4800 'rows' cancel_url='/stop/' %}")
    assert 'max="4800" value="1200"' in running
    assert "1,200 of 4,800 rows" in running
    assert 'action="/stop/"' in running
    assert "csrfmiddlewaretoken" in running


def test_a_failure_keeps_the_last_good_value_and_offers_to_try_again() -> None:
    page = shown("{% failed 'It stopped:' 'no disk' retry_url='/again/' %}182{% endfailed %}")

    assert 'role="alert"' in page
    assert page.index("no disk") < page.index("182") < page.index('action="/again/"')
    assert "csrfmiddlewaretoken" in page


def test_a_dialog_is_the_same_question_as_a_page() -> None:
    template = "{% dialog 'Archive it?' 'archive' as_page=as_page %}Really{% enddialog %}"

    dialog, page = shown(template, as_page=False), shown(template, as_page=True)

    assert '<dialog class="dialog" id="archive" aria-labelledby="h-archive">' in dialog
    assert "<dialog" not in page
    for text in ("Archive it?", "Really"):
        assert text in dialog
        assert text in page


def test_names_are_links_only_where_they_lead_somewhere() -> None:
    spans = [
        Span(text="Plan", kind="trait", name="plan"),
        Span(text=" is ", kind="text"),
        Span(text="pro", kind="value"),
        Span(text="amount", kind="property", name="amount"),
    ]

    block = shown("{% english lines %}", lines=[(1, spans)])
    assert '<a class="term" href="/dictionary/traits/plan/">Plan</a>' in block
    assert '<span class="value">pro</span>' in block
    assert '<span class="term">amount</span>' in block

    assert "<a" not in shown("{% english_line spans %}", spans=spans)
    assert "No definition yet." in shown("{% english_line spans %}", spans=[])


def test_what_changed_is_also_said() -> None:
    lines = [DiffLine(text="old", change="gone"), DiffLine(text="new", change="new")]

    page = shown("{% diff lines %}", lines=lines)

    assert "Removed: </span>old" in page
    assert "Added: </span>new" in page


def test_errors_among_messages_are_read_out_at_once() -> None:
    class Told:
        level_tag = "error"

        def __str__(self) -> str:
            return "Not saved."

    assert 'role="alert"' in shown("{% toasts told %}", told=[Told()])
