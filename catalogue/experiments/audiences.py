"""Arms as audiences: the members of a segment now who were dealt to an arm."""

from __future__ import annotations

from catalogue.models import Arm, Experiment


def part_of(experiment: Experiment, arm: Arm) -> str:
    """The name of an arm behind the # of its segment."""
    return f"exp-{experiment.number}-{arm.key}"


def audience_of(experiment: Experiment, arm: Arm) -> str:
    """What a definition writes to mean the people of an arm: `trials#exp-31-call`."""
    return f"{experiment.segment.key}#{part_of(experiment, arm)}"
