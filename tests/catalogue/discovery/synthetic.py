"""People with traits and behaviour, among whom goals are reached as a test decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.definitions.nodes import Duration, EventSelector, InLast
from catalogue.discovery.columns import EventColumn, People, TraitColumn

TRAITS = ("country", "plan", "seats", "score", "invited")
EVENTS = ("logins", "tickets", "webinars")
WINDOW = InLast(duration=Duration(count=28, unit="day"))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Columns of n people, drawn by chance and independent of each other."""

    country: np.ndarray
    plan: np.ndarray
    seats: np.ndarray
    score: np.ndarray
    invited: np.ndarray
    logins: np.ndarray
    tickets: np.ndarray
    webinars: np.ndarray

    def people(self, reached: np.ndarray, *names: str) -> People:
        """Those of the columns that are named, or all."""
        traits = tuple(
            TraitColumn(path=(name,), values=tuple(getattr(self, name).tolist()))
            for name in TRAITS
            if not names or name in names
        )
        events = tuple(
            EventColumn(
                events=EventSelector(names=(name,)), window=WINDOW, counts=getattr(self, name)
            )
            for name in EVENTS
            if not names or name in names
        )
        return People(columns=(*traits, *events), reached=reached)


def world(n: int, rng: np.random.Generator) -> World:
    """Some countries and scores are missing."""
    score = rng.normal(50, 15, n).round(1).astype(object)
    score[rng.random(n) < 0.1] = None
    countries = np.array(["DE", "FR", "US", "IT", "PL", None], dtype=object)
    return World(
        country=rng.choice(countries, n, p=[0.25, 0.2, 0.2, 0.15, 0.1, 0.1]),
        plan=rng.choice(np.array(["free", "pro", "team"], dtype=object), n, p=[0.5, 0.35, 0.15]),
        seats=np.ceil(rng.lognormal(2, 1, n)).astype(np.int64),
        score=score,
        invited=rng.random(n) < 0.3,
        logins=rng.negative_binomial(1, 0.12, n),
        tickets=rng.poisson(0.8, n),
        webinars=rng.poisson(0.3, n),
    )
