"""What each tool holds of one segment, what was sent to it, and what people may ask of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalogue.models import Segment, Status
from catalogue.permissions import can_publish, can_see_people, can_write
from catalogue.segments.subjects import subject_of
from catalogue.tasks import ring
from catalogue.web.asked import whole_number
from catalogue.web.components.states import State
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.run_states import ask_every, state_of
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from integrations.models import Audience, Destination, Receipt, SyncRun, SyncState
from integrations.sync.asking import AskRefused, approve_removals, sync_now
from integrations.sync.batches import PlannedBatch, planned_batches
from integrations.sync.brake import APPROVE
from integrations.sync.copies import Copy, copies_in, lists_of, masked
from integrations.sync.receipts import newest_receipts
from integrations.sync.run import NotNow, Preview, preview
from integrations.tasks import sync_audience
from integrations.web.axes import connection_axis, definition_axis, people_axis, receipt_state

BATCHES_SHOWN = 20
NEVER = datetime.min.replace(tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One tool on the page. `is_wanted`: the segment still names it. `runs` come with their state
    and sentence, `running` is the one that goes on now; `why_braked` is what the brake said."""

    copy: Copy
    definition: State
    people: State
    connection: State
    is_wanted: bool
    runs: tuple[tuple[SyncRun, State, str], ...]
    running: SyncRun | None
    why_braked: str


@require_safe
@of_segment(archived=True)
def segment_sync(request: HttpRequest, segment: Segment) -> HttpResponse:
    """One card for each tool; `?plan=<list>` adds what a sync of that list would do now."""
    return _page(request, segment)


def _page(
    request: HttpRequest, segment: Segment, *, refused: str = "", status: int = 200
) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    cards = _cards(segment)
    context: dict[str, Any] = {
        "segment": segment,
        "cards": cards,
        "holds_accounts": subject_of(segment.definition) == "account",
        "receipts": _receipts(segment),
        "missing": _missing(segment, cards),
        "is_live": segment.status == Status.LIVE,
        "can_sync": can_write(viewer, segment),
        "can_approve": can_publish(viewer, segment),
        "may_see": can_see_people(viewer, segment),
        "seconds": _seconds(cards, now),
        "now": now,
        "plan": _plan(request, cards),
        "refused": refused,
    }
    if not wants_fragment(request):
        context["head"] = segment_head(segment, current="segment-sync", viewer=viewer)
    return render_page(
        request,
        "integrations/segment_sync.html",
        context,
        fragment="integrations/_copies.html",
        status=status,
    )


def _receipts(segment: Segment) -> list[tuple[Receipt, State]]:
    """The last word of each tool that pulls."""
    newest = segment.membership.number if segment.membership is not None else None
    return [(row, receipt_state(row, newest)) for row in newest_receipts(segment)]


def _cards(segment: Segment) -> list[Card]:
    wanted = {line["to"] for line in segment.sync_wanted}
    return [_card(copy, wanted) for copy in copies_in(lists_of([segment.key]), with_runs=True)]


def _card(copy: Copy, wanted: set[str]) -> Card:
    newest = copy.runs[0] if copy.runs else None
    is_running = newest is not None and newest.state == SyncState.RUNNING
    return Card(
        copy=copy,
        definition=definition_axis(copy),
        people=people_axis(copy),
        connection=connection_axis(copy),
        is_wanted=copy.tool.key in wanted,
        runs=tuple((run, state_of(run.state), masked(run.sentence)) for run in copy.runs),
        running=newest if is_running else None,
        why_braked=_why_braked(newest) if copy.is_braked else "",
    )


def _why_braked(newest: SyncRun | None) -> str:
    """What the brake said; how to approve it is the button below."""
    return newest.sentence.removesuffix(APPROVE).strip() if newest is not None else ""


def _missing(segment: Segment, cards: list[Card]) -> list[dict[str, Any]]:
    """Tools that the segment names and that have no list of it yet."""
    there = {card.copy.tool.key for card in cards}
    names = [line["to"] for line in segment.sync_wanted if line["to"] not in there]
    known = set(Destination.objects.filter(key__in=names).values_list("key", flat=True))
    return [{"name": name, "exists": name in known} for name in names]


def _seconds(cards: list[Card], now: datetime) -> int:
    """How often the page asks again while a sync goes on."""
    running = [card.running.started_at for card in cards if card.running is not None]
    return ask_every(max(running, default=NEVER), is_active=bool(running), now=now)


def _plan(request: HttpRequest, cards: list[Card]) -> dict[str, Any]:
    """What a sync of the list that `?plan=` names would do, without asking the tool."""
    wanted = whole_number(request.GET.get("plan", ""), most=10**12, default=0)
    if wanted not in {card.copy.audience.pk for card in cards}:
        return {}
    try:
        found: Preview = preview(audience_id=wanted, clock=timezone.now)
    except NotNow as reason:
        return {"list": wanted, "problem": str(reason)}
    return {
        "list": wanted,
        "to_add": len(found.plan.to_add),
        "to_remove": len(found.plan.to_remove),
        "waterfall": found.target.waterfall(),
        "batches": _batches(wanted, found),
        "version": found.version.membership_version,
    }


def _batches(audience_id: int, found: Preview) -> list[PlannedBatch]:
    """The first batches of a sync; who is in them is not shown."""
    audience = Audience.objects.select_related("destination").get(pk=audience_id)
    return list(islice(planned_batches(audience, found, clock=timezone.now), BATCHES_SHOWN))


@require_POST
@of_segment(archived=False)
def segment_sync_now(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Have one list brought in step without waiting for the timetable."""

    def ask(audience_id: int) -> Audience:
        return sync_now(segment=segment, audience_id=audience_id, by=viewer_of(request), via="web")

    return asked(request, segment, ask, "A sync of {} was asked for.")


@require_POST
@of_segment(archived=False)
def segment_sync_approve(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Let one sync past the brake: that to the membership version which the form names."""
    version = whole_number(request.POST.get("version", ""), most=10**9, default=0)

    def ask(audience_id: int) -> Audience:
        return approve_removals(
            segment=segment,
            audience_id=audience_id,
            version=version,
            by=viewer_of(request),
            via="web",
        )

    return asked(request, segment, ask, "The removals in {} were approved.")


def asked(
    request: HttpRequest,
    segment: Segment,
    ask: Callable[[int], Audience],
    said: str,
    *,
    task: Any = sync_audience,
) -> HttpResponse:
    """Ask something of the list that the form names, ring for it, and go back to the page; what
    cannot be done now is said there. Without a `task` nobody is rung for."""
    try:
        audience = ask(whole_number(request.POST.get("list", ""), most=10**12, default=0))
    except AskRefused as refused:
        return _page(request, segment, refused=str(refused), status=409)
    if task is not None:
        ring(task, audience.pk)
    messages.success(request, said.format(audience.destination.key))
    return redirect("segment-sync", key=segment.key)
