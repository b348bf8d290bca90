"""What is added to an idea: comments, wordings of the message, links to what it rests on or led to.
None of it is taken away again."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.db import transaction

from catalogue.ideas.log import record_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import check_can_steer, check_can_take_part
from catalogue.ideas.writing import locked
from catalogue.models import (
    DefinitionVersion,
    IdeaComment,
    IdeaLink,
    IdeaVariant,
    LinkKind,
    Segment,
    User,
    Workspace,
)
from catalogue.permissions import Actor, label_of

LONGEST = 5_000
LONGEST_TARGET = 500
VERSION = re.compile(r"(\S+) d([1-9][0-9]{0,8})")


def add_comment(*, number: int, text: str, by: Actor, via: str) -> IdeaComment:
    """Say something about an idea. Raises IdeaRefused, PermissionDenied, Idea.DoesNotExist."""
    check_can_take_part(by)
    _check_text(text)
    with transaction.atomic():
        idea = locked(number, by)
        comment = IdeaComment.objects.create(
            idea=idea,
            author=by if isinstance(by, User) else None,
            author_name=label_of(by),
            text=text.strip(),
        )
        record_idea("idea.commented", idea, by=by, via=via)
    return comment


def add_variant(*, number: int, function: str, text: str, by: Actor, via: str) -> IdeaVariant:
    """Add a wording of what a function of the company would say. Raises as `add_comment`."""
    check_can_take_part(by)
    _check_text(text)
    known = Workspace.current().functions
    if function not in known:
        raise IdeaRefused(
            f"There is no function “{function}”. There are: {', '.join(known)}.",
            pointer="/function",
        )
    with transaction.atomic():
        idea = locked(number, by)
        variant = IdeaVariant.objects.create(
            idea=idea, function=function, text=text.strip(), author_name=label_of(by)
        )
        record_idea("idea.worded", idea, by=by, via=via, function=function)
    return variant


def add_link(
    *, number: int, kind: str, target: str, note: str = "", by: Actor, via: str
) -> IdeaLink:
    """Link an idea with what it rests on or led to (see IdeaLink); the same link twice is one.
    Raises IdeaRefused, PermissionDenied, Idea.DoesNotExist."""
    if kind not in LinkKind.values:
        known = ", ".join(LinkKind.values)
        raise IdeaRefused(
            f"There is no link of kind “{kind}”. There are: {known}.", pointer="/kind"
        )
    target = " ".join(target.split())
    _check_target(kind, target, by)
    with transaction.atomic():
        idea = locked(number, by)
        check_can_steer(by, idea)
        link, is_new = IdeaLink.objects.get_or_create(
            idea=idea, kind=kind, target=target, defaults={"note": note.strip()[:500]}
        )
        if is_new:
            record_idea("idea.linked", idea, by=by, via=via, link=kind, target=target)
    return link


def version_named(target: str) -> tuple[str, int] | None:
    """Key and number of `key d7`; None of anything else."""
    found = VERSION.fullmatch(target)
    return (found[1], int(found[2])) if found else None


def _check_text(text: str) -> None:
    if not text.strip():
        raise IdeaRefused("There is nothing in it yet. Write something.", pointer="/text")
    if len(text) > LONGEST:
        raise IdeaRefused(f"At most {LONGEST:,} characters are kept.", pointer="/text")


def _check_target(kind: str, target: str, actor: Actor) -> None:
    if not target or len(target) > LONGEST_TARGET or "\0" in target:
        raise IdeaRefused("Say what the link leads to, on one line.", pointer="/target")
    if "://" in target and urlsplit(target).scheme not in ("http", "https"):
        raise IdeaRefused("An address begins with https:// or http://.", pointer="/target")
    if kind == LinkKind.EXPERIMENT and not target.isdecimal():
        raise IdeaRefused("Name the experiment by its number, as in 31.", pointer="/target")
    if kind == LinkKind.VERSION:
        _check_version(target, actor)


def _check_version(target: str, actor: Actor) -> None:
    named = version_named(target)
    if named is None:
        raise IdeaRefused("Write a version as “key d7”.", pointer="/target")
    segments = Segment.objects.visible_to(actor).filter(key=named[0])
    if not DefinitionVersion.objects.filter(segment__in=segments, number=named[1]).exists():
        raise IdeaRefused(f"There is no version {target}.", pointer="/target")
