"""How much customers spend at a time: the Gamma-Gamma model of Fader and Hardie (2013).

Each customer's transactions vary around a mean of their own, and the means vary over customers; how
much somebody spends has nothing to do with how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from catalogue.engine.clocks import Integers
from catalogue.metrics.bgnbd import FEWEST_REPEATERS, is_top
from catalogue.metrics.measured import NotMeasured

# Parameters at these ends mean that the amounts do not tell them.
LOWEST, HIGHEST = 1e-4, 1e4
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaGamma:
    """The model as fitted. `gamma` is in the currency of the amounts."""

    p: float
    q: float
    gamma: float
    log_likelihood: float

    def expected(self, frequency: Integers, repeat_mean: Floats) -> Floats:
        """The mean transaction expected of each customer: their own repeated ones weigh the more
        the more of them there are. Without any it is the mean of all customers."""
        x = frequency
        found = self.p * (self.gamma + x * repeat_mean) / (self.p * x + self.q - 1)
        return np.asarray(found, dtype=np.float64)


def fit(frequency: Integers, repeat_mean: Floats) -> GammaGamma:
    """The model under which the customers that bought again are most likely; the others, and those
    whose repeated transactions come to nothing or less, are left out. Shapes (customers,).

    Raises NotMeasured when too few are left, or when the data does not decide."""
    taken = (frequency > 0) & (repeat_mean > 0)
    x, mean = frequency[taken], repeat_mean[taken]
    if len(x) < FEWEST_REPEATERS:
        raise NotMeasured(
            f"Only {len(x)} customers have paid again. A forecast needs {FEWEST_REPEATERS}."
        )
    # In units of the mean, so that the start fits any currency.
    unit = float(mean.mean())
    often, place = np.unique(x, return_inverse=True)

    def unlikelihood(logs: Floats) -> tuple[float, Floats]:
        found = np.exp(logs)
        each, slopes = _log_likelihood(found, often, place, mean / unit)
        return -float(each.mean()), -slopes.mean(axis=1) * found

    bounds = [(np.log(LOWEST), np.log(HIGHEST))] * 3
    found = minimize(
        unlikelihood, np.zeros(3), jac=True, method="L-BFGS-B", bounds=bounds, tol=1e-12
    )
    p, q, gamma = (float(one) for one in np.exp(found.x))
    # At q ≤ 1 the mean over customers has no end, and at the ends of p and γ nothing varies that
    # could be told. At the upper end of q customers are alike, and each is foretold the mean.
    ends = found.x[[0, 2]]
    is_at_end = np.isclose(ends, np.log(LOWEST)) | np.isclose(ends, np.log(HIGHEST))
    if not is_top(found) or q <= 1 or is_at_end.any():
        raise NotMeasured("The amounts do not fit the model, so no spending can be foretold.")
    likelihood = -found.fun * len(x) - len(x) * np.log(unit)
    return GammaGamma(p=p, q=q, gamma=gamma * unit, log_likelihood=float(likelihood))


def _log_likelihood(
    parameters: Floats, often: Integers, place: Integers, mean: Floats
) -> tuple[Floats, Floats]:
    """Of the mean that each of n customers shows, of `often[place]` transactions; shape (n,). And
    its slope in p, q and γ; shape (3, n). What the number alone decides is worked out once for
    each."""
    p, q, gamma = parameters
    x, shape = often[place], p * often
    by_number = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
    by_number = by_number + shape * np.log(often)
    scale = gamma + x * mean
    logs, both = np.log(mean), digamma(shape + q)
    found = by_number[place] + (p * x - 1) * logs - (p * x + q) * np.log(scale)
    slopes = np.stack(
        [
            x * ((both - digamma(shape) + np.log(often))[place] + logs - np.log(scale)),
            (both - digamma(q) + np.log(gamma))[place] - np.log(scale),
            q / gamma - (p * x + q) / scale,
        ]
    )
    return np.asarray(found), slopes
