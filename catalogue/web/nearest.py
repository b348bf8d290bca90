"""What somebody may have meant by an address that leads nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from django.urls import NoReverseMatch, reverse

from catalogue.models import EventEntry, Segment, Team, TraitEntry, User
from catalogue.web.frame import PLACES
from catalogue.web.term_names import TermName

SHOWN = 3
# How alike two names are to be taken for one another, 0 to 1.
ALIKE = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A page that is nearly called so."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Pages whose address is `start` and a name: the names there are, and what people call them."""

    start: str
    route: str
    names: Callable[[User], Iterable[tuple[str, str]]]


def _segments(viewer: User) -> Iterable[tuple[str, str]]:
    rows: Iterable[tuple[str, str]] = Segment.objects.visible_to(viewer).values_list("key", "name")
    return rows


def _traits(_: User) -> Iterable[tuple[str, str]]:
    return TraitEntry.objects.filter(subject="customer").values_list("name", "label")


def _events(_: User) -> Iterable[tuple[str, str]]:
    return EventEntry.objects.values_list("name", "label")


def _teams(_: User) -> Iterable[tuple[str, str]]:
    return Team.objects.values_list("slug", "name")


KINDS = (
    Kind(start="/segments/", route="segment", names=_segments),
    Kind(start="/dictionary/traits/", route="trait", names=_traits),
    Kind(start="/dictionary/events/", route="event", names=_events),
    Kind(start="/teams/", route="team", names=_teams),
)


def nearest_to(path: str, viewer: User) -> list[Near]:
    """The pages, that exist for `viewer`, whose addresses are most like `path`."""
    for kind in KINDS:
        if path.startswith(kind.start) and path != kind.start:
            return _in_kind(kind, path.removeprefix(kind.start), viewer)
    labels = {label.casefold(): (label, route) for route, label in PLACES}
    first = path.strip("/").partition("/")[0].casefold()
    found = [labels[near] for near in get_close_matches(first, labels, n=1, cutoff=ALIKE)]
    return [Near(label=label, url=url) for label, route in found if (url := _address(route))]


def words_of(path: str) -> str:
    """What the last name of an address says, to search for."""
    name = [part for part in path.split("/") if part][-1:]
    return name[0].replace("-", " ").replace("_", " ") if name else ""


def _in_kind(kind: Kind, rest: str, viewer: User) -> list[Near]:
    names = dict(kind.names(viewer))
    asked = TermName().to_python(rest.rstrip("/"))
    # The page of what an address goes on from is nearer than any other: /segments/mine/peopel/.
    wanted = asked if kind.route in ("trait", "event") else asked.partition("/")[0]
    exact = [wanted] if wanted in names else []
    by_label = {(label or name).casefold(): name for name, label in names.items()}
    spoken = wanted.casefold().replace("-", " ")
    found = exact or [
        *get_close_matches(wanted, names, n=SHOWN, cutoff=ALIKE),
        *(by_label[near] for near in get_close_matches(spoken, by_label, n=SHOWN, cutoff=ALIKE)),
    ]
    unique = list(dict.fromkeys(found))[:SHOWN]
    return [
        Near(label=names[name] or name, url=url)
        for name in unique
        if (url := _address(kind.route, name))
    ]


def _address(route: str, *names: str) -> str:
    try:
        return reverse(route, args=names)
    except NoReverseMatch:
        return ""
