"""Is a paired difference more than noise, and how small a one could these items show? Pure functions on arrays."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from .intervals import RESAMPLES, Values, _checked_pair, is_binary


def paired_p_value(before: Values, after: Values, *, rate: bool | None = None, seed: int = 0) -> float:
    """Two-sided p-value of "nothing changed" over the same n items, both of shape (n,).

    Rates (`rate` as in `mean_interval`): McNemar's exact test, a binomial test of the items that changed (McNemar 1947;
    Fagerland, Lydersen and Laake 2013). Anything else: the paired permutation test, which flips the signs of
    differences (Fisher 1935), exact where there are few items and with RESAMPLES random flips where there are many.
    Raises ValueError as `paired_difference` does.
    """
    from scipy.stats import binomtest, permutation_test

    b, a = _checked_pair(before, after)
    if (is_binary(b) and is_binary(a)) if rate is None else rate:
        gained, lost = int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())
        return float(binomtest(gained, gained + lost, 0.5).pvalue) if gained + lost else 1.0
    if not (a != b).any():
        return 1.0
    found = permutation_test(
        (a, b),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=500,
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted so that all of a family hold together (Holm 1979, step-down), in the given order."""
    order = np.argsort(p_values, kind="stable")
    raw = np.asarray(p_values, dtype=np.float64)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(raw), 1.0)
    return [float(p) for p in adjusted]


def smallest_effect(before: Values, after: Values, *, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """The smallest mean difference that as many such items would show, two-sided at `alpha`, with this `power`.

    From the spread of the paired differences seen, by the normal approximation (Miller 2024, "Adding Error Bars to
    Evals", eq. 9, solved for the effect). None where the differences have no spread. Raises ValueError as
    `paired_difference` does.
    """
    b, a = _checked_pair(before, after)
    spread = float(np.std(a - b, ddof=1)) if len(b) > 1 else 0.0
    return smallest_shown(spread, len(b), alpha=alpha, power=power) if spread > 0 else None


def smallest_shown(spread: float, n: int, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """The mean difference that n items show, two-sided at `alpha`, with this `power` (Miller 2024, eq. 9).

    `spread` is the standard deviation of the paired differences.
    """
    return _reach(alpha, power) * spread / float(np.sqrt(n))


def pairs_needed(effect: float, spread: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Items that show a mean difference of `effect`, two-sided at `alpha`, with this `power`.

    `spread` is the standard deviation of the paired differences (Miller 2024, eq. 9). Raises ValueError where either is
    not positive.
    """
    if effect <= 0 or spread <= 0:
        raise ValueError(f"effect and spread are above 0, got {effect} and {spread}")
    return int(np.ceil((_reach(alpha, power) * spread / effect) ** 2 * (1 - 1e-12)))


def _reach(alpha: float, power: float) -> float:
    """How many standard errors from zero an effect lies that is seen with this power."""
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power lie between 0 and 1, got {alpha} and {power}")
    standard = NormalDist()
    return standard.inv_cdf(1 - alpha / 2) + standard.inv_cdf(power)
