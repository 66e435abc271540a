"""An ensemble of heads over one decoder: how far would the rewards lie apart had other comparisons been drawn?

Ensembles of whole reward models curb overoptimization (Coste et al. 2023, "Reward Model Ensembles Help Mitigate
Overoptimization"), at k times the cost. Here the decoder is trained once, and each head is a logistic regression on the
differences of its last hidden states, on a bootstrap resample of the comparisons (Efron 1979). The heads tell how well
the comparisons determine the reward's direction in this representation, not what another representation would say.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HEAD_SPREAD = 1.0
"""Logits by which a head's margins may lie from the trained head's, as the standard deviation of a normal prior.

There are more dimensions than comparisons, as a rule: without a prior each head would part its resample perfectly.
"""
_STEPS = 500

Floats = NDArray[np.float64]


def fit_heads(
    differences: Sequence[NDArray[np.float32]],
    trained: NDArray[np.float32],
    count: int,
    seed: int,
    sure: Sequence[float] | None = None,
) -> NDArray[np.float32]:
    """`count` heads, shape (count, d), each fitted on a bootstrap resample of the rankings.

    `differences[i]`, shape (pairs, d), are ranking i's hidden states of the better answer minus the worse one's, and
    its pairs share its weight as in the loss on rankings. Minimised is the mean Bradley-Terry loss plus the prior
    towards `trained`, shape (d,), under the rankings' soft labels where `sure` tells them. The same arguments give the
    same heads.
    """
    source = np.random.default_rng([seed, 0x48EAD])
    pairs = np.concatenate(differences).astype(np.float64)
    share = np.concatenate([np.full(len(some), 1 / len(some)) for some in differences])
    place = np.concatenate([np.full(len(some), i) for i, some in enumerate(differences)])
    doubt = np.zeros(len(pairs)) if sure is None else 1 - np.asarray(sure, dtype=np.float64)[place]
    heads = []
    for _ in range(count):
        drawn = np.bincount(source.integers(len(differences), size=len(differences)), minlength=len(differences))
        heads.append(_fitted(pairs, share * drawn[place], doubt, trained.astype(np.float64)))
    return np.stack(heads).astype(np.float32)


def _fitted(pairs: Floats, weights: Floats, doubt: Floats, trained: Floats) -> Floats:
    """The head that minimises the weighted loss, by L-BFGS on its difference from the trained one."""
    from scipy.optimize import minimize
    from scipy.special import expit

    length = float((pairs**2).sum(1).mean())
    ridge = length / HEAD_SPREAD**2  # the margin's deviation is that of the head times the length of the difference
    start = pairs @ trained

    def loss(change: Floats) -> tuple[float, Floats]:
        margins = start + pairs @ change
        each = np.logaddexp(0.0, -margins) + doubt * margins  # see `soft_labels`
        value = float(weights @ each) + 0.5 * ridge * float(change @ change)
        return value, ridge * change - pairs.T @ (weights * (expit(-margins) - doubt))

    found = minimize(loss, np.zeros_like(trained), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(trained + found.x)
