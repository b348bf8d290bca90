"""What a metric measures, as a noun."""

from __future__ import annotations

from catalogue.definitions.describe import say_line
from catalogue.definitions.english.measures import say_measure
from catalogue.definitions.english.wording import Labels, Wording
from catalogue.definitions.formulas import Formula, Mean, Ratio, ShareOf

MEAN = "{measure}, as a mean per member"
SHARE = "the share of members of whom this is true: {condition}"
RATIO = "{above}, divided by {below}; each added up over all members"


def say_formula(formula: Formula, labels: Labels | None = None) -> str:
    """`the sum of amount over “Order paid” in the last 90 days, as a mean per member`"""
    wording = Wording(labels=labels or Labels())
    match formula:
        case Mean(measure=measure):
            said = wording.say(MEAN, measure=say_measure(measure, wording))
        case ShareOf(condition=condition):
            said = wording.say(SHARE, condition=say_line(condition, wording))
        case Ratio(above=above, below=below):
            said = wording.say(
                RATIO, above=say_measure(above, wording), below=say_measure(below, wording)
            )
    return said
