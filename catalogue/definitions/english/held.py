"""How long a trait has been what it is."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.terms import say_term
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.held import Held

MESSAGES: Mapping[str, str] = {
    "for_at_least": "{condition}, and has been so for at least {duration}",
    "for_less_than": "{condition}, and has been so for less than {duration}",
}


def say_held(node: Held, wording: Wording) -> str:
    """`Status is onboarding, and has been so for at least 7 days`"""
    return wording.say(
        MESSAGES[node.lasting],
        condition=say_term(node.term, wording.trait(node.term.path), wording),
        duration=wording.duration(node.duration),
    )
