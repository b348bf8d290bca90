"""Once a day a refresh is done twice: from what the worker remembers, and from nothing. Both must
find the same people; if they ever do not, the second one is published and an alert is raised."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from catalogue.definitions.errors import Code
from catalogue.engine.inputs import Evaluation, Judged, Outcome, Refused
from catalogue.membership.attempt import TooExpensive
from catalogue.models import RefreshRun
from catalogue.notices.telling import answer_for, notify, site_admins

# More names than these are counted.
NAMED = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """`segments`: how many were compared; `different`: keys of those that had other members."""

    segments: int
    different: tuple[str, ...]
    milliseconds: float

    def row(self) -> dict[str, object]:
        """As `RefreshRun.check_result` keeps it."""
        return {
            "segments": self.segments,
            "different": list(self.different),
            "milliseconds": round(self.milliseconds),
        }


def is_check_due(evaluation: Evaluation, now: datetime) -> bool:
    """Whether a refresh as of `now` is the first of a local day that follows from another one."""
    if not any(scan.follows for scan in evaluation.scans):
        return False
    checked = RefreshRun.objects.filter(check_result__isnull=False, now__isnull=False)
    last = checked.order_by("-now").values_list("now", flat=True).first()
    return last is None or _local_day(last) < _local_day(now)


def checked(
    run: RefreshRun, followed: Evaluation, evaluate_anew: Callable[[], Evaluation]
) -> tuple[Evaluation, CheckResult | None]:
    """What is right, and how the two compare; None where the second one was over its budget."""
    started = time.perf_counter()
    try:
        anew = evaluate_anew()
    except TooExpensive as error:
        logger.warning("refresh %s could not be checked against a full one: %s", run.pk, error)
        return followed, None
    different = _different(followed.outcomes, anew.outcomes)
    result = CheckResult(
        segments=len(anew.outcomes),
        different=tuple(different),
        milliseconds=(time.perf_counter() - started) * 1000,
    )
    if different:
        logger.error(
            "refresh %s: what was remembered gave other members than a full refresh for %s; the"
            " full refresh is published, and all that was remembered is forgotten",
            run.pk,
            ", ".join(different),
        )
    return (anew if different else followed), result


def tell_of_difference(run: RefreshRun, result: CheckResult | None) -> None:
    """Alert the site admins to a difference, and those who answer for the segments that differ."""
    if result is None or not result.different:
        return
    theirs = answer_for(result.different)
    every = sorted({name for names in theirs.values() for name in names})
    theirs |= {admin: every for admin in site_admins()}
    for user, names in theirs.items():
        notify(user, reason=_alert(run, names), link=reverse("run", args=[run.pk]))


def _alert(run: RefreshRun, names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        f"The self-check of refresh {run.pk} found other members for"
        f" {shown + more or 'a measure'}: what the worker remembered was wrong. What was found from"
        " nothing is published now, and all that was remembered is forgotten; versions of the last"
        " day may be wrong. Please report this: it is a fault of the program."
    )


def _different(one: Mapping[str, Outcome], other: Mapping[str, Outcome]) -> list[str]:
    return sorted(key for key in other if not _are_equal(one[key], other[key]))


def _are_equal(one: Outcome, other: Outcome) -> bool:
    if isinstance(other, Refused) and other.error.code == Code.TOO_EXPENSIVE:
        # What follows reads less: for the whole of it there was no room, so nothing is known.
        return True
    if isinstance(one, Judged) and isinstance(other, Judged):
        return one.members == other.members
    return type(one) is type(other)


def _local_day(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(settings.WORKSPACE_TIME_ZONE)).date()
