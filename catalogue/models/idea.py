"""Ideas: what could be tried with a segment. They are kept for ever."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models.api_key import ApiKey
from catalogue.models.user import User


class IdeaState(models.TextChoices):
    """How far an idea is; which follows which is in `catalogue.ideas.states`."""

    NEW = "new", "New"
    RESEARCHING = "researching", "Looking into"
    TRYING = "trying", "Trying"
    ADOPTED = "adopted", "Adopted"
    PARKED = "parked", "Parked"
    MERGED = "merged", "Merged"


class Extent(models.TextChoices):
    """How much: of the effect somebody expects, and of the effort it takes."""

    SMALL = "small", "small"
    MEDIUM = "medium", "medium"
    LARGE = "large", "large"
    NOT_KNOWN = "not_known", "not known"


class IdeaKept(Exception):
    """Somebody tried to delete an idea; the message is for people."""

    def __init__(self) -> None:
        super().__init__(
            "Ideas are never deleted, by nobody. Park it with a reason, or merge it into another."
        )


class IdeaQuerySet(models.QuerySet["Idea"]):
    """Ideas by who asks for them."""

    def visible_to(self, actor: User | ApiKey | None) -> IdeaQuerySet:
        """Those that exist for `actor` (None: the system): every one, but for those private to a
        team they do not belong to. Who had one always sees it."""
        if actor is None or (isinstance(actor, User) and actor.is_superuser):
            return self
        if isinstance(actor, ApiKey):
            return self.filter(Q(is_private=False) | Q(team=actor.team_id))
        teams = actor.seats.values("team")
        return self.filter(Q(is_private=False) | Q(team__in=teams) | Q(author=actor.pk))

    def delete(self) -> NoReturn:
        """Refused. Raises IdeaKept."""
        raise IdeaKept


class Idea(models.Model):
    """What could be tried. `effect` is what somebody expects of it. A parked one says why, and when
    it wakes up: on a day, or when a condition of `catalogue.ideas.waking` comes true. A merged one
    keeps its text and votes, and names the idea it is part of."""

    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=11, choices=IdeaState, default=IdeaState.NEW)
    state_since = models.DateTimeField()
    segment = models.ForeignKey(
        "Segment", on_delete=models.PROTECT, null=True, blank=True, related_name="ideas"
    )
    team = models.ForeignKey("Team", on_delete=models.PROTECT, related_name="ideas")
    is_private = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=200)  # for people, kept when the login is gone
    effect = models.CharField(max_length=9, choices=Extent, default=Extent.NOT_KNOWN)
    effort = models.CharField(max_length=9, choices=Extent, default=Extent.NOT_KNOWN)
    parked_reason = models.TextField(blank=True)
    wakes_on = models.DateField(null=True, blank=True)
    wakes_when = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    revision = models.PositiveIntegerField(default=1)  # goes up with every change of its fields
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state"], name="idea_state")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused. Raises IdeaKept."""
        raise IdeaKept


class IdeaVote(models.Model):
    """One person's vote, counted for the team of their seat; it outlives their login."""

    idea = models.ForeignKey("Idea", on_delete=models.PROTECT, related_name="votes")
    voter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    voter_name = models.CharField(max_length=200)
    team = models.ForeignKey(
        "Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "vote"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "voter"], name="idea_vote_once"),
        ]

    def __str__(self) -> str:
        return f"{self.voter_name} for #{self.idea_id}"


class IdeaVariant(models.Model):
    """One wording of the message that an idea would have a function say."""

    idea = models.ForeignKey("Idea", on_delete=models.PROTECT, related_name="variants")
    function = models.CharField(max_length=40)
    text = models.TextField()
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "message variant"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.function}: {self.text[:40]}"


class IdeaComment(models.Model):
    """What somebody said about an idea."""

    idea = models.ForeignKey("Idea", on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "comment"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:40]}"


class LinkKind(models.TextChoices):
    """What an idea rests on, or led to."""

    SURVEY = "survey", "Survey"
    EXPERIMENT = "experiment", "Experiment"
    EVIDENCE = "evidence", "Evidence"
    VERSION = "segment_version", "Segment version"


class IdeaLink(models.Model):
    """Where an idea leads. `target` is, by kind: the address of a survey or its slug, the number of
    an experiment, the source of a piece of evidence, `key d7` of a segment version. `note` says
    what is to be seen there."""

    idea = models.ForeignKey("Idea", on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=15, choices=LinkKind)
    target = models.CharField(max_length=500)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "link"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "kind", "target"], name="idea_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
