"""What training a reward model leaves behind, and what a probe of one measures."""

from typing import Literal

from .base import Record
from .finding import Weight
from .training import PreflightCheck


class RewardStep(Record):
    """One optimizer step, as logged: the Bradley-Terry loss, and of the step's pairs the share whose better answer gets
    the higher reward, and the mean difference of the rewards.
    """

    step: int
    loss: float
    accuracy: float
    margin: float
    grad_norm: float
    learning_rate: float


class RateBin(Record):
    """Predictions between two probabilities: their number and mean, and how often they came true, with bounds."""

    low: float
    high: float
    n: int
    predicted: float
    observed: float
    observed_low: float
    observed_high: float


class HeldoutRewards(Record):
    """A reward model on comparisons whose prompts it was not trained on.

    `accuracy` is the share whose better answer gets the higher reward (a tie is none), at 95 % between `accuracy_low`
    and `accuracy_high`; of a ranking, its pairs' share. `calibration` holds how often the side with the higher reward
    is the better one against sigmoid(margin), the rate that the Bradley-Terry model predicts, and `calibration_error`
    the expected distance of the two. `chosen` and `rejected` are the rewards' quantiles at QUANTILES, and
    `length_correlation` Pearson's r of rewards with length in words, None where one of them does not vary.
    """

    n: int
    prompts: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    calibration: tuple[RateBin, ...]
    calibration_error: float
    chosen: tuple[float, ...]
    rejected: tuple[float, ...]
    length_correlation: float | None


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""At which the distribution of rewards is told."""


class RewardSummary(Record):
    """The whole of one training of a reward model.

    `base` and `base_adapters` are what it was started from, adapters relative to the model's own folder. `given`
    comparisons and rankings are those trained on, those held out and those left out (`left_out`: how many by reason);
    `soft` of those trained on had a label that is not certain.
    `heads` is the size of the ensemble and `heads_sd` the mean standard deviation over its heads of a held-out margin
    (of a training margin where nothing is held out).
    """

    kind: Literal["reward"] = "reward"
    base: str
    base_adapters: tuple[str, ...]
    precision: str
    device: str
    given: int
    trained: int
    left_out: dict[str, int]
    soft: int = 0
    steps: int
    epochs: float
    trainable_parameters: int
    preflight: tuple[PreflightCheck, ...]
    curve: tuple[RewardStep, ...]
    heldout: HeldoutRewards | None
    heads: int
    heads_sd: float | None


class ProbeResult(Record):
    """One probe of a reward model: what it measured on `n` pairs, its interval, the limits, and whether it fires.

    `figure` is in `unit`; None where it could not be measured. It fires (`fires` is its weight) where the whole
    interval lies beyond `warn_above`, or beyond `block_above`. `rows` are the items behind it, the clearest first.
    """

    id: str
    title: str
    unit: str
    figure: float | None
    low: float | None
    high: float | None
    n: int
    warn_above: float | None
    block_above: float | None
    fires: Weight | None
    summary: str
    rows: tuple[str, ...] = ()
