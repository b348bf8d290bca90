"""What each function says to the people of one segment, how it came to that, and who knows."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_facts import FUNCTION
from catalogue.models import PARTS, Segment, Status
from catalogue.segments.guides import acknowledge, approve_guide, save_guide
from catalogue.segments.queries.playbooks import GuideShown, guides_of, versions_of
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.rights import can_acknowledge
from catalogue.web.components.structure import Tab
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

LONGEST = 4_000
# The five questions that a guide answers beside the message.
QUESTIONS = {
    "message": ("The message, word for word", ""),
    "promise": ("What do we promise?", "What gets better for them, in their words."),
    "proof": ("What proves it?", "A number, a customer, something they can try."),
    "objections": ("What will they object, and what do we answer?", "One a line."),
    "do": ("Do", "What helps in a talk with them."),
    "dont": ("Don’t", "What we never say or offer to them."),
}


class GuideForm(forms.Form):
    """The parts of one guide; `number` is the version that was edited."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, (label, hint) in QUESTIONS.items():
            self.fields[name] = forms.CharField(
                label=label,
                help_text=hint,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 3 if name == "message" else 2}),
            )


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=True)
def segment_playbook(request: HttpRequest, segment: Segment) -> HttpResponse:
    """One function's guide (`?function=`); a POST saves, approves or takes note (`do=`)."""
    if request.method == "POST" and segment.status == Status.ARCHIVED:
        raise Http404(f"“{segment.name}” is archived, and says nothing any more.")
    shown = _chosen(request, segment)
    if request.method != "POST":
        return _page(request, segment, shown, _form(segment, shown))
    act = {"approve": _approve, "note": _note}.get(request.POST.get("do", ""), _save)
    try:
        return act(request, segment, shown)
    except SegmentRefused as refused:
        form = GuideForm(request.POST) if act is _save else _form(segment, shown)
        return _page(request, segment, shown, form, refused=str(refused), status=409)


def _chosen(request: HttpRequest, segment: Segment) -> GuideShown:
    guides = {one.function: one for one in guides_of(segment)}
    wanted = request.GET.get("function", "")
    if wanted and wanted not in guides:
        if FUNCTION.fullmatch(wanted) is None:
            raise Http404(f"“{wanted[:60]}” is no name of a function.")
        raise Http404(f"No function “{wanted}” says anything of “{segment.name}”.")
    return guides[wanted] if wanted else next(iter(guides.values()))


def _form(segment: Segment, shown: GuideShown) -> GuideForm:
    guide = segment.messages.filter(function=shown.function).first()
    parts = {name: getattr(guide, name) for name in PARTS} if guide else {}
    return GuideForm(initial={"number": shown.number, "message": shown.text, **parts})


def _save(request: HttpRequest, segment: Segment, shown: GuideShown) -> HttpResponse:
    form = GuideForm(request.POST)
    if not form.is_valid():
        return _page(request, segment, shown, form, status=422)
    said = form.cleaned_data
    try:
        save_guide(
            key=segment.key,
            function=shown.function,
            said={name: said[name] for name in QUESTIONS},
            number=said["number"],
            by=viewer_of(request),
            via="web",
        )
    except DefinitionError as error:
        raise SegmentRefused(" ".join(fault.message for fault in error.faults)) from error
    messages.success(request, f"What {shown.label} says is saved as a further version.")
    return redirect(_address(segment, shown))


def _approve(request: HttpRequest, segment: Segment, shown: GuideShown) -> HttpResponse:
    number = request.POST.get("number", "")
    approve_guide(
        key=segment.key,
        function=shown.function,
        number=int(number) if number.isdecimal() and len(number) < 9 else 0,
        now=timezone.now(),
        by=viewer_of(request),
        via="web",
    )
    messages.success(request, f"You approved what {shown.label} says.")
    return redirect(_address(segment, shown))


def _note(request: HttpRequest, segment: Segment, shown: GuideShown) -> HttpResponse:
    acknowledge(
        key=segment.key,
        function=shown.function,
        now=timezone.now(),
        by=viewer_of(request),
        via="web",
    )
    messages.success(request, f"{shown.label} has taken note of the change.")
    return redirect(_address(segment, shown))


def _address(segment: Segment, shown: GuideShown) -> str:
    return f"{reverse('segment-playbook', args=[segment.key])}?function={shown.function}"


def _page(
    request: HttpRequest,
    segment: Segment,
    shown: GuideShown,
    form: GuideForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    is_archived = segment.status == Status.ARCHIVED
    context = {
        "head": segment_head(segment, current="segment-playbook", viewer=viewer),
        "guide": shown,
        "form": form,
        "refused": refused,
        "fields": [(form[name], hint) for name, (_, hint) in QUESTIONS.items()],
        "functions": [
            Tab(
                label=one.label,
                url=f"?function={one.function}",
                current=one.function == shown.function,
                count="!" if one.noted.is_asked else None,
            )
            for one in guides_of(segment)
        ],
        "versions": versions_of(segment, shown.function),
        "can_note": not is_archived and can_acknowledge(viewer, segment, shown.function),
    }
    return render(request, "catalogue/segment_playbook.html", context, status=status)
