"""Why something is not done to an experiment. The messages are for people."""

from __future__ import annotations

from catalogue.segments.refusals import SegmentRefused


class ExperimentRefused(SegmentRefused):
    """An experiment may not become what was asked."""


class ExperimentChanged(ExperimentRefused):
    """Somebody changed the draft since it was read."""


class NoSuchExperiment(ExperimentRefused):
    """A number that no experiment has, of those that exist for who asks."""
