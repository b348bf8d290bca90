"""Teams, the dictionary, and who is asking."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.paging import Paged
from catalogue.api.shapes.fields import SUBJECTS, Instant, page_shape
from catalogue.models import Role, Scope, ValueType


class TeamShape(serializers.Serializer[Any]):
    """A function of the company, which owns segments."""

    id = serializers.CharField(help_text="The slug, by which segments name it.")
    object = serializers.ChoiceField(choices=["team"])
    slug = serializers.CharField()
    name = serializers.CharField()
    html_url = serializers.CharField()
    segments = serializers.IntegerField(help_text="How many it has, archived ones left out.")


class TraitsQuery(Paged):
    """Whose traits, and which page."""

    subject = serializers.ChoiceField(
        choices=SUBJECTS,
        required=False,
        default="customer",
        help_text="Traits of customers, or of accounts (`account_trait`).",
    )


class TraitShape(serializers.Serializer[Any]):
    """Something known of customers, or of accounts."""

    name = serializers.CharField()
    object = serializers.ChoiceField(choices=["trait"])
    subject = serializers.ChoiceField(choices=SUBJECTS)
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    type = serializers.ChoiceField(choices=ValueType.choices, allow_null=True)
    null_share = serializers.FloatField(
        allow_null=True, help_text="Share of these for whom it is missing, 0 to 1."
    )
    first_seen_at = Instant()


class PropertyShape(serializers.Serializer[Any]):
    """Something known of an event."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=ValueType.choices, allow_null=True)


class EventShape(serializers.Serializer[Any]):
    """Something customers do."""

    name = serializers.CharField()
    object = serializers.ChoiceField(choices=["event"])
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    event_count = serializers.IntegerField()
    last_at = Instant(allow_null=True)
    properties = PropertyShape(many=True)
    first_seen_at = Instant()


TeamPage = page_shape(TeamShape, "TeamPage")
TraitPage = page_shape(TraitShape, "TraitPage")
EventPage = page_shape(EventShape, "EventPage")


class SeatShape(serializers.Serializer[Any]):
    """A place in a team."""

    team = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    see_people = serializers.BooleanField()


class LimitShape(serializers.Serializer[Any]):
    """Requests a minute."""

    name = serializers.CharField()
    requests_per_minute = serializers.IntegerField()


class MeShape(serializers.Serializer[Any]):
    """Who asks, and what they may do."""

    kind = serializers.ChoiceField(choices=["key", "login"])
    name = serializers.CharField()
    prefix = serializers.CharField(allow_null=True, help_text="Of a key: how it begins.")
    team = serializers.CharField(allow_null=True, help_text="Of a key.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_null=True, help_text="Of a key."
    )
    segments = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Of a key: the only segments it knows of; null when there is no such list.",
    )
    expires_at = Instant(allow_null=True)
    seats = SeatShape(many=True, help_text="Of a login.")
    is_site_admin = serializers.BooleanField()
    limits = LimitShape(many=True)
    changes_kept_days = serializers.IntegerField()
