"""Having groups looked for: asked, done by a worker, stopped, and kept as ideas."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from catalogue.definitions.canonical import canonical_json
from catalogue.definitions.describe import one_line
from catalogue.definitions.english.wording import capitalised
from catalogue.definitions.errors import DefinitionError
from catalogue.discovery.discover import Discovery as Discovered
from catalogue.discovery.discover import Found, discover
from catalogue.membership.attempt import sentence
from catalogue.models import (
    ApiKey,
    DiscoveredGroup,
    Discovery,
    EventEntry,
    RunState,
    Segment,
    TraitEntry,
    User,
)
from catalogue.permissions import Actor
from catalogue.research.cohorts import cohorts_of
from catalogue.research.knowing import Asked, know
from catalogue.research.refusals import ResearchRefused
from catalogue.research.rights import check_can_discover
from catalogue.segments.changes import record
from catalogue.segments.vocabulary import stored_labels
from catalogue.warehouse import photos

MOST_DAYS = 365
WAITING = (RunState.QUEUED, RunState.RUNNING)
LOST = "The worker was lost while looking, so nothing was found out. Ask again."
# Twice what one task may take: nobody looks any more.
LOST_SECONDS = 1_800


class Stopped(Exception):
    """Somebody asked for the search to stop."""


def discoveries_for(viewer: Actor) -> QuerySet[Discovery]:
    """Those that exist for `viewer`: about everyone, or about a segment that does."""
    there = Q(segment=None) | Q(segment__in=Segment.objects.visible_to(viewer).values("pk"))
    rows = Discovery.objects.filter(there)
    return rows.select_related("segment", "requested_by").order_by("-pk")


def request_discovery(
    *, event: str, days: int, segment: str = "", by: Actor, via: str, now: datetime
) -> Discovery:
    """Put a search into the ledger and return it; the same one that waits already if somebody asks
    twice. Goal: `event` within `days` days of entering the segment, or for everyone ("") of the day
    so many days before `now`. Raises ResearchRefused and PermissionDenied."""
    check_can_discover(by)
    found = _segment_named(segment, by)
    _check_goal(event, days)
    cohorts_of(found, days=days, now=now)
    with transaction.atomic():
        asked = {"event": event, "days": days, "segment": found}
        waiting = Discovery.objects.filter(state__in=WAITING, cancel_asked=False, **asked).first()
        if waiting is not None:
            return waiting
        made = Discovery.objects.create(
            now=now, requested_by=by if isinstance(by, User) else None, **asked
        )
        record(
            "discovery.asked",
            by=by,
            via=via,
            segment=found,
            object_type="discovery",
            object_key=str(made.pk),
            details={"title": title_of(made)},
        )
    return made


def title_of(discovery: Discovery) -> str:
    """The question in a few words."""
    among = discovery.segment.name if discovery.segment else "everyone"
    days = f"{discovery.days} day{'' if discovery.days == 1 else 's'}"
    return f"{capitalised(discovery.event)} within {days}, among {among}"


def cancel_discovery(*, number: int, by: Actor) -> Discovery:
    """Ask for a search to stop; one that has not begun never will. Raises Discovery.DoesNotExist
    and PermissionDenied."""
    check_can_discover(by)
    rows = discoveries_for(by).filter(pk=number)
    found = rows.get()
    mine = Discovery.objects.filter(pk=found.pk)
    mine.filter(state=RunState.QUEUED).update(state=RunState.CANCELLED, finished_at=Now())
    mine.filter(state=RunState.RUNNING).update(cancel_asked=True)
    return rows.get()


def waiting_discoveries(*, now: datetime) -> list[int]:
    """Those that wait to be done, oldest first; such whose worker is gone are ended."""
    running = Discovery.objects.filter(state=RunState.RUNNING)
    lost = [
        one.pk
        for one in running.only("pk", "started_at")
        if one.started_at and (now - one.started_at).total_seconds() > LOST_SECONDS
    ]
    running.filter(pk__in=lost).update(state=RunState.FAILED, error=LOST, finished_at=now)
    rows = Discovery.objects.filter(state=RunState.QUEUED).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def run_discovery(*, number: int) -> Discovery:
    """Do a search that waits, and return it as it ended; any other is left alone. What goes wrong
    is noted on it in a sentence."""
    rows = Discovery.objects.filter(pk=number)
    claimed = rows.filter(state=RunState.QUEUED).update(
        state=RunState.RUNNING, started_at=Now(), error="", done=0
    )
    found = rows.select_related("segment").get()
    if not claimed:
        return found
    try:
        _keep(found, _look(found))
    except Stopped:
        _end(found, RunState.CANCELLED)
    except (DefinitionError, ResearchRefused) as refused:
        said = refused.faults[0].message if isinstance(refused, DefinitionError) else str(refused)
        _end(found, RunState.FAILED, said)
    except Exception as error:
        _end(found, RunState.FAILED, sentence(error))
        raise
    return rows.get()


def _look(discovery: Discovery) -> Discovered:
    photo = photos.newest_photo()
    if photo is None:
        raise ResearchRefused("There are no customers yet. Load them first.")
    cohorts = cohorts_of(discovery.segment, days=discovery.days, now=discovery.now)
    asked = Asked(
        cohorts=cohorts,
        event=discovery.event,
        days=discovery.days,
        traits=list(_traits()),
        events=list(EventEntry.objects.order_by("name").values_list("name", flat=True)),
    )
    mine = Discovery.objects.filter(pk=discovery.pk, state=RunState.RUNNING)
    mine.update(total=asked.steps + 1)

    def tell(stage: str) -> None:
        if not mine.filter(cancel_asked=False).update(stage=stage[:200], done=F("done") + 1):
            raise Stopped

    people = know(asked, photos.open_photo(photo), tell)
    mine.update(n=len(people.reached), reached=int(people.reached.sum()))
    tell("looking for groups")
    return discover(people, timezone=settings.WORKSPACE_TIME_ZONE)


def _traits() -> QuerySet[TraitEntry, str]:
    entries = TraitEntry.objects.filter(subject="customer").order_by("name")
    return entries.values_list("name", flat=True)


def _keep(discovery: Discovery, found: Discovered) -> None:
    labels = stored_labels(None)
    with transaction.atomic():
        mine = Discovery.objects.filter(pk=discovery.pk, state=RunState.RUNNING)
        ended = mine.filter(cancel_asked=False).update(
            state=RunState.SUCCEEDED,
            weighed=found.weighed,
            tested=found.tested,
            finished_at=Now(),
            stage="",
            done=F("total"),
        )
        if not ended:
            raise Stopped
        DiscoveredGroup.objects.bulk_create(
            _group(discovery, place, one, one_line(one.definition, labels=labels))
            for place, one in enumerate(found.groups)
        )


def _group(discovery: Discovery, place: int, found: Found, english: str) -> DiscoveredGroup:
    rate = found.rate
    interval = rate.interval
    return DiscoveredGroup(
        discovery=discovery,
        position=place,
        canonical=canonical_json(found.definition),
        english=english,
        size=found.size,
        n=rate.n,
        rate=rate.value or 0.0,
        low=interval.low if interval else 0.0,
        high=interval.high if interval else 1.0,
        base_rate=found.base_rate,
        lift=found.lift,
        p_value=found.p_value,
    )


def _end(discovery: Discovery, state: RunState, error: str = "") -> None:
    mine = Discovery.objects.filter(pk=discovery.pk, state=RunState.RUNNING)
    mine.update(state=state, error=error, finished_at=Now(), stage="")


def _segment_named(key: str, actor: Actor) -> Segment | None:
    if not key:
        return None
    found: Segment | None = Segment.objects.visible_to(actor).filter(key=key).first()
    if found is None:
        raise ResearchRefused(f"There is no segment “{key}”.", pointer="/segment")
    if isinstance(actor, ApiKey) and found.team_id != actor.team_id:
        raise ResearchRefused(f"“{key}” belongs to another team than this key.", pointer="/segment")
    return found


def _check_goal(event: str, days: int) -> None:
    names = list(EventEntry.objects.values_list("name", flat=True))
    if event not in names:
        near = get_close_matches(event, names, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise ResearchRefused(f"There is no event “{event}”.{hint}", pointer="/event")
    if not 1 <= days <= MOST_DAYS:
        raise ResearchRefused(
            f"The goal is to be reached within 1 to {MOST_DAYS} days.", pointer="/days"
        )
