"""Every component in all its states, made by the partials that the pages use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalogue.definitions.linked import linked_line, linked_lines
from catalogue.definitions.parse import parse_definition
from catalogue.goals.reading import Week
from catalogue.models import Health
from catalogue.segments.queries.sizes import Size
from catalogue.web.charts import size_chart, sparkline
from catalogue.web.components.states import State
from catalogue.web.components.structure import Tab
from catalogue.web.components.wording import DiffLine
from catalogue.web.goal_charts import weeks_chart

AS_OF = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EXAMPLE = parse_definition(
    {
        "all": [
            {"trait": "plan", "is": "pro"},
            {
                "any": [
                    {"did": "app_opened", "times": {"gte": 1}, "in_last": "7 days"},
                    {"in_segment": "power-users-free"},
                ]
            },
            {"trait": "country", "is_not": "DE"},
        ]
    }
)
YAML = "where:\n  all:\n    - {trait: plan, is: pro}\n    - {did_not: payment_method_added}\n"
COLOURS = (
    ("page", "paper"),
    ("sunken", "quiet areas"),
    ("line", "hairlines"),
    ("ink", "text"),
    ("ink-2", "second"),
    ("ink-3", "facts about facts"),
    ("accent", "main action, links, this segment"),
    ("good", "proven, reached"),
    ("warn", "late, at risk"),
    ("bad", "wrong, missed, failing"),
    ("idle", "not yet, not known"),
    ("mark", "versions, drafts"),
)
# The parts of the page: a template of this name in templates/catalogue/styleguide/, and its label.
GUIDE = (
    ("colour", "Colour and type"),
    ("themes", "Light and dark"),
    ("states", "Badge, pill, tag, chip, person"),
    ("buttons", "Buttons"),
    ("forms", "Fields"),
    ("english", "English definition"),
    ("numbers", "Figure and delta"),
    ("charts", "Chart, sparkline, bar"),
    ("tables", "Table"),
    ("tabs", "Tabs, switch, menu, crumbs"),
    ("cards", "Card and note"),
    ("copies", "What a tool holds"),
    ("changes", "Two versions of a text"),
    ("dialogs", "Dialog"),
    ("messages", "Messages and problems"),
    ("waiting", "Running, empty, loading, failed"),
    ("needs", "What needs somebody"),
)


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(initial="Champions gone quiet", help_text="Can change later.")
    trait = forms.CharField(required=False)
    refresh = forms.ChoiceField(choices=[("6h", "every 6 hours"), ("1d", "every day")])
    why = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    private = forms.BooleanField(label="Only the team sees this draft", required=False)
    key = forms.CharField(initial="champions-gone-quiet", disabled=True, help_text="For ever.")

    def clean_trait(self) -> str:
        """Refuse, so that an error can be shown."""
        raise forms.ValidationError("Unknown trait “plann”. Did you mean “plan”?")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The page from which other pages are built."""
    return render(request, "catalogue/styleguide.html", _examples(request))


def _weeks() -> list[Week]:
    """Some weeks of people entering, one of them with too few to be shown."""
    shares = (0.228, 0.234, None, 0.241, 0.252)
    return [
        Week(
            start=AS_OF.date() + timedelta(weeks=number - len(shares)),
            n=145 if share else None,
            share=share,
            low=share and share - 0.06,
            high=share and share + 0.07,
        )
        for number, share in enumerate(shares)
    ]


def _examples(request: HttpRequest) -> dict[str, Any]:
    sizes = _sizes()
    here = reverse("styleguide")
    form = ExampleForm({"name": "Champions gone quiet", "trait": "plann", "refresh": "6h"})
    return {
        "guide": GUIDE,
        "colours": COLOURS,
        "as_of": AS_OF,
        "sizes": sizes,
        "chart": size_chart(sizes),
        "spark": sparkline(sizes),
        "rising": sparkline(sizes[:8]),
        "weeks": weeks_chart(_weeks(), target=0.25),
        "healthy": Health(score=95, findings=[{"code": "SEG017"}]),
        "poor": Health(score=45, findings=[{"code": "SEG001"}, {"code": "SEG004"}]),
        "lines": linked_lines(EXAMPLE),
        "line": linked_line(EXAMPLE),
        "form": form,
        "pages": Paginator(range(90), 30).page(2),
        "tabs": _tabs(here),
        "formats": [
            Tab(label=label, url=f"{here}#{label.lower()}", current=label == "English")
            for label in ("English", "YAML", "JSON")
        ],
        "yaml": YAML,
        "english_diff": _english_diff(),
        "yaml_diff": _yaml_diff(),
        "tools": _tools(),
        "said": [
            Message(messages.SUCCESS, "Draft of Trial ending saved. Version 7 stays live."),
            Message(messages.WARNING, "Saved. Two tests of it fail: see the definition."),
            Message(messages.ERROR, "Not saved: the form was made from version 6, live is 7."),
        ],
    }


def _sizes() -> list[Size]:
    counts = (118, 122, 120, 125, 130, 126, 133, 137, 139, 179, 176, 182)
    return [
        Size(
            at=AS_OF - timedelta(weeks=len(counts) - 1 - week),
            size=count,
            definition=6 if week < 9 else 7,
        )
        for week, count in enumerate(counts)
    ]


def _tabs(here: str) -> list[Tab]:
    return [
        Tab(label="Overview", url=here, current=True),
        Tab(label="Definition", url=f"{here}#definition"),
        Tab(label="People", url=f"{here}#people", count=182),
        Tab(label="History", url=f"{here}#history", count="d7"),
    ]


def _english_diff() -> list[DiffLine]:
    return [
        DiffLine(text="all of these are true:", depth=0),
        DiffLine(text="Subscription status is trialing", depth=1),
        DiffLine(text="Trial ends at is in the next 7 days", change="gone", depth=1),
        DiffLine(text="Trial ends at is in the next 10 days", change="new", depth=1),
    ]


def _yaml_diff() -> list[DiffLine]:
    return [
        DiffLine(text="  - {trait: subscription_status, is: trialing}"),
        DiffLine(text="  - {trait: trial_ends_at, in_next: 7 days}", change="gone"),
        DiffLine(text="  - {trait: trial_ends_at, in_next: 10 days}", change="new"),
    ]


def _tools() -> list[tuple[str, State, State, State]]:
    connected = State(tone="good", word="Connected", icon="plug", proof="last answer 06:14 UTC")
    return [
        (
            "Everything proven",
            State(tone="good", word="In step", proof="d7, sent 4 Nov 2026"),
            State(tone="good", word="Equal", proof="read back 06:14 UTC, 182 held"),
            connected,
        ),
        (
            "People differ",
            State(tone="mark", word="Behind by 2", proof="d5, live is d7"),
            State(tone="bad", word="Differs: −14 +3", proof="read back 06:14 UTC, 163 held"),
            connected,
        ),
        (
            "Cut off",
            State(tone="idle", word="Unknown"),
            State(tone="idle", word="Count only", icon="count", proof="182 held, not proven"),
            State(tone="bad", word="Failing", icon="plug", proof="refused our key since Sunday"),
        ),
    ]
