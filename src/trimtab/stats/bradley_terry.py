"""How strong each of several models is, from which of two was preferred, with ties and with reviewers who differ.

Bradley and Terry (1952): i is preferred to j with odds of exp(s_i - s_j). Ties are Davidson's (1970, eq. 2.3): their
chance is nu times the geometric mean of the two strengths, so that a tie says that two are near each other. A
reviewer's reliability r multiplies the differences that they see: at 1 they are like the others, at 0 a coin, below 0
they say the opposite. It is held near 1 by a normal prior, because few judgements say little of a person. Given the
reliabilities, all is one multinomial logit and concave: Newton's steps find the strengths, then the reliabilities, by
turns.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RELIABILITY_SPREAD = 0.5
"""Standard deviation of the prior of reliabilities: two in three reviewers lie between half and one and a half."""
_STEPS, _TURNS, _SETTLED = 50, 200, 1e-9
_FARTHEST = 2.0
"""The farthest that one of Newton's steps moves a figure."""


@dataclass(frozen=True)
class Fit:
    """Of each of b data sets: `strengths`, (b, models), in log-odds with a mean of 0; `tie`, (b,), the logarithm of nu,
    minus infinity where nothing was tied; `reliability`, (b, reviewers). NaN where there is no finite fit."""

    strengths: Array
    tie: Array
    reliability: Array


def bradley_terry(counts: Array, pairs: NDArray[np.int64], models: int, *, reliability: bool = False) -> Fit:
    """Fits b data sets at once by maximum likelihood (with `reliability`, by maximum a posteriori).

    `counts`, shape (b, reviewers, pairs, 3), are how often each reviewer preferred the first of a pair, the second, and
    neither; `pairs`, (pairs, 2), are numbers of models. There is a finite fit only where the models cannot be split
    into two groups of which one never lost or tied against the other (Ford 1957).
    """
    sets, people = counts.shape[:2]
    pooled = counts.sum(axis=1)
    finite = _connected(pooled, pairs, models)
    tied = pooled[:, :, 2].sum(axis=1) > 0
    seen = _differences(pairs, models)
    figures, trust = np.zeros((sets, models + 1)), np.ones((sets, people))
    some = counts[finite]
    if len(some):
        figures[finite] = _strengths(some, seen, trust[finite], figures[finite], _STEPS)
        for _ in range(_TURNS if reliability else 0):
            before = trust[finite]
            trust[finite] = _reliabilities(some, seen, before, figures[finite])
            figures[finite] = _strengths(some, seen, trust[finite], figures[finite], 2)
            if np.abs(trust[finite] - before).max() < _SETTLED**0.5 / 10:
                break
    strengths = np.where(finite[:, None], figures[:, :models], np.nan)
    tie = np.where(finite, np.where(tied, figures[:, models], -np.inf), np.nan)
    return Fit(strengths, tie, np.where(finite[:, None], trust, np.nan))


def preferred(strengths: Array, tie: float) -> Array:
    """The chance, shape (models, models, 3), that the row's model is preferred to the column's, the reverse, and that
    they tie, by a reviewer like the others."""
    apart = strengths[:, None] - strengths[None, :]
    score = np.exp(np.stack([apart / 2, -apart / 2, np.full_like(apart, tie)], axis=2))
    return np.asarray(score / score.sum(axis=2, keepdims=True))


def _differences(pairs: NDArray[np.int64], models: int) -> Array:
    """What a pair's strengths add to the score of either outcome: half the difference, shape (pairs, models)."""
    seen = np.zeros((len(pairs), models))
    place = np.arange(len(pairs))
    np.add.at(seen, (place, pairs[:, 0]), 0.5)
    np.add.at(seen, (place, pairs[:, 1]), -0.5)
    return seen


