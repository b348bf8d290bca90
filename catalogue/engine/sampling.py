"""One customer in so many instead of all: what is counted then is said as a sample, with how far
the numbers may be off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import from_mask
from catalogue.engine.estimate import Counted
from catalogue.engine.evaluate import plan_of
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.one_customer import Few
from catalogue.engine.plan import Among, Formula, parts_of
from catalogue.engine.ranking import Ranked
from catalogue.warehouse.tables import Tables

EVERY = 16
# Knuth's multiplier: neighbours among ordinals, which were loaded together, fall apart.
SPREAD = 2_654_435_761
# 95 of 100 samples are no further off than so many standard errors.
ERRORS = 1.96
# Of something that no member of a sample is, up to 3 in n are it (at the same 95 in 100).
RULE_OF_THREE = 3


class Sample(Few):
    """One in EVERY customers of a photo, always the same ones, and all accounts."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables, chosen(tables.customers), tables.accounts)

    @property
    def has_near_rows(self) -> bool:
        """They are as near as those of all."""
        return self._tables.has_near_rows


def chosen(customers: BitMap) -> BitMap:
    """One in EVERY of them, whoever else there is."""
    ordinals = np.asarray(customers.to_array(), dtype=np.uint32)
    spread = ordinals.astype(np.uint64) * SPREAD % 2**32
    return from_mask(ordinals, spread < 2**32 // EVERY)


def may_be_sampled(segments: Mapping[str, SegmentInput], key: str, now: datetime) -> bool:
    """Whether a sample tells about everybody: not of accounts, and not where others decide about
    somebody, the other customers of an account or those in a ranking."""
    planned = plan_of(segments, now)
    formulas = planned.formulas.values()
    return segments[key].subject == "customer" and not any(map(_looks_at_others, formulas))


def _looks_at_others(formula: Formula | None) -> bool:
    if isinstance(formula, Among | Ranked):
        return True
    return any(map(_looks_at_others, parts_of(formula)))


def scaled_up(counted: Counted, population: int) -> Counted:
    """What was counted in a sample, as numbers of everybody. `members` stay those of the sample."""
    times = population / counted.population if counted.population else 0.0
    nodes = (
        replace(
            one,
            alone=round(one.alone * times),
            remaining=round(one.remaining * times),
            null_count=None if one.null_count is None else round(one.null_count * times),
            population=population,
        )
        for one in counted.nodes
    )
    return replace(counted, population=population, nodes=tuple(nodes))


def margin(part: int, sampled: int, population: int) -> int:
    """How far, up or down, the number of everybody may be from what a part of a sample says, in 95
    of 100 samples; customers."""
    if not sampled:
        return population
    # Two more of each kind (Agresti and Coull): else small shares look surer than they are.
    share = (part + 2) / (sampled + 4)
    left_out = 1 - sampled / population
    error = ERRORS * math.sqrt(share * (1 - share) / sampled * left_out)
    return math.ceil(population * max(error, RULE_OF_THREE / sampled * left_out))
