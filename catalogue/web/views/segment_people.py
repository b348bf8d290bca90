"""Who is in a segment, and who entered and left: names for those who may see people, numbers for
everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalogue.definitions.english.wording import capitalised
from catalogue.exports.requesting import ExportRefused, request_export
from catalogue.membership.versions import DamagedVersion
from catalogue.models import ExportFormat, Role, Segment, TraitEntry, User
from catalogue.permissions import can_see_people
from catalogue.published import Member
from catalogue.published.rosters import Roster, members_roster, moved_roster
from catalogue.segments.subjects import subject_of
from catalogue.tasks import export_run, ring
from catalogue.web.asked import whole_number
from catalogue.web.components.structure import Tab
from catalogue.web.roster_asked import MOST_COLUMNS, PERIODS, RosterAsked, roster_asked
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from catalogue.web.tags import held

ON_A_PAGE = 50
# The trait that people know an account by, where a workspace has it.
NAME = "name"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=True)
def segment_people(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The members of one version a page at a time; a POST asks for all of them as a file."""
    if request.method == "POST":
        return _export(request, segment)
    return _page(request, segment)


def _page(
    request: HttpRequest, segment: Segment, *, refused: str = "", status: int = 200
) -> HttpResponse:
    viewer = viewer_of(request)
    subject = subject_of(segment.definition)
    traits = list(TraitEntry.objects.filter(subject=subject).order_by("name"))
    context: dict[str, Any] = {
        "segment": segment,
        "head": segment_head(segment, current="segment-people", viewer=viewer),
        "may": can_see_people(viewer, segment),
        "admins": _admins(segment),
        "refused": refused,
    }
    try:
        asked = roster_asked(request.GET, segment.key, known=[entry.name for entry in traits])
        if asked is not None:
            context |= _shown(asked, viewer, traits, may=context["may"])
    except DamagedVersion as damaged:
        context |= {"damaged": str(damaged), "cannot": f"The {held(2, subject)} cannot be shown."}
    return render(request, "catalogue/segment_people.html", context, status=status)


def _shown(
    asked: RosterAsked, viewer: User, traits: list[TraitEntry], *, may: bool
) -> dict[str, Any]:
    named = asked.about.subject == "account" and any(one.name == NAME for one in traits)
    roster = _roster(asked, viewer, extra=(NAME,) if named else ()) if may else None
    last = roster.last if roster else None
    labels = {entry.name: entry.label or capitalised(entry.name) for entry in traits}
    return {
        "asked": asked,
        "roster": roster,
        "rows": [_row(member, asked.traits) for member in roster.members] if roster else [],
        "next_url": asked.query(**asked.pin, after=last) if last is not None else "",
        "first_url": asked.query(),
        "columns": [labels[name] for name in asked.traits],
        "traits": labels,
        "most_columns": MOST_COLUMNS,
        "ways": _ways(asked),
        "periods": _periods(asked),
        "formats": ExportFormat.choices,
        "people_word": held(asked.newest.size, asked.newest.subject),
        "counted_in": f"m{asked.newest.membership_version}, by d{asked.newest.definition_version}",
        "roster_caption": _caption(asked),
        "kept_hours": settings.EXPORT_KEPT_HOURS,
    }


def _roster(asked: RosterAsked, viewer: User, *, extra: tuple[str, ...]) -> Roster | None:
    """Who is to be listed, with the values of the columns and of `extra`."""
    if asked.way is None:
        return members_roster(
            asked.about,
            viewer=viewer,
            after=asked.after,
            size=ON_A_PAGE,
            traits=(*asked.traits, *extra),
        )
    if asked.period is None:
        return None
    return moved_roster(
        asked.period, asked.way, viewer=viewer, after=asked.after, size=ON_A_PAGE, traits=extra
    )


def _caption(asked: RosterAsked) -> str:
    if asked.way is None:
        return f"Members of m{asked.about.membership_version}"
    how = "entered" if asked.way == "entered" else "left"
    return f"Who {how} in this period"


def _row(member: Member, traits: tuple[str, ...]) -> dict[str, Any]:
    called = member.traits.get(NAME)
    return {
        "member": member,
        "called": called if isinstance(called, str) else "",
        "values": [member.traits.get(name) for name in traits],
    }


def _ways(asked: RosterAsked) -> list[Tab]:
    period = asked.period
    ways = (
        ("In it", None, asked.about.size),
        ("Entered", "entered", period.entered if period else 0),
        ("Left", "left", period.left if period else 0),
    )
    return [
        Tab(label=label, url=asked.query(show=way), current=way == asked.way, count=f"{count:,}")
        for label, way, count in ways
    ]


def _periods(asked: RosterAsked) -> list[Tab]:
    return [
        Tab(
            label=f"{days} days",
            url=asked.query(period=days, **{"from": None, "to": None}),
            current=days == asked.days,
        )
        for days in PERIODS
    ]


def _admins(segment: Segment) -> list[str]:
    """Whom to ask for the right to see people."""
    seats = segment.team.members.filter(role=Role.ADMIN, user__is_active=True)
    return [seat.user.label for seat in seats.select_related("user").order_by("user__username")]


def _export(request: HttpRequest, segment: Segment) -> HttpResponse:
    viewer = viewer_of(request)
    try:
        export = request_export(
            segment=segment,
            number=whole_number(request.POST.get("m", ""), most=10**9, default=0),
            format_=request.POST.get("format", ""),
            traits=request.POST.getlist("trait"),
            by=viewer,
            via="web",
        )
    except ExportRefused as refused:
        return _page(request, segment, refused=str(refused), status=422)
    ring(export_run, export.pk)
    return redirect("export", number=export.pk)
