"""What is true of each item, and how each reviewer errs, from answers that disagree (Dawid and Skene 1979).

An item has one true class, and a reviewer who meets class j says l with a chance of their own, pi[j, l]. EM finds the
chances and the classes together: the classes' posterior (their eq. 2.5) from the chances, the chances and the classes'
shares (eqs. 2.3 and 2.4) from the posterior, beginning with the share of votes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_STEPS = 1_000
_SETTLED = 1e-9
"""Change of the mean log-likelihood of a judgement below which EM has settled."""


@dataclass(frozen=True)
class Errors:
    """A fitted model. `classes`, shape (items, K), is each item's posterior; `shares`, (K,), how common each class is;
    `says`, (reviewers, K, K), the chance that a reviewer who meets class j says l; `log_likelihood` of all judgements;
    `settled` is false where EM stopped at `MOST_STEPS`."""

    classes: Array
    shares: Array
    says: Array
    log_likelihood: float
    settled: bool


def dawid_skene(
    items: Any, reviewers: Any, answers: Any, *, smoothing: float = 0.0, weights: Any = None, start: Array | None = None
) -> Errors:
    """Fits the model by EM. The three arrays of codes from 0 on have shape (judgements,): reviewer r said a of item i.

    `smoothing` judgements are added to each cell of a reviewer's table (0 is maximum likelihood). `weights`, shape
    (items,), count each item, as a bootstrap does; `start`, shape (items, K), begins from a posterior instead of votes.
    Raises ValueError where there are no judgements, or shapes differ.
    """
    item, reviewer, answer = (np.asarray(each, dtype=np.int64) for each in (items, reviewers, answers))
    if not len(item) or item.shape != reviewer.shape or item.shape != answer.shape:
        raise ValueError(f"needs judgements of one shape, got {item.shape}, {reviewer.shape} and {answer.shape}")
    n, people, size = int(item.max()) + 1, int(reviewer.max()) + 1, int(answer.max()) + 1
    counted = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    votes = np.zeros((n, size))
    np.add.at(votes, (item, answer), 1.0)
    if start is None:
        voted = votes.sum(axis=1, keepdims=True)
        posterior = np.divide(votes, voted, out=np.full_like(votes, 1 / size), where=voted > 0)
    else:
        posterior = start
    cell, last = reviewer * size + answer, -np.inf
    for _ in range(MOST_STEPS):
        shares = counted @ posterior + smoothing
        shares = shares / shares.sum()
        says = _tables(posterior * counted[:, None], item, cell, people, size, smoothing)
        joint = np.tile(np.log(np.maximum(shares, 1e-300)), (n, 1))
        heard = np.log(np.maximum(says, 1e-300)).transpose(0, 2, 1).reshape(people * size, size)
        np.add.at(joint, item, heard[cell])
        top = joint.max(axis=1, keepdims=True)
        grown = np.exp(joint - top)
        total = grown.sum(axis=1, keepdims=True)
        posterior = grown / total
        likelihood = float(counted @ (top + np.log(total))[:, 0])
        if abs(likelihood - last) <= _SETTLED * len(item):
            return Errors(posterior, shares, says, likelihood, True)
        last = likelihood
    return Errors(posterior, shares, says, likelihood, False)


def _tables(posterior: Array, item: Codes, cell: Codes, people: int, size: int, smoothing: float) -> Array:
    """Each reviewer's table, shape (reviewers, true, said); a row that nothing speaks of is even."""
    heard = np.stack([np.bincount(cell, posterior[item, true], people * size) for true in range(size)])
    table = heard.reshape(size, people, size).transpose(1, 0, 2) + smoothing
    row = table.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(table, row, out=np.full_like(table, 1 / size), where=row > 0))
