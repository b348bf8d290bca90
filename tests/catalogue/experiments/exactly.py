"""How likely the comparison of two arms calls an effect, summed up over all that can happen."""

from __future__ import annotations

import numpy as np
from scipy import stats

from catalogue.experiments.differences import Counts, p_values

UNLIKELY = 1e-9


def chance_of_a_call(control: tuple[int, float], treated: tuple[int, float]) -> float:
    """Both given as people and the true share."""
    (n, p), (m, q) = control, treated
    x, y = _likely(n, p)[:, None], _likely(m, q)[None, :]
    called = p_values(Counts(n=n, reached=x), Counts(n=m, reached=y)) < 0.05
    weights = stats.binom.pmf(x, n, p) * stats.binom.pmf(y, m, q)
    return float((weights * called).sum())


def _likely(n: int, p: float) -> np.ndarray:
    low, high = stats.binom.ppf([UNLIKELY, 1 - UNLIKELY], n, p)
    return np.arange(int(low), int(high) + 1)
