"""How often customers will buy: the BG/NBD model of Fader, Hardie and Lee (2005).

While a customer is alive, purchases come at random at a rate of their own, spread over customers
as a gamma distribution (`r`, `alpha`). After each purchase a customer is gone for good with a
chance of their own, spread as a beta distribution (`a`, `b`). Times are weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeResult, minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1

from catalogue.engine.clocks import Integers
from catalogue.metrics.measured import NotMeasured

Floats = npt.NDArray[np.float64]
# With fewer customers who came back four parameters cannot be told apart.
FEWEST_REPEATERS = 50
# A slope, in logarithms of the parameters and per customer, that leads nowhere.
FLAT = 1e-6
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

    def unlikelihood(logs: Floats) -> tuple[float, Floats]:
        """With its slope: by differences a search ends in the dark just before the top."""
        found = np.exp(logs)
        each, slopes = _log_likelihood(found, often, place, alike[:, 1], alike[:, 2])
        mean = counts / len(frequency)
        return -float(mean @ each), -(slopes @ mean) * found

    bounds = [(np.log(LOWEST), np.log(HIGHEST))] * 4
    found = minimize(
        unlikelihood, np.zeros(4), jac=True, method="L-BFGS-B", bounds=bounds, tol=1e-12
    )
    if not is_top(found):
        raise NotMeasured("The purchases do not fit the model, so nothing can be foretold.")
    r, alpha, a, b = (float(one) for one in np.exp(found.x))
    return BgNbd(r=r, alpha=alpha, a=a, b=b, log_likelihood=-found.fun * len(frequency))


def is_top(found: OptimizeResult) -> bool:
    """Whether a search has ended where it is most likely: as it says itself, or where nothing rises
    any more inside the bounds. Within a rounding of the top it finds no better step, and calls that
    a failure."""
    inside = np.clip(found.x - found.jac, np.log(LOWEST), np.log(HIGHEST)) - found.x
    return bool(found.success) or float(np.abs(inside).max()) < FLAT


def _not_one(a: float) -> float:
    return a if abs(a - 1) > NEAR_ONE else 1 + NEAR_ONE


def _log_likelihood(
    parameters: Floats, often: Floats, place: Integers, recency: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """Of n customers, who bought `often[place]` times again: those who are still there, and those
    who went after the newest one; shape (n,). And its slope in r, α, a and b; shape (4, n). What
    the number alone decides is worked out once for each."""
    r, alpha, a, b = parameters
    x = often[place]
    purchases = (gammaln(r + often) - gammaln(r) + r * np.log(alpha))[place]
    until_now, until_last = np.log(alpha + age), np.log(alpha + recency)
    stayed = (betaln(a, b + often) - betaln(a, b))[place] - (r + x) * until_now
    # Gone right after the newest transaction; not possible without a repeated one.
    again = np.maximum(often, 1)
    went = (betaln(a + 1, b + again - 1) - betaln(a, b))[place] - (r + x) * until_last
    either = np.where(x > 0, np.logaddexp(stayed, went), stayed)
    gone = np.where(x > 0, np.exp(went - either), 0.0)
    alive = 1 - gone
    lived = digamma(a + b) - digamma(a + b + often)
    slopes = np.stack(
        [
            (digamma(r + often) - digamma(r) + np.log(alpha))[place]
            - alive * until_now
            - gone * until_last,
            r / alpha - (r + x) * (alive / (alpha + age) + gone / (alpha + recency)),
            lived[place] + gone / a,
            (lived - digamma(b))[place]
            + alive * digamma(b + often)[place]
            + gone * digamma(b + again - 1)[place],
        ]
    )
    return np.asarray(purchases + either), slopes
