"""Lifetime value that is foretold: what customers will pay in the twelve months to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.metrics import bgnbd, gamma_gamma
from catalogue.metrics.means import mean_of
from catalogue.metrics.measured import NotMeasured, Reading, absent
from catalogue.metrics.moments import Moments
from catalogue.metrics.purchases import DAYS_OF_A_WEEK, Purchases

Floats = npt.NDArray[np.float64]
WEEKS = 365 / 7
MOST_FITTED = 20_000
# Enough for the days of 2,800 years.
BITS = 20
METHOD = (
    "mean per member of 12 months by BG/NBD and Gamma-Gamma, undiscounted; 95 % interval by"
    " Student’s t over members, the models taken as right"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Both models, fitted on all customers: a segment is too small a part, and a chosen one."""

    buying: bgnbd.BgNbd
    spending: gamma_gamma.GammaGamma

    def value(self, purchases: Purchases, weeks: float = WEEKS) -> Floats:
        """What each customer is expected to pay in the weeks to come, shape (customers,). Nothing
        of those who have never bought: the models know only buyers."""
        # Refunds may leave less than nothing; such a mean says no more than none would.
        spent = np.maximum(purchases.repeat_mean(), 0.0)
        counted = np.where(spent > 0, purchases.frequency, 0)
        much = self.spending.expected(counted, spent)
        found = np.zeros(len(much))
        found[purchases.bought] = self._often(purchases, weeks) * much[purchases.bought]
        return found

    def _often(self, purchases: Purchases, weeks: float) -> Floats:
        """How often each buyer will buy again, shape (buyers,). Many are alike, and the function
        behind it takes long."""
        bought = purchases.bought
        frequency, recency = purchases.frequency[bought], purchases.recency[bought]
        age = purchases.age[bought]
        days = np.rint(np.column_stack([recency, age]) * DAYS_OF_A_WEEK).astype(np.int64)
        keys = (frequency << 2 * BITS) | (days[:, 0] << BITS) | days[:, 1]
        _, first, place = np.unique(keys, return_index=True, return_inverse=True)
        alike = self.buying.expected(weeks, frequency[first], recency[first], age[first])
        return np.asarray(alike[place])


def fit(purchases: Purchases) -> Models:
    """Both models from everybody who bought; of very many from every so manieth, which decides the
    parameters as well. Raises NotMeasured with the reason."""
    buyers = np.flatnonzero(purchases.bought)
    bought = buyers[:: len(buyers) // MOST_FITTED + 1]
    frequency = purchases.frequency[bought]
    return Models(
        buying=bgnbd.fit(frequency, purchases.recency[bought], purchases.age[bought]),
        spending=gamma_gamma.fit(frequency, purchases.repeat_mean()[bought]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is foretold of every customer, shape (customers,); None where the purchases do not carry
    a forecast, with the `reason`."""

    value: Floats | None
    reason: str = ""


def forecast(purchases: Purchases) -> Forecast:
    """The forecast of twelve months, made once for all segments."""
    try:
        return Forecast(value=fit(purchases).value(purchases))
    except NotMeasured as why:
        return Forecast(value=None, reason=str(why))


def predicted(forecast: Forecast, found: Moments | None, n: int) -> Reading:
    """The mean over n members of whom so much is foretold, or why nothing is."""
    if found is None:
        return absent(n=n, unit="money", method=METHOD, reason=forecast.reason)
    return mean_of(found, "money", METHOD)
