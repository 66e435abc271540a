"""Cohen's kappa: how far two judges agree beyond what their own habits would give."""

from typing import Any, Literal

import numpy as np

from .intervals import Interval
from .krippendorff import ALL_AGREE
from .resampling import Array, CannotTell, over_items

Weighting = Literal["none", "linear", "quadratic"]
"""How far apart two answers are: any two alike (Cohen 1960), or by steps or squared steps of their order (Cohen
1968)."""


def kappa(
    one: Any, other: Any, *, weighting: Weighting = "none", confidence: float = 0.95, seed: int = 0
) -> Interval | CannotTell:
    """Cohen's kappa of two judges' answers to the same n items, each of shape (n,), with its bootstrap over items.

    With a weighting, answers are numbers or sort in their order. Cannot tell where there is no item, or both always
    give one and the same answer. Where they agree on every item the lower bound is that of a disagreement which these
    items may have missed, as for `alpha`. Raises ValueError where the shapes differ.
    """
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"needs an answer of each for every item, got shapes {a.shape} and {b.shape}")
    values, place = np.unique(np.concatenate((a, b)), return_inverse=True)
    if len(values) < 2:
        return CannotTell(ALL_AGREE if len(values) else "no item was judged by both", len(a))
    size = len(values)
    table = np.bincount(place[: len(a)] * size + place[len(a) :], minlength=size**2).astype(np.float64)
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float64)
    apart = {"none": (steps > 0).astype(np.float64), "linear": steps, "quadratic": steps**2}[weighting].ravel()
    seen = np.flatnonzero(table)

    def of(weights: Array) -> Array:
        full = np.zeros((len(weights), size**2))
        full[:, seen] = weights
        cells = full.reshape(-1, size, size)
        total = weights.sum(axis=1)
        margins = np.einsum("bi,bj->bij", cells.sum(axis=2), cells.sum(axis=1)).reshape(-1, size**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = margins @ apart / total
            return np.where(expected > 0, 1 - full @ apart / expected, np.nan)[:, None]

    [found] = over_items(of, table[seen], confidence=confidence, seed=seed)
    if isinstance(found, CannotTell) or found.low < found.high or found.estimate < 1:
        return found
    missed = 1 - ((1 - confidence) / 2) ** (1 / found.n)
    cells = table.reshape(size, size)
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)).ravel() @ apart / found.n**2
    return Interval(1.0, float(1 - missed * apart.max() / expected), 1.0, found.n, confidence)