def _chances(seen: Array, trust: Array, figures: Array, tied: NDArray[np.bool_]) -> Array:
    """Shape (b, reviewers, pairs, 3)."""
    half = trust[:, :, None] * (figures[:, :-1] @ seen.T)[:, None, :]
    tie = np.where(tied, figures[:, -1], -np.inf)[:, None, None]
    score = np.stack([half, -half, np.broadcast_to(tie, half.shape)], axis=3)
    grown = np.exp(score - score.max(axis=3, keepdims=True))
    return np.asarray(grown / grown.sum(axis=3, keepdims=True))


def _strengths(counts: Array, seen: Array, trust: Array, start: Array, steps: int) -> Array:
    """Newton's steps for strengths and log nu, the reliabilities given."""
    figures, models = start.copy(), seen.shape[1]
    tied = counts[..., 2].sum(axis=(1, 2)) > 0
    made = counts.sum(axis=3)
    gauge = np.zeros((models + 1, models + 1))
    gauge[:models, :models] = 1.0  # the mean of the strengths, which nothing decides
    for _ in range(steps):
        chance = _chances(seen, trust, figures, tied)
        won = chance[..., 0] - chance[..., 1]
        push = ((counts[..., 0] - counts[..., 1]) - made * won) * trust[:, :, None]
        slope = np.concatenate(
            [push.sum(axis=1) @ seen, (counts[..., 2] - made * chance[..., 2]).sum(axis=(1, 2))[:, None]], axis=1
        )
        own = (made * trust[:, :, None] ** 2 * (1 - chance[..., 2] - won**2)).sum(axis=1)
        both = -(made * trust[:, :, None] * won * chance[..., 2]).sum(axis=1) @ seen
        of_tie = (made * chance[..., 2] * (1 - chance[..., 2])).sum(axis=(1, 2))
        bend = np.empty((len(counts), models + 1, models + 1))
        bend[:, :models, :models] = np.einsum("bp,pk,pl->bkl", own, seen, seen)
        bend[:, :models, models] = bend[:, models, :models] = both
        bend[:, models, models] = np.where(tied, of_tie, 1.0)
        slope[:, models] *= tied
        step = np.linalg.solve(bend + gauge, slope[:, :, None])[:, :, 0]
        step *= np.minimum(1.0, _FARTHEST / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300))
        figures += step
        if np.abs(step).max() < _SETTLED:
            break
    return figures


def _reliabilities(counts: Array, seen: Array, trust: Array, figures: Array) -> Array:
    """One of Newton's steps for each reviewer's reliability, the strengths given."""
    tied = counts[..., 2].sum(axis=(1, 2)) > 0
    chance = _chances(seen, trust, figures, tied)
    half = (figures[:, :-1] @ seen.T)[:, None, :]
    made, won = counts.sum(axis=3), chance[..., 0] - chance[..., 1]
    held = 1 / RELIABILITY_SPREAD**2
    slope = (half * (counts[..., 0] - counts[..., 1] - made * won)).sum(axis=2) - held * (trust - 1)
    bend = (made * half**2 * (1 - chance[..., 2] - won**2)).sum(axis=2) + held
    return np.asarray(trust + np.clip(slope / bend, -0.5, 0.5))


def _connected(pooled: Array, pairs: NDArray[np.int64], models: int) -> NDArray[np.bool_]:
    """Whether each model can be reached from each by wins and ties, for each of b data sets."""
    reached = np.tile(np.eye(models, dtype=bool), (len(pooled), 1, 1))
    first, second = pairs.T
    for place in range(len(pairs)):
        reached[:, first[place], second[place]] |= pooled[:, place, [0, 2]].sum(axis=1) > 0
        reached[:, second[place], first[place]] |= pooled[:, place, [1, 2]].sum(axis=1) > 0
    for _ in range(max(1, int(np.ceil(np.log2(models))))):
        reached = (reached.astype(np.float32) @ reached.astype(np.float32)) > 0
    return np.asarray(reached.all(axis=(1, 2)))
