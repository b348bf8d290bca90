"""Aggregates: one message per function and comparison."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.events import say_events
from catalogue.definitions.english.windows import say_window
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.nodes import Aggregate
from catalogue.definitions.terms import Comparator

MESSAGES: Mapping[str, Mapping[Comparator, str]] = {
    "sum": {
        Comparator.EQ: "the sum of {prop} over {events} {window} is exactly {value}",
        Comparator.NEQ: "the sum of {prop} over {events} {window} is anything but {value}",
        Comparator.GT: "the sum of {prop} over {events} {window} is more than {value}",
        Comparator.GTE: "the sum of {prop} over {events} {window} is at least {value}",
        Comparator.LT: "the sum of {prop} over {events} {window} is less than {value}",
        Comparator.LTE: "the sum of {prop} over {events} {window} is at most {value}",
        Comparator.BETWEEN: (
            "the sum of {prop} over {events} {window} is between {value} and {high}"
        ),
    },
    "avg": {
        Comparator.EQ: "the average {prop} of {events} {window} is exactly {value}",
        Comparator.NEQ: "the average {prop} of {events} {window} is anything but {value}",
        Comparator.GT: "the average {prop} of {events} {window} is more than {value}",
        Comparator.GTE: "the average {prop} of {events} {window} is at least {value}",
        Comparator.LT: "the average {prop} of {events} {window} is less than {value}",
        Comparator.LTE: "the average {prop} of {events} {window} is at most {value}",
        Comparator.BETWEEN: "the average {prop} of {events} {window} is between {value} and {high}",
    },
    "min": {
        Comparator.EQ: "the smallest {prop} of {events} {window} is exactly {value}",
        Comparator.NEQ: "the smallest {prop} of {events} {window} is anything but {value}",
        Comparator.GT: "the smallest {prop} of {events} {window} is more than {value}",
        Comparator.GTE: "the smallest {prop} of {events} {window} is at least {value}",
        Comparator.LT: "the smallest {prop} of {events} {window} is less than {value}",
        Comparator.LTE: "the smallest {prop} of {events} {window} is at most {value}",
        Comparator.BETWEEN: (
            "the smallest {prop} of {events} {window} is between {value} and {high}"
        ),
    },
    "max": {
        Comparator.EQ: "the largest {prop} of {events} {window} is exactly {value}",
        Comparator.NEQ: "the largest {prop} of {events} {window} is anything but {value}",
        Comparator.GT: "the largest {prop} of {events} {window} is more than {value}",
        Comparator.GTE: "the largest {prop} of {events} {window} is at least {value}",
        Comparator.LT: "the largest {prop} of {events} {window} is less than {value}",
        Comparator.LTE: "the largest {prop} of {events} {window} is at most {value}",
        Comparator.BETWEEN: "the largest {prop} of {events} {window} is between {value} and {high}",
    },
    "count_distinct": {
        Comparator.EQ: (
            "the number of different values of {prop} in {events} {window} is exactly {value}"
        ),
        Comparator.NEQ: (
            "the number of different values of {prop} in {events} {window} is anything but {value}"
        ),
        Comparator.GT: (
            "the number of different values of {prop} in {events} {window} is more than {value}"
        ),
        Comparator.GTE: (
            "the number of different values of {prop} in {events} {window} is at least {value}"
        ),
        Comparator.LT: (
            "the number of different values of {prop} in {events} {window} is less than {value}"
        ),
        Comparator.LTE: (
            "the number of different values of {prop} in {events} {window} is at most {value}"
        ),
        Comparator.BETWEEN: (
            "the number of different values of {prop} in {events} {window}"
            " is between {value} and {high}"
        ),
    },
}


def say_aggregate(node: Aggregate, wording: Wording) -> str:
    """`the sum of amount over “Order paid” in the last 90 days is more than 500`"""
    comparison = node.comparison
    return wording.say(
        MESSAGES[node.function][comparison.comparator],
        prop=wording.prop(node.prop),
        events=say_events(node.events, wording),
        window=say_window(node.window, wording),
        value=wording.number(comparison.bound),
        high="" if comparison.high is None else wording.number(comparison.high),
    )
