"""A discovered group as an idea, with the analysis as evidence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from catalogue.definitions.english.wording import capitalised
from catalogue.ideas.adding import add_link
from catalogue.ideas.writing import LONGEST_TITLE, Said, add_idea
from catalogue.models import DiscoveredGroup, Idea, LinkKind
from catalogue.permissions import Actor


def save_group(*, group_id: int, by: Actor, via: str, now: datetime) -> Idea:
    """The idea that the group was saved as: a new one, or the one it was saved as before, if that
    exists for `by`. Raises PermissionDenied, IdeaRefused, DiscoveredGroup.DoesNotExist."""
    with transaction.atomic():
        rows = DiscoveredGroup.objects.select_for_update(of=("self",))
        group = rows.select_related("discovery__segment").get(pk=group_id)
        if group.idea_id is not None:
            return Idea.objects.get(pk=group.idea_id)
        segment = group.discovery.segment
        said = Said(title=_title(group), text=_text(group), segment=segment.key if segment else "")
        idea = add_idea(said=said, by=by, via=via, now=now)
        group.idea = idea
        group.save()
        page = reverse("discovery", args=[group.discovery_id])
        add_link(
            number=idea.pk,
            kind=LinkKind.EVIDENCE,
            target=page,
            note=f"discovery, {figures_of(group)}",
            by=by,
            via=via,
        )
    return idea


def figures_of(group: DiscoveredGroup) -> str:
    """The rate with its interval and n, and that of everybody."""
    rate, low, high = (f"{100 * one:.1f}" for one in (group.rate, group.low, group.high))
    return f"{rate} % ({low} to {high} %, n {group.n}) against {100 * group.base_rate:.1f} %"


def times(group: DiscoveredGroup) -> str:
    """How much more or less often, in words."""
    return f"{group.lift:.{1 if group.lift >= 1 else 2}f} times as often"


def _title(group: DiscoveredGroup) -> str:
    end = f": “{capitalised(group.discovery.event)}” {times(group)}"
    return group.english[: LONGEST_TITLE - len(end)].rstrip(" .") + end


def _text(group: DiscoveredGroup) -> str:
    found = group.discovery
    among = f"who entered “{found.segment.name}”" if found.segment else "of all customers"
    return (
        f"Found by looking for groups among {found.n:,} people {among}, followed for {found.days}"
        f" days: {group.english}. {group.size:,} people. They do “{capitalised(found.event)}”"
        f" {times(group)} as all in the half that was not searched: {figures_of(group)}; p"
        f" {group.p_value:.2g},"
        f" corrected for {found.tested} groups tested.\n\nThat a group reaches the goal more often"
        " does not say that what they have in common is the cause. An experiment does."
    )
