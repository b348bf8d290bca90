"""Making a new draft that says what another segment says."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment
from catalogue.permissions import check_can_write_for
from catalogue.segments.editing import duplicate_segment
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.editor.facts import key_from
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


class DuplicateForm(forms.Form):
    """What the copy is called."""

    name = forms.CharField(label="Name of the copy", max_length=200)
    key = forms.CharField(
        label="Its key",
        max_length=80,
        required=False,
        help_text="Small letters, digits and hyphens. Left empty, the name makes it.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def duplicate(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Ask for a name, then go on in the copy."""
    check_can_write_for(viewer_of(request), segment.team)
    if request.method != "POST":
        return _show(request, segment, DuplicateForm(initial={"name": f"Copy of {segment.name}"}))
    form = DuplicateForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, form, status=422)
    name = form.cleaned_data["name"]
    try:
        copy = duplicate_segment(
            key=segment.key,
            new_key=form.cleaned_data["key"] or key_from(name),
            new_name=name,
            by=viewer_of(request),
            via="web",
        )
    except DefinitionError as error:
        for fault in error.faults:
            form.add_error("name" if fault.pointer == "/name" else "key", fault.message)
        return _show(request, segment, form, status=422)
    except SegmentRefused as refused:
        form.add_error("key", str(refused))
        return _show(request, segment, form, status=422)
    messages.success(request, f"“{copy.name}” is a draft now. Change what it should say otherwise.")
    return redirect("segment-edit", key=copy.key)


def _show(
    request: HttpRequest, segment: Segment, form: DuplicateForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "head": segment_head(segment, current="segment", viewer=viewer_of(request)),
        "form": form,
    }
    return render(request, "catalogue/segment_duplicate.html", context, status=status)
