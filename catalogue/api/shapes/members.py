"""Who is in a segment, who entered and left, and why."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import SUBJECTS, Free, Instant, Text

MOST_MEMBERS = 1_000
MOST_IDS = 1_000
OPERATIONS = ["entered", "left", "definition_changed"]
OF_WHAT = "What the ids are of: customers, or accounts."


class MembersQuery(serializers.Serializer[Any]):
    """Which version, which page, and which traits."""

    version = serializers.RegexField(
        r"^(latest|[1-9][0-9]{0,8})$",
        required=False,
        default="latest",
        help_text="A membership version, or `latest`. A cursor keeps to the version it began with.",
    )
    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(
        required=False, default=MOST_MEMBERS, min_value=1, max_value=MOST_MEMBERS
    )
    traits = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="Traits to send along, with commas between; a name with a comma in quotes.",
    )


class MemberShape(serializers.Serializer[Any]):
    """One customer, or account. A trait that is missing is not there."""

    id = serializers.CharField(help_text="The id, exactly as it was loaded.")
    since = Instant(allow_null=True, help_text="When they entered last.")
    traits = Free()


class MembersShape(serializers.Serializer[Any]):
    """A page of the members of one version; all its pages are of the same moment."""

    segment = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text=OF_WHAT)
    membership_version = serializers.IntegerField()
    definition_version = serializers.IntegerField()
    as_of = Instant(help_text="The instant that the version describes.")
    count = serializers.IntegerField(help_text="Of all members who are served now.")
    checksum = serializers.CharField(
        help_text="Sum of the first 8 bytes of SHA-256(id), big-endian, modulo 2^64, in hex."
    )
    changes_cursor = serializers.CharField(
        help_text="After the last page, go on with `members/changes/` from here."
    )
    results = MemberShape(many=True)
    next = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()


class ChangesQuery(serializers.Serializer[Any]):
    """From where on."""

    cursor = serializers.CharField(
        required=False,
        help_text="`changes_cursor` or `next_cursor`; without one, from the first version on.",
    )
    page_size = serializers.IntegerField(
        required=False, default=MOST_MEMBERS, min_value=1, max_value=MOST_MEMBERS
    )


class DefinitionChangeShape(serializers.Serializer[Any]):
    """From one definition version to another."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()


class ChangeShape(serializers.Serializer[Any]):
    """One change. Apply them in order; one that changes nothing of yours is no error."""

    op = serializers.ChoiceField(choices=OPERATIONS)
    id = serializers.CharField(allow_null=True, help_text="null for `definition_changed`.")
    at = Instant()
    membership_version = serializers.IntegerField()
    reason = serializers.ChoiceField(
        choices=["deleted", "suppressed"],
        allow_null=True,
        help_text="`deleted`: the customer does not exist any more; delete them too."
        " `suppressed`: they must not be used any more; if that is lifted, they enter again.",
    )
    definition = DefinitionChangeShape(allow_null=True)


class ChangesShape(serializers.Serializer[Any]):
    """The next changes. Once `has_more` is false, `count` and `checksum` are those of your copy."""

    segment = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text=OF_WHAT)
    membership_version = serializers.IntegerField()
    definition_version = serializers.IntegerField()
    as_of = Instant(help_text="The instant that the newest version describes.")
    count = serializers.IntegerField()
    checksum = serializers.CharField()
    results = ChangeShape(many=True)
    next_cursor = serializers.CharField(help_text="Keep it, and ask with it next time.")
    has_more = serializers.BooleanField()


class IdsShape(serializers.Serializer[Any]):
    """Customers (of a segment that holds accounts: accounts) to ask about."""

    ids = serializers.ListField(
        child=Text(max_length=500, trim_whitespace=False),
        min_length=1,
        max_length=MOST_IDS,
    )


class CheckedCustomerShape(serializers.Serializer[Any]):
    """Where one customer, or account, stands."""

    id = serializers.CharField(trim_whitespace=False)
    standing = serializers.ChoiceField(
        choices=["in", "out", "unknown"], help_text="`unknown`: there is no such one."
    )


class CheckedShape(serializers.Serializer[Any]):
    """Where customers stand, in the order asked."""

    segment = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text=OF_WHAT)
    membership_version = serializers.IntegerField()
    definition_version = serializers.IntegerField()
    as_of = Instant()
    results = CheckedCustomerShape(many=True)


class IdShape(serializers.Serializer[Any]):
    """One customer, or of a segment that holds accounts one account."""

    id = Text(max_length=500, trim_whitespace=False)


class ExplainedNodeShape(serializers.Serializer[Any]):
    """One node of the definition for one customer, or account."""

    pointer = serializers.CharField()
    depth = serializers.IntegerField()
    text = serializers.CharField()
    answer = serializers.BooleanField(
        allow_null=True,
        help_text="null of what is asked of the customers of an account, each for themselves.",
    )
    because = serializers.CharField(help_text="What decided it; empty of a group.")
    flips_at = Instant(
        allow_null=True, help_text="When the answer turns if nothing more is said or done."
    )


class ExplanationShape(serializers.Serializer[Any]):
    """Why a customer, or an account, is in a segment or not, judged now."""

    segment = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text=OF_WHAT)
    id = serializers.CharField(help_text="Who is explained, after all merges.")
    asked_id = serializers.CharField()
    is_in = serializers.BooleanField()
    by_hand = serializers.ChoiceField(choices=["added", "removed"], allow_null=True)
    note = serializers.CharField()
    conditions = ExplainedNodeShape(many=True)
    flips_at = Instant(allow_null=True)
    as_of = Instant()
    data_as_of = Instant(allow_null=True)


class BelongingShape(serializers.Serializer[Any]):
    """A segment that the customer, or account, is in."""

    key = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    since = Instant(allow_null=True)
    membership_version = serializers.IntegerField()
    definition_version = serializers.IntegerField()
    as_of = Instant()


class CustomerSegmentsShape(serializers.Serializer[Any]):
    """The segments that a customer is in, of those whose people you may see."""

    id = serializers.CharField()
    results = BelongingShape(many=True)
    as_of = Instant(help_text="When this was read.")


class AccountSegmentsShape(serializers.Serializer[Any]):
    """The segments that an account is in, of those whose members you may see."""

    id = serializers.CharField()
    results = BelongingShape(many=True)
    as_of = Instant(help_text="When this was read.")
