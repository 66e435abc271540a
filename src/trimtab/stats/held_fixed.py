"""How much traits of an item move an outcome, with other things held fixed. Pure functions on arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, _check_confidence
from .resampling import CannotTell

Array = NDArray[np.float64]
FEWEST_FREE = 10
"""Degrees of freedom: with fewer, an interval says next to nothing."""
_NO_SPREAD = 1e-9


@dataclass(frozen=True)
class Effect:
    """A trait's coefficient with its interval, and the two-sided p-value of none."""

    size: Interval
    p: float


def effects(
    outcome: Array,
    traits: Mapping[str, Array],
    fixed: Sequence[Array],
    groups: Sequence[str] | NDArray[np.int64],
    *,
    confidence: float = 0.95,
) -> dict[str, Effect | CannotTell]:
    """Each trait's coefficient by least squares on all traits and what is held `fixed`, every array of shape (n,).

    A constant is held fixed where `fixed` has one. Least squares, for a coefficient is then a difference of shares
    whatever the shape of the rest (Angrist and Pischke 2009, section 3.1.2). The variance is the jackknife over groups
    (Bell and McCaffrey 2002's CR3; with groups of one, MacKinnon and White's HC3), which holds with unequal variances
    and few groups, against Student's distribution. Items of one group hang together. A trait that is nothing, or that
    others determine, has no effect that could be told. Raises ValueError where shapes differ.
    """
    from scipy.special import stdtr, stdtrit

    _check_confidence(confidence)
    y = np.asarray(outcome, dtype=np.float64)
    n = len(y)
    if any(len(each) != n for each in (*traits.values(), *fixed, groups)):
        raise ValueError(f"needs every column of shape ({n},)")
    columns: list[Array] = []
    for each in fixed:  # what others make is held fixed with them
        if n and _rest(np.asarray(each, dtype=np.float64), columns) > _NO_SPREAD:
            columns.append(np.asarray(each, dtype=np.float64))
    found: dict[str, Effect | CannotTell] = {}
    told: list[str] = []
    for name, values in traits.items():
        column = np.asarray(values, dtype=np.float64)
        if n == 0 or _rest(column, columns) <= _NO_SPREAD * max(1.0, float(np.abs(column).max())):
            found[name] = CannotTell("it is nothing in all items, or goes with what is held fixed", n)
        else:
            columns.append(column)
            told.append(name)
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    many = int(group.max(initial=-1)) + 1
    free = many - len(columns)
    if free < FEWEST_FREE:
        return {name: found.get(name, CannotTell(f"{many} prompts are too few", n)) for name in traits}
    if not told:
        return found
    x = np.stack(columns, axis=1)
    size = x.shape[1]
    inner, cross = np.zeros((many, size, size)), np.zeros((many, size))
    np.add.at(inner, group, x[:, :, None] * x[:, None, :])
    np.add.at(cross, group, x * y[:, None])
    whole, towards = inner.sum(axis=0), cross.sum(axis=0)
    coefficients = np.linalg.solve(whole, towards)
    try:
        left_out = np.linalg.solve(whole - inner, (towards - cross)[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        why = "it hangs on the items of a single prompt"
        return {name: found.get(name, CannotTell(why, n)) for name in traits}
    variance = ((left_out - coefficients) ** 2).sum(axis=0) * (many - 1) / many
    reach = float(stdtrit(free, 0.5 + confidence / 2))
    first = size - len(told)
    for place, name in enumerate(told, first):
        estimate, error = float(coefficients[place]), float(variance[place]) ** 0.5
        if abs(estimate) <= _NO_SPREAD:
            estimate = 0.0  # but for rounding, whose t-value would be anything
        t = abs(estimate) / error if error > 0 else (np.inf if estimate else 0.0)
        interval = Interval(estimate, estimate - reach * error, estimate + reach * error, n, confidence)
        found[name] = Effect(interval, float(2 * stdtr(free, -t)))
    return {name: found[name] for name in traits}


def _rest(column: Array, columns: Sequence[Array]) -> float:
    """The largest part of a column that the others do not make."""
    if not columns:
        return float(np.abs(column).max())
    x = np.stack(columns, axis=1)
    return float(np.abs(column - x @ np.linalg.lstsq(x, column, rcond=None)[0]).max())
