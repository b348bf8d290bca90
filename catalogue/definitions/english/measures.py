"""What customers are ranked by, as a noun."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.events import say_events
from catalogue.definitions.english.windows import say_window
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.measures import Measure, TraitMeasure

MESSAGES: Mapping[str, str] = {
    "count": "how often {events} was done {window}",
    "sum": "the sum of {prop} over {events} {window}",
    "avg": "the average {prop} of {events} {window}",
    "min": "the smallest {prop} of {events} {window}",
    "max": "the largest {prop} of {events} {window}",
    "count_distinct": "the number of different values of {prop} in {events} {window}",
}


def say_measure(measure: Measure, wording: Wording) -> str:
    """`the sum of amount over “Order paid” in the last 12 months`"""
    if isinstance(measure, TraitMeasure):
        return wording.trait(measure.path)
    return wording.say(
        MESSAGES[measure.function],
        prop=wording.prop(measure.prop) if measure.prop else "",
        events=say_events(measure.events, wording),
        window=say_window(measure.window, wording),
    )
