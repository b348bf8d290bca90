"""Teams own segments; seats and grants say who may do what with them."""

from django.conf import settings
from django.db import models


class Team(models.Model):
    """A function of the company. Files name it by its slug."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    # Who edited a segment last does not publish it as well.
    four_eyes = models.BooleanField(
        default=False,
        help_text="Whoever edited a segment last asks a second person to publish it.",
    )

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a seat lets somebody do with the segments of a team. Each holds the one before."""

    VIEWER = "viewer", "Viewer"
    EDITOR = "editor", "Editor"
    ADMIN = "admin", "Team admin"


class TeamMember(models.Model):
    """A seat: one login in one team. `see_people`: may see who is in the team's segments."""

    team = models.ForeignKey("Team", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    see_people = models.BooleanField(default=False)

    class Meta:
        verbose_name = "seat"
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="team_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}: {self.role}"


class PeopleGrant(models.Model):
    """The right to see who is in one segment, whatever the team."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="people_grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="people_grants"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "user"], name="people_grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} sees the people of {self.segment_id}"
