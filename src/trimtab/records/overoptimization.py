"""Reward against gold: what checkpoints of one training run score, and what that says of overoptimization."""

from math import isclose
from statistics import fmean
from typing import Literal

from pydantic import Field, model_validator

from .base import Record

CurveForm = Literal["rl", "bon"]
"""Which of Gao et al.'s (2022) two curves: for reinforcement learning, or for best-of-n sampling."""

_ROUNDING = 1e-6
"""How far a mean may lie from that of its values: they may have passed through single precision."""


class OptimizationPoint(Record):
    """One checkpoint on the probe prompts: the reward it is trained on, and the one it is not.

    `proxy` and `gold` are the means of `proxy_values` and `gold_values`, which hold one value a probe prompt, in the
    same order at every checkpoint, so that checkpoints can be paired. `rewards` are the means of the proxy reward's
    components, each apart. `kl` is KL(policy || start model) summed over an answer's tokens, in nats, averaged over
    prompts, as in Gao et al. (2022); a sampled estimate of a small one may lie below zero. `words` is the answers' mean
    length, `repetition` the mean share of three-word runs said before, and `ended` the share of answers that close
    their turn.
    """

    step: int = Field(ge=0)
    proxy: float = Field(allow_inf_nan=False)
    gold: float = Field(allow_inf_nan=False)
    kl: float = Field(allow_inf_nan=False)
    words: float
    repetition: float
    ended: float
    rewards: dict[str, float] = Field(default_factory=dict)
    proxy_values: tuple[float, ...] = Field(min_length=1)
    gold_values: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _means_are_of_the_values(self) -> "OptimizationPoint":
        if len(self.proxy_values) != len(self.gold_values):
            raise ValueError(f"{len(self.proxy_values)} proxy values and {len(self.gold_values)} gold values")
        for name, mean, values in (("proxy", self.proxy, self.proxy_values), ("gold", self.gold, self.gold_values)):
            largest = max(abs(value) for value in values)
            if not isclose(mean, fmean(values), rel_tol=_ROUNDING, abs_tol=_ROUNDING * largest):
                raise ValueError(f"{name} is {mean:g}, but its values have the mean {fmean(values):g}")
        return self


class OveroptimizationFit(Record):
    """Gao et al.'s (2022, section 1) curve fitted to a reward's gain over the start, with d = sqrt(KL).

    "rl" is d (alpha - beta log d) and "bon" is d (alpha - beta d), in the reward's own units. `r_squared` is None where
    the gains do not differ, and `peak_kl` (nats) where the curve has no finite peak. `line` is the curve as points
    (d, gain) from the start to the largest KL measured; empty in records of a version before it.
    """

    alpha: float
    beta: float
    form: CurveForm
    r_squared: float | None
    peak_kl: float | None
    line: tuple[tuple[float, float], ...] = ()


class RewardGain(Record):
    """A reward's mean paired difference to the start over the probe prompts, with its 95 % interval."""

    mean: float
    low: float
    high: float


class Overoptimization(Record):
    """What the checkpoints say together. `proxy_gains` and `gold_gains` run parallel to `points`, from zero on.

    `alarm` is that gold was shown to fall while the proxy rose, `alarm_step` the first step that shows it, and
    `summary` tells it with the numbers. `kept_step` is the checkpoint to keep. A fit is None where it could not be
    made. A spread is the standard deviation of a reward's values at the start; None where they are all equal.
    """

    points: tuple[OptimizationPoint, ...] = Field(min_length=1)
    proxy_gains: tuple[RewardGain, ...]
    gold_gains: tuple[RewardGain, ...]
    proxy_spread: float | None
    gold_spread: float | None
    proxy_fit: OveroptimizationFit | None
    gold_fit: OveroptimizationFit | None
    alarm: bool
    alarm_step: int | None
    summary: str
    kept_step: int
