"""What somebody's account is, and for how many of an account's customers something is true."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.terms import say_term
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.nodes import AccountMembers, AccountTrait, Customers, HowMany

# Without an account none of these is true.
SAME_ACCOUNT: Mapping[HowMany, str] = {
    "any": "belongs to an account where this is true for at least one customer:",
    "all": "belongs to an account where this is true for every customer:",
    "none": "belongs to an account where this is true for no customer:",
}
SAME_ACCOUNT_AND_CONDITION: Mapping[HowMany, str] = {
    "any": "belongs to an account where this is true for at least one customer: {condition}",
    "all": "belongs to an account where this is true for every customer: {condition}",
    "none": "belongs to an account where this is true for no customer: {condition}",
}
OF_ACCOUNT: Mapping[HowMany, str] = {
    "any": "this is true for at least one customer:",
    "all": "this is true for every customer, or there is none:",
    "none": "this is true for no customer:",
}
OF_ACCOUNT_AND_CONDITION: Mapping[HowMany, str] = {
    "any": "this is true for at least one customer: {condition}",
    "all": "this is true for every customer, or there is none: {condition}",
    "none": "this is true for no customer: {condition}",
}


def say_account_trait(node: AccountTrait, wording: Wording) -> str:
    """`Tier of the account is not business (or is unknown)`"""
    trait = wording.of("account").trait(node.term.path)
    return say_term(node.term, wording.say("{trait} of the account", trait=trait), wording)


def say_members_heading(node: AccountMembers | Customers, wording: Wording) -> str:
    """What stands above the line, or lines, about the customers of an account."""
    messages = SAME_ACCOUNT if isinstance(node, AccountMembers) else OF_ACCOUNT
    return wording.say(messages[node.how])


def say_members(node: AccountMembers | Customers, condition: str, wording: Wording) -> str:
    """The same on one line; `condition` is what is asked of the customers."""
    is_mine = isinstance(node, AccountMembers)
    messages = SAME_ACCOUNT_AND_CONDITION if is_mine else OF_ACCOUNT_AND_CONDITION
    return wording.say(messages[node.how], condition=condition)
