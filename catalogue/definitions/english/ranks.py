"""Parts of people: the first and the last of a ranking, and samples."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.measures import say_measure
from catalogue.definitions.english.wording import Plural, Wording
from catalogue.definitions.nodes import Bottom, Everyone, Node, Rank, Sample, Top
from catalogue.definitions.shares import Share

COUNTED: Mapping[type[Node], Plural] = {
    Top: ("is in the top {count} by {measure}", "is in the top {count} by {measure}"),
    Bottom: ("is in the bottom {count} by {measure}", "is in the bottom {count} by {measure}"),
}
SHARES: Mapping[type[Node], str] = {
    Top: "is in the top {share} % by {measure}",
    Bottom: "is in the bottom {share} % by {measure}",
}
AMONG_ONE = "{rank}, among customers of whom this is true: {condition}"
AMONG = "{rank}, among customers of whom this is true:"


def say_rank(node: Rank, wording: Wording) -> str:
    """`is in the top 10 % by the sum of amount over “Order paid” in the last 12 months`; among whom
    is said by what stands around it."""
    measure = say_measure(node.by, wording)
    if isinstance(node.size, Share):
        share = wording.value(node.size.digits)
        return wording.say(SHARES[type(node)], share=share, measure=measure)
    return wording.say_count(COUNTED[type(node)], node.size, measure=measure)


def say_ranked(node: Rank, among: str, wording: Wording) -> str:
    """The same with those it is made among, on one line; `among` is their condition."""
    rank = say_rank(node, wording)
    if isinstance(node.among, Everyone):
        return rank
    return wording.say(AMONG_ONE, rank=rank, condition=among)


def say_rank_heading(node: Rank, wording: Wording) -> str:
    """What stands above the lines of those it is made among."""
    return wording.say(AMONG, rank=say_rank(node, wording))


def say_sample(node: Sample, wording: Wording) -> str:
    """`is in the sample “exp-12” of 20 % of all customers`"""
    return wording.say(
        "is in the sample {salt} of {share} % of all customers",
        salt=wording.value(wording.quoted(node.salt)),
        share=wording.value(node.share.digits),
    )
