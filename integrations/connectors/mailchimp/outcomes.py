"""What an answer of Mailchimp means for one member."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.connectors.mailchimp.many import Told
from integrations.errors import redact
from integrations.protocol import Outcome, Rejected, Unknown

# The most bytes that a merge field of text keeps.
FIELD_BYTES = 255
# Texts of so many letters are never longer than that: four bytes is the most that one letter takes.
ALWAYS_SHORT = FIELD_BYTES // 4


def not_wanted(address: str, made: Told) -> Outcome | None:
    """Why somebody is not put into the segment; None when they can be."""
    member = made.members.get(address)
    if member is None:
        if address in made.refused:
            return refused(made.refused[address])
        return Unknown("Mailchimp did not mention the address")
    if member.status == "unsubscribed":
        return Rejected("The person has unsubscribed at Mailchimp.", opted_out=True)
    if member.status == "cleaned":
        return Rejected("Mailchimp has given up this address, because its mail came back.")
    return None


def refused(words: str) -> Outcome:
    """A refusal of one address in Mailchimp's words."""
    if "permanently deleted" in words:
        return Rejected(
            "The person was deleted for good at Mailchimp, and can only sign up again themselves.",
            opted_out=True,
        )
    if "compliance state" in words:
        return Rejected(
            "Mailchimp holds the address in a compliance state: unsubscribed, bounced or in "
            "review. Only the person can sign up again.",
            opted_out=True,
        )
    if "lot of lists" in words:
        return Unknown("Mailchimp takes no more sign-ups of this address for now")
    return Rejected(redact(f"Mailchimp refuses: {words.rstrip('.')}."))


def cut(fields: Mapping[str, str]) -> dict[str, str]:
    """Texts as long as a merge field keeps them, whole letters only."""
    return {
        tag: text if len(text) <= ALWAYS_SHORT else _shortened(text) for tag, text in fields.items()
    }


def _shortened(text: str) -> str:
    return text.encode()[:FIELD_BYTES].decode(errors="ignore")
