"""What a shallow classifier can tell of the preference, out of fold; and how many labels it finds flipped."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDS = 5
Array = NDArray[np.float64]
_RATES = np.arange(0, 0.5, 0.01)
_SLOPES = np.geomspace(0.05, 50, 60)
_DROP = 1.92
"""Half the 95 % quantile of chi-squared with one degree of freedom: the profile likelihood's interval."""


def out_of_fold(difference: Any, groups: NDArray[Any], seed: int, strength: float = 1.0) -> Array:
    """Log-odds, for each pair, that its chosen side is the better one, by a classifier that never saw its group.

    `difference` is chosen less rejected, (n, features), dense or sparse; the classifier is a logistic regression
    without intercept (Bradley and Terry 1952), so swapping the sides turns the sign. Pairs of one group (one prompt)
    share a fold.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    _, group = np.unique(groups, return_inverse=True)
    folds = rng.permutation(group.max() + 1)[group] % FOLDS
    signs = rng.choice([-1.0, 1.0], difference.shape[0])  # the fit is the same for any signs; both labels must occur
    turned = (
        difference.multiply(signs[:, None]).tocsr() if hasattr(difference, "tocsr") else difference * signs[:, None]
    )
    margins = np.zeros(difference.shape[0])

    def tell(fold: int) -> None:
        held = folds == fold
        if held.any() and len(set(signs[~held])) > 1:
            model = LogisticRegression(C=strength, fit_intercept=False, solver="liblinear")
            margins[held] = difference[held] @ model.fit(turned[~held], signs[~held]).coef_[0]

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # liblinear fits beside other threads
        list(threads.map(tell, range(FOLDS)))
    return margins


@dataclass(frozen=True)
class Noise:
    """The rate of flipped labels with its profile-likelihood interval (95 %), and each pair's probability of a flip."""

    rate: float
    low: float
    high: float
    flipped: Array


def flip_rate(margins: Array) -> Noise:
    """Fits P(label agrees | margin) = r + (1 - 2 r) σ(a · margin): labels flipped at the rate r (Copas 1988, eq. 1).

    A taste that is merely hard to foretell has a small `a` and gives r = 0: agreement goes on rising with the margin.
    Flips show as a plateau that no margin lifts. Where the classifier learns nothing, any r fits and `low` is 0.
    Where all margins are alike, a hard taste and flips fit equally well, far apart: then the interval is that of the
    flips, so ask first whether the classifier is a good one.
    """
    spread = float(np.sqrt((margins**2).mean())) or 1.0
    right = 1 / (1 + np.exp(-np.clip(_SLOPES[:, None] / spread * margins, -60, 60)))
    likelihood = np.array([np.log(rate + (1 - 2 * rate) * right + 1e-12).sum(axis=1) for rate in _RATES])
    profile = likelihood.max(axis=1)
    inside = profile >= profile.max() - _DROP
    peaks = inside & (profile >= np.append(-np.inf, profile[:-1])) & (profile >= np.append(profile[1:], -np.inf))
    best = int(np.flatnonzero(peaks)[-1])
    outside = np.flatnonzero(~inside)
    low, high = outside[outside < best].max(initial=-1) + 1, outside[outside > best].min(initial=len(_RATES)) - 1
    rate = float(_RATES[best])
    fitted = right[int(likelihood[best].argmax())]
    flipped = rate * (1 - fitted) / (rate + (1 - 2 * rate) * fitted + 1e-12)
    return Noise(rate, float(_RATES[low]), float(_RATES[high]), flipped)
