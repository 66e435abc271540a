"""What a judgement of checkpoints says in words, with its numbers."""

from collections.abc import Sequence

from ...records import OptimizationPoint, OveroptimizationFit
from ...stats import Interval


def told_course(
    points: Sequence[OptimizationPoint], best: int, later: int, gold: Interval, proxy: Interval, *, fell: bool
) -> str:
    """How gold went on from its best place to a later one; `fell` is that a fall is shown with all pairs looked at."""
    if len(points) == 1:
        return "Only the start was measured, so there is nothing to compare."
    where = f"from its best mean at step {points[best].step} to step {points[later].step}"
    if fell and proxy.low > 0:
        return (
            f"Gold fell {where} by {_told(-gold.estimate)} ({_span(-gold.high, -gold.low)}) while the proxy reward "
            f"rose by {_told(proxy.estimate)} ({_span(proxy.low, proxy.high)}): training went on to serve the proxy "
            "and no longer the goal."
        )
    changes = f"gold changed by {_told(gold.estimate)} ({_span(gold.low, gold.high)})"
    others = f"the proxy reward by {_told(proxy.estimate)} ({_span(proxy.low, proxy.high)})"
    if fell:
        return (
            f"Gold fell, but no rise of the proxy reward is shown beside it: {where}, {changes} and {others}. Training "
            "harms the goal, but not because the proxy pays for it."
        )
    looked = f"{len(points)} checkpoints and {gold.n} probe prompts show no fall of gold"
    if best == later:
        return f"{looked}: its mean is best at the last, step {points[best].step}."
    alone = " That would be a fall alone, but not among all pairs of checkpoints." if gold.high < 0 else ""
    return f"{looked}: {where}, {changes} and {others}.{alone}"


def told_best(points: Sequence[OptimizationPoint], best: int, *, won: bool) -> str:
    """Which checkpoint to keep, and whether gold there is shown to be better than at the start."""
    if best == 0:
        return f"Keep the start (step {points[0].step}), where gold is best."
    unsure = "" if won else ", though it cannot be told from the start"
    return f"Keep step {points[best].step}, where gold is best{unsure}."


def told_last(points: Sequence[OptimizationPoint], kept: int, *, alarmed: bool) -> str:
    """Which checkpoint is kept where that is the last, unless the alarm is raised."""
    if not alarmed:
        return f"The last checkpoint is kept, step {points[kept].step}."
    return f"Step {points[kept].step} is kept, the last trained one at which gold is not shown to have fallen."


def told_fit(fit: OveroptimizationFit | None, farthest: float, fewest: int) -> str:
    """What the curve through gold says; `farthest` is the largest KL measured, in nats."""
    if fit is None:
        return f"No curve was fitted: that needs {fewest} checkpoints with different KLs above zero."
    fitted = "The curve fitted to gold" + ("" if fit.r_squared is None else f" (R² {_told(fit.r_squared)})")
    if fit.r_squared is not None and fit.r_squared <= 0:
        return f"{fitted} tells no more than the mean of its gains would, so its peak says nothing."
    if fit.peak_kl is None:
        return f"{fitted} has no peak."
    if fit.peak_kl > farthest:
        return f"{fitted} has its peak beyond the largest KL measured, {farthest:.3g} nats."
    return f"{fitted} has its peak at a KL of {fit.peak_kl:.3g} nats."


def _told(x: float) -> str:
    """A figure with three digits and a true minus sign."""
    return f"{x:.3g}".replace("-", "−")


def _span(low: float, high: float) -> str:
    return f"95% interval {_told(low)} to {_told(high)}"
