"""One trait: all we know of it, the segments that look at it, and how to use it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.models import Change, Segment, TraitEntry
from catalogue.permissions import is_any_admin
from catalogue.segments.describing import key_of
from catalogue.segments.how_to import examples_of_trait
from catalogue.segments.queries.activity import act_lines
from catalogue.segments.queries.dictionary import CUSTOMER, trait_line
from catalogue.segments.queries.rows import segment_rows
from catalogue.segments.queries.uses import uses_of
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.activity import days_of
from catalogue.web.describe_form import Described, DescribeForm, described
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.dictionary import missing_in

ACTS_SHOWN = 20
SUBJECTS = ("customer", "account")


@require_http_methods(["GET", "HEAD", "POST"])
def trait(request: HttpRequest, name: str) -> HttpResponse:
    """The page of a trait of customers, or of accounts with `?subject=account`; a POST describes
    it."""
    entry = _entry(name, request.GET.get("subject", CUSTOMER))
    if request.method != "POST":
        return _show(request, entry, Described(form=DescribeForm(entry=entry)))
    outcome = described(request, entry)
    if outcome.form is None:
        return redirect(request.get_full_path())
    return _show(request, entry, outcome)


def _entry(name: str, subject: str) -> TraitEntry:
    entries = TraitEntry.objects.filter(subject=subject)
    entry = entries.filter(name=name).first()
    if entry is None:
        near = get_close_matches(name, entries.values_list("name", flat=True), n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        of = "" if subject == CUSTOMER else f" of {subject}s" if subject in SUBJECTS else ""
        raise Http404(f"The dictionary has no trait “{name}”{of}.{hint}")
    return entry


def _show(request: HttpRequest, entry: TraitEntry, outcome: Described) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    labels = stored_labels(viewer)
    line = trait_line(entry, uses_of(viewer))
    using = Segment.objects.visible_to(viewer).filter(key__in=[use.key for use in line.uses])
    acts = Change.objects.visible_to(viewer).filter(object_type="trait", object_key=key_of(entry))
    context: dict[str, Any] = {
        "line": line,
        "missing": missing_in(line),
        "using": segment_rows(using.order_by("name", "key"), labels=labels, now=now, tools={}),
        "examples": examples_of_trait(entry, labels),
        "may_describe": is_any_admin(viewer),
        "outcome": outcome,
        "days": days_of(act_lines(acts[:ACTS_SHOWN], viewer=viewer), new=(), now=now),
    }
    return render(request, "catalogue/trait.html", context, status=outcome.status)
