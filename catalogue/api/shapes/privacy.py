"""Suppression, consent and erasure. Nobody is named in any answer but by who asked for them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.paging import Paged
from catalogue.api.shapes.fields import Instant, Text, page_shape
from catalogue.models import ErasureState, SuppressionSource


class SuppressionsQuery(Paged):
    """Which suppressions."""

    customer_id = serializers.CharField(
        required=False, max_length=500, help_text="Those by this customer's id."
    )
    email = serializers.CharField(
        required=False, max_length=320, help_text="Those by this e-mail address."
    )
    in_force = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Only these, or only the lifted."
    )


class SuppressionShape(serializers.Serializer[Any]):
    """Somebody who must never be used. Whom it is about is asked by id or address: of neither
    anything but a keyed fingerprint is kept."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["suppression"])
    number = serializers.IntegerField()
    url = serializers.CharField()
    purpose = serializers.CharField(allow_null=True, help_text="null: every purpose.")
    source = serializers.ChoiceField(choices=SuppressionSource.choices)  # type: ignore[assignment]
    reason = serializers.CharField()
    recognised_by = serializers.ListField(child=serializers.CharField())
    customers = serializers.IntegerField(help_text="How many it is about until now.")
    since = Instant()
    added_by = serializers.CharField()
    lifted_at = Instant(allow_null=True)
    lifted_by = serializers.CharField(allow_null=True)
    lifted_because = serializers.CharField(allow_null=True)


SuppressionPage = page_shape(SuppressionShape, "SuppressionPage")


class NewSuppressionShape(serializers.Serializer[Any]):
    """Somebody to be suppressed: by the customer's id, an e-mail address, or both."""

    customer_id = Text(required=False, max_length=500, default="")
    email = Text(required=False, max_length=320, default="")
    purpose = Text(required=False, max_length=40, default="", help_text="Left out: every purpose.")
    reason = Text(max_length=500)


class LiftShape(serializers.Serializer[Any]):
    """Why somebody may be used again."""

    reason = Text(max_length=500)


class ConsentsQuery(Paged):
    """Whose words."""

    customer_id = serializers.CharField(max_length=500, help_text="As it was loaded.")


class ConsentShape(serializers.Serializer[Any]):
    """One word: consent to a purpose was given or withdrawn."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["consent"])
    purpose = serializers.CharField()
    given = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    at = Instant()
    expires_at = Instant(allow_null=True)
    added_by = serializers.CharField()


ConsentPage = page_shape(ConsentShape, "ConsentPage")


class NewConsentShape(serializers.Serializer[Any]):
    """A word of consent to be noted."""

    customer_id = Text(max_length=500)
    purpose = Text(max_length=40)
    given = serializers.BooleanField(help_text="false: withdrawn.")
    source = Text(max_length=200, help_text="Where they said so.")  # type: ignore[assignment]
    at = Instant(required=False, help_text="When they said so; left out: now.")
    expires_at = Instant(required=False, allow_null=True, default=None)


class PurposeRuleShape(serializers.Serializer[Any]):
    """What holds for one purpose."""

    purpose = serializers.CharField()
    is_needed = serializers.BooleanField(
        help_text="Only who gave consent is used; else who withdrew it is left out."
    )
    trait = serializers.CharField(allow_null=True, help_text="A boolean trait that says so too.")


class PurposesShape(serializers.Serializer[Any]):
    """Every purpose of the workspace."""

    object = serializers.ChoiceField(choices=["purposes"])
    purposes = PurposeRuleShape(many=True)


class ErasureStepShape(serializers.Serializer[Any]):
    """What one step did, or waits for."""

    name = serializers.CharField()
    place = serializers.CharField(allow_null=True, help_text="The tool that was asked.")
    done = serializers.BooleanField()
    count = serializers.IntegerField()
    evidence = serializers.CharField()
    at = Instant()


class ErasureShape(serializers.Serializer[Any]):
    """A person who is being erased, or was. Nobody is named."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["erasure"])
    number = serializers.IntegerField()
    url = serializers.CharField()
    state = serializers.ChoiceField(choices=ErasureState.choices)
    reason = serializers.CharField()
    asked_by = serializers.CharField()
    asked_at = Instant()
    due_at = Instant(help_text="Later than this, site admins are told.")
    done_at = Instant(allow_null=True)
    steps = ErasureStepShape(many=True)


ErasurePage = page_shape(ErasureShape, "ErasurePage")


class NewErasureShape(serializers.Serializer[Any]):
    """Whom to erase, and why."""

    customer_id = Text(max_length=500)
    reason = Text(max_length=500, help_text="It stays, so name nobody in it.")
