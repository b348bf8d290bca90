"""A segment: who (definition), why, whose, to what goal, and what we say to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models.api_key import ApiKey, Scope
from catalogue.models.user import User


class Status(models.TextChoices):
    """A draft is refreshed and listed like any other; it is only not synced."""

    DRAFT = "draft", "Draft"
    LIVE = "live", "Live"
    ARCHIVED = "archived", "Archived"


class SegmentQuerySet(models.QuerySet["Segment"]):
    """Segments by who asks for them."""

    def visible_to(self, actor: User | ApiKey | None) -> SegmentQuerySet:
        """Those that exist for `actor` (None: the system): every one, but for drafts private to a
        team they do not belong to; of a key, those it was given."""
        if actor is None:
            return self
        if isinstance(actor, ApiKey):
            return self._visible_to_key(actor)
        return self._visible_to_user(actor)

    def _visible_to_user(self, user: User) -> SegmentQuerySet:
        if user.is_superuser:
            return self
        mine = Q(team__members__user=user.pk) | Q(owner=user.pk)
        hidden = Q(is_private=True, status=Status.DRAFT)
        return self.filter(~hidden | Q(pk__in=Segment.objects.filter(mine).values("pk")))

    def _visible_to_key(self, key: ApiKey) -> SegmentQuerySet:
        found = self.exclude(Q(is_private=True, status=Status.DRAFT) & ~Q(team=key.team_id))
        if not key.has_scope(Scope.SEGMENTS_DRAFT):
            found = found.exclude(status=Status.DRAFT)
        if key.segments.exists():
            found = found.filter(pk__in=key.segments.values("pk"))
        return found


class Segment(models.Model):
    """The key is for ever: never changed, never reused."""

    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    # A draft may be kept to its team; going live ends that.
    is_private = models.BooleanField(default=False)
    team = models.ForeignKey("Team", on_delete=models.PROTECT, related_name="segments")
    # A file may name an owner who has no login yet: the address is kept, the user linked later.
    owner_email = models.CharField(max_length=254, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    models_used = models.JSONField(default=list, blank=True)  # segmentation models, as in the file
    why = models.TextField(blank=True)
    goal = models.JSONField(null=True, blank=True)  # as in the file
    review = models.JSONField(null=True, blank=True)  # as in the file: every, reviewer
    refresh = models.JSONField(null=True, blank=True)  # {"every": n, "unit": …, "at": "06:00"|null}
    sync_wanted = models.JSONField(default=list, blank=True)  # [{"to": destination, "as": name}]
    # Set when a definition it builds on is gone; the last good membership stays served.
    broken_reason = models.TextField(blank=True)
    # The newest definition and membership versions, written with them in one transaction.
    definition = models.ForeignKey(
        "DefinitionVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The newest split by the goal as it is now, and when it was last found to be so.
    goal_split = models.ForeignKey(
        "GoalSplit", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    goal_as_of = models.DateTimeField(null=True, blank=True)
    # Why the newest refresh could not measure the goal; the split is then one of an older refresh.
    goal_fault = models.CharField(max_length=500, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)  # `now` of the last good refresh
    # The number of the first membership version that people enter it by; null before it went live.
    live_from = models.PositiveIntegerField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)  # when its newest review was done
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = SegmentQuerySet.as_manager()

    class Meta:
        permissions = [("see_people", "Can see who is in segments")]

    def __str__(self) -> str:
        return self.key

    @property
    def first_version(self) -> int:
        """The number of the membership version with which it went live; of one that did not, of its
        first."""
        return self.live_from or 1


class DefinitionVersion(models.Model):
    """d1, d2, … of a segment; never edited. A static list has no tree: `canonical` is null."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="definitions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=10, default="customer")
    canonical = models.TextField(null=True)  # noqa: DJ001 (null = static list); RFC 8785 JSON
    definition_hash = models.CharField(max_length=64)
    source = models.TextField(blank=True)  # the file it came from, byte for byte
    message = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "number"], name="definition_version_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} d{self.number}"


class ListedMember(models.Model):
    """An id said by hand: on a static list, added to or removed from a segment. It is that of a
    customer; of a segment that holds accounts, that of an account.

    Ids that we do not know yet are kept too, without effect until somebody has them.
    """

    class Kind(models.TextChoices):
        STATIC = "static", "Static list"
        ADD = "add", "Added by hand"
        REMOVE = "remove", "Removed by hand"

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="listed")
    kind = models.CharField(max_length=6, choices=Kind)
    customer_id = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "kind", "customer_id"], name="listed_member_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"
