"""A reward model on prompts that it was not trained on: accuracy, calibration, the rewards' spread, and length."""

from collections.abc import Sequence

import numpy as np

from ...records import QUANTILES, HeldoutRewards, RateBin
from ...stats import calibration, calibration_error, correlation, mean_interval
from .data import TokenRanking


def measure_heldout(rankings: Sequence[TokenRanking], rewards: Sequence[Sequence[float]]) -> HeldoutRewards:
    """Measures of rewards indexed [ranking][answer], best answer first.

    Each ranking counts once: its value is the share of its pairs that are in order. Calibration is of pairs: how often
    the answer with the higher reward is the better one, where the Bradley-Terry model says sigmoid(margin).
    """
    shares, margins = [], []
    for ranking, found in zip(rankings, rewards, strict=True):
        some = [found[better] - found[worse] for better, worse in ranking.pairs]
        shares.append(float(np.mean([margin > 0 for margin in some])))
        margins += some
    accuracy = mean_interval(shares)
    sure = 1 / (1 + np.exp(-np.abs(margins)))
    curve = calibration(sure, (np.asarray(margins) > 0).astype(float), low=0.5)
    words = [float(len(text.split())) for ranking in rankings for text in ranking.texts]
    with_length = correlation([reward for found in rewards for reward in found], words)
    return HeldoutRewards(
        n=len(rankings),
        prompts=len({ranking.prompt for ranking in rankings}),
        accuracy=accuracy.estimate,
        accuracy_low=accuracy.low,
        accuracy_high=accuracy.high,
        calibration=tuple(
            RateBin(
                low=each.low,
                high=each.high,
                n=each.observed.n,
                predicted=each.predicted,
                observed=each.observed.estimate,
                observed_low=each.observed.low,
                observed_high=each.observed.high,
            )
            for each in curve
        ),
        calibration_error=calibration_error(curve),
        chosen=_quantiles([found[better] for r, found in zip(rankings, rewards, strict=True) for better, _ in r.pairs]),
        rejected=_quantiles([found[worse] for r, found in zip(rankings, rewards, strict=True) for _, worse in r.pairs]),
        length_correlation=None if with_length is None else with_length.estimate,
    )


def _quantiles(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.quantile(values, QUANTILES))
