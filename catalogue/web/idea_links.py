"""Where the links of an idea lead, as pages show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from catalogue.ideas.adding import version_named
from catalogue.models import IdeaLink, LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A link: `url` is "" where there is no page, `is_away` when it leaves the catalogue."""

    icon: str
    text: str
    note: str
    url: str
    is_away: bool


def shown(link: IdeaLink) -> Shown:
    """A link of an idea, for people."""
    icon, words, url = LOOKS[link.kind]
    address = url(link.target)
    return Shown(
        icon=icon,
        text=words(link.target),
        note=link.note,
        url=address,
        is_away=address.startswith(("http://", "https://")),
    )


def _survey(target: str) -> str:
    return target if "://" in target else _page("survey", target)


def _evidence(target: str) -> str:
    return target if "://" in target or target.startswith("/research/") else ""


def _evidence_words(target: str) -> str:
    return "Analysis" if target.startswith("/research/") else target


def _experiment(target: str) -> str:
    return _page("experiment", int(target))


def _version(target: str) -> str:
    named = version_named(target)
    if named is None:
        return ""
    return f"{_page('segment-definition', named[0])}?version={named[1]}"


def _version_words(target: str) -> str:
    named = version_named(target)
    return target if named is None else f"became d{named[1]} of {named[0]}"


def _page(route: str, name: object) -> str:
    """The address of a page; "" while the catalogue has no such page."""
    try:
        return reverse(route, args=[name])
    except NoReverseMatch:
        return ""


Words = Callable[[str], str]
LOOKS: Mapping[str, tuple[str, Words, Words]] = {
    LinkKind.SURVEY: ("count", lambda target: f"Survey {target}", _survey),
    LinkKind.EXPERIMENT: ("flask", lambda target: f"Experiment {target}", _experiment),
    LinkKind.EVIDENCE: ("book", _evidence_words, _evidence),
    LinkKind.VERSION: ("version", _version_words, _version),
}
