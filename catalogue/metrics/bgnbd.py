"""How often customers will buy: the BG/NBD model of Fader, Hardie and Lee (2005).

While a customer is alive, purchases come at random at a rate of their own, spread over customers
as a gamma distribution (`r`, `alpha`). After each purchase a customer is gone for good with a
chance of their own, spread as a beta distribution (`a`, `b`). Times are weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from catalogue.engine.clocks import Integers
from catalogue.metrics.measured import NotMeasured

Floats = npt.NDArray[np.float64]
# With fewer customers who came back four parameters cannot be told apart.
FEWEST_REPEATERS = 50
# At these ends customers are all alike, or nobody ever goes; more extreme is no other forecast.
LOWEST, HIGHEST = 1e-4, 1e4
# The forecast has a limit at a = 1, and no value.
NEAR_ONE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class BgNbd:
    """The model as fitted. `frequency`, `recency` and `age` are those of Purchases, all of one
    shape, and so are the answers."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def expected(
        self, weeks: float | Floats, frequency: Integers, recency: Floats, age: Floats
    ) -> Floats:
        """How many transactions each customer will make in the weeks to come."""
        a, shape = _not_one(self.a), self.r + frequency
        # Pfaff's transformation of the paper's form, which leaves 64 bits for large frequencies.
        stays = hyp2f1(shape, a - 1, a + self.b + frequency - 1, -weeks / (self.alpha + age))
        found = (a + self.b + frequency - 1) / (a - 1) * (1 - stays)
        # Where hardly anybody ever goes, b is beyond what the series can be summed for; its limit
        # is that of customers who never do.
        forever = (self.r + frequency) / (self.alpha + age) * weeks
        found = np.where(np.isfinite(found), found, forever)
        return np.asarray(found * self.alive(frequency, recency, age), dtype=np.float64)

    def alive(self, frequency: Integers, recency: Floats, age: Floats) -> Floats:
        """How likely it is that each customer has not gone. Who never came back had no occasion to
        go, by this model."""
        x = frequency
        odds = self.a / (self.b + np.maximum(x, 1) - 1)
        odds = odds * np.power((self.alpha + age) / (self.alpha + recency), self.r + x)
        return np.asarray(1 / (1 + np.where(x > 0, odds, 0.0)), dtype=np.float64)


def fit(frequency: Integers, recency: Floats, age: Floats) -> BgNbd:
    """The model under which these customers are most likely; shapes (customers,), buyers only.

    Raises NotMeasured when too few have come back, or when the data does not decide."""
    repeaters = int(np.count_nonzero(frequency))
    if repeaters < FEWEST_REPEATERS:
        raise NotMeasured(
            f"Only {repeaters} customers have bought again. A forecast needs {FEWEST_REPEATERS}."
        )
    alike, counts = np.unique(
        np.column_stack([frequency, recency, age]), axis=0, return_counts=True
    )
    often, place = np.unique(alike[:, 0], return_inverse=True)

    def unlikelihood(logs: Floats) -> float:
        each = _log_likelihood(np.exp(logs), often, place, alike[:, 1], alike[:, 2])
        return -float(counts @ each) / len(frequency)

    bounds = [(np.log(LOWEST), np.log(HIGHEST))] * 4
    found = minimize(unlikelihood, np.zeros(4), method="L-BFGS-B", bounds=bounds, tol=1e-10)
    if not found.success:
        raise NotMeasured("The purchases do not fit the model, so nothing can be foretold.")
    r, alpha, a, b = (float(one) for one in np.exp(found.x))
    return BgNbd(r=r, alpha=alpha, a=a, b=b, log_likelihood=-found.fun * len(frequency))


def _not_one(a: float) -> float:
    return a if abs(a - 1) > NEAR_ONE else 1 + NEAR_ONE


def _log_likelihood(
    parameters: Floats, often: Floats, place: Integers, recency: Floats, age: Floats
) -> Floats:
    """Of each customer, who bought `often[place]` times again: those who are still there, and those
    who went after the newest one. What the number alone decides is worked out once for each."""
    r, alpha, a, b = parameters
    purchases = (gammaln(r + often) - gammaln(r) + r * np.log(alpha))[place]
    stayed = (betaln(a, b + often) - betaln(a, b))[place]
    # Gone right after the newest transaction; not possible without a repeated one.
    went = (betaln(a + 1, b + np.maximum(often, 1) - 1) - betaln(a, b))[place]
    x = often[place]
    stayed = stayed - (r + x) * np.log(alpha + age)
    went = went - (r + x) * np.log(alpha + recency)
    return np.asarray(purchases + np.where(x > 0, np.logaddexp(stayed, went), stayed))
