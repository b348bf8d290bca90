"""What was done to the catalogue, by whom, from where, and why: added to, never edited."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models.api_key import ApiKey
from catalogue.models.segment import Segment
from catalogue.models.team import Role
from catalogue.models.user import User

# Whose log is whose. Of what is not named here, site admins alone read.
OF_THE_DICTIONARY = ("trait", "event", "property", "metric", "workspace")
OF_SEGMENTS = ("segment", "experiment")
OF_TEAMS = ("team", "key")
OF_TOOLS = ("tool", "list")
# Read by admins of any team, as tools are; they name nobody.
OF_PRIVACY = ("suppression", "consent", "erasure")
# Ideas and research are read by all; an idea private to a team by that team.
OF_RESEARCH = ("idea", "survey", "discovery")
PRIVATE_IDEA = "private idea"
# Who may see the people of a segment, and who took them out, is for those who give that right.
OF_PEOPLE = ("segment.people_granted", "segment.people_withdrawn", "people.exported")


class Via(models.TextChoices):
    """From where a change came."""

    WEB = "web", "Web"
    ADMIN = "admin", "Admin"
    API = "api", "API"
    FILE = "file", "File"
    COMMAND = "command", "Command line"
    SYSTEM = "system", "The catalogue itself"


class ChangeQuerySet(models.QuerySet["Change"]):
    """Changes by who asks for them."""

    def visible_to(self, actor: User | ApiKey | None) -> ChangeQuerySet:
        """What `actor` (None: the system) may read: changes of the dictionary, and of segments that
        exist for them. Seats, keys, grants and exports only as an admin of the team, tools as an
        admin of any team, logins as a site admin."""
        if actor is None or (isinstance(actor, User) and actor.is_superuser):
            return self
        there = Q(segment__in=Segment.objects.visible_to(actor).values("pk"))
        of_research = Q(object_type__in=OF_RESEARCH) & (Q(segment=None) | there)
        of_segments = there & Q(object_type__in=OF_SEGMENTS) & ~Q(kind__in=OF_PEOPLE)
        open_to_all = Q(object_type__in=OF_THE_DICTIONARY) | of_research | of_segments
        of_own_ideas = Q(object_type=PRIVATE_IDEA, team__in=_teams_of(actor))
        if isinstance(actor, ApiKey):
            return self.filter(open_to_all | of_own_ideas)
        return self.filter(open_to_all | of_own_ideas | self._administered(actor, there))

    def _administered(self, user: User, there: Q) -> Q:
        teams = list(user.seats.filter(role=Role.ADMIN).values_list("team", flat=True))
        if not teams:
            return Q(pk__in=())
        of_teams = Q(object_type__in=OF_TEAMS) | (there & Q(kind__in=OF_PEOPLE))
        return Q(object_type__in=(*OF_TOOLS, *OF_PRIVACY)) | (Q(team__in=teams) & of_teams)


def _teams_of(actor: User | ApiKey) -> list[int]:
    if isinstance(actor, ApiKey):
        return [actor.team_id]
    return list(actor.seats.values_list("team", flat=True))


class Change(models.Model):
    """One act. `object_type` and `object_key` name what was changed, also when that is gone;
    `details` holds {"fields": {name: [before, after]}} and whatever else the kind needs."""

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=60)  # segment.published, key.created, …
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=200)
    segment = models.ForeignKey(
        "Segment", on_delete=models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    team = models.ForeignKey(
        "Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    via = models.CharField(max_length=10, choices=Via)
    message = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects: ClassVar = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_key"], name="change_object"),
            models.Index(fields=["at"], name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key} by {self.actor}"
