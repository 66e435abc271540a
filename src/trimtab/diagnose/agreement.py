"""Probes of a reward model on comparisons, and of its arithmetic: order, batch and padding may change nothing."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records import Comparison, ProbeResult
from ..stats import mean_interval, partial_correlation
from .probing import CONFIDENCE, SHOWN, Answers, Prompts, Rewards, weight

WRONG_MANY, WRONG_MOST = 0.4, 0.5
"""Shares of comparisons that it may get wrong: people who judge the same pairs disagree in about a third, and at a half
a coin does as well."""
PARTIAL_SOME, PARTIAL_MOST = 0.3, 0.7
"""Correlations of reward and length within pairs: a tenth, and half, of the rewards' variance (Cohen 1988: medium is
0.3)."""
BATCH_SOME, BATCH_MUCH = 0.05, 0.5
"""Standard deviations by which batch and padding may move a reward. In fp32 rounding stays far below the first; in bf16
it reached 0.2 on a reward model of smollm2-135m, which a probe cannot tell from a fault: probe in fp32. What lies above
the second changes which of two answers wins."""
Floats = NDArray[np.float64]
BATCHED = 8
"""Prompts of the batch probe: it is about arithmetic, and a fault shows in any."""


def agreement(reward: Rewards, comparisons: Sequence[Comparison]) -> tuple[ProbeResult, ProbeResult]:
    """`reward-agreement` and `reward-length-partial` on comparisons, which should be ones it was not trained on."""
    prompts: Prompts = [item.prompt for item in comparisons]
    texts = [(item.chosen_text, item.rejected_text) for item in comparisons]
    found = np.array(reward.scores(prompts, texts))
    swapped = np.array(reward.scores(prompts, [(worse, better) for better, worse in texts]))[:, ::-1]
    margins = found[:, 0] - found[:, 1]
    ids = [item.id for item in comparisons]
    lengths = np.array([len(better.split()) - len(worse.split()) for better, worse in texts], dtype=float)
    return _agrees(margins, swapped[:, 0] - swapped[:, 1], ids), _by_length(margins, lengths)


def _agrees(margins: Floats, swapped: Floats, ids: Sequence[str]) -> ProbeResult:
    wrong = (margins <= 0).astype(float)
    share = mean_interval(wrong, rate=True, confidence=CONFIDENCE)
    turned = [place for place in range(len(ids)) if np.sign(margins[place]) != np.sign(swapped[place])]
    fires = weight(share.low, WRONG_MANY, WRONG_MOST)
    says = (
        f"Of {share.n} comparisons it prefers the chosen answer in {1 - share.estimate:.1%} (95 % interval "
        f"{1 - share.high:.1%} to {1 - share.low:.1%})"
    )
    if turned:
        fires = "block"
        says += f"; in {len(turned)} of them the preference turns when the two sides change places"
    rows = turned or sorted((place for place in range(len(ids)) if wrong[place]), key=lambda place: margins[place])
    return ProbeResult(
        id="reward-agreement",
        title="It disagrees with the comparisons",
        unit="share of comparisons that it gets wrong",
        figure=share.estimate,
        low=share.low,
        high=share.high,
        n=share.n,
        warn_above=WRONG_MANY,
        block_above=WRONG_MOST,
        fires=fires,
        summary=says + ".",
        rows=tuple(ids[place] for place in rows[:SHOWN]),
    )


def _by_length(margins: Floats, lengths: Floats) -> ProbeResult:
    """Within a pair the prompt is the same, and "chosen" stands for quality: what is left is the pairs' differences.

    The differences' correlation without their means is the partial correlation of reward with length given prompt and
    side (the first-difference form of a regression with fixed effects).
    """
    found = partial_correlation(margins, lengths, (), confidence=CONFIDENCE)
    about = "Correlation of reward and length in words, prompt and side of the comparison held fixed"
    said: dict[str, Any] = dict(  # noqa: C408 - the arguments that both results share
        id="reward-length-partial", title="Reward goes with length at equal quality", unit="partial correlation",
        n=len(margins), warn_above=PARTIAL_SOME, block_above=PARTIAL_MOST,
    )  # fmt: skip
    if found is None:
        says = f"{about}: cannot be told, as lengths or rewards do not vary or there are fewer than four comparisons."
        return ProbeResult(**said, figure=None, low=None, high=None, fires=None, summary=says)
    near = found.low if found.estimate > 0 else -found.high
    return ProbeResult(
        **said,
        figure=found.estimate,
        low=found.low,
        high=found.high,
        fires=weight(near, PARTIAL_SOME, PARTIAL_MOST),
        summary=f"{about}: {found.estimate:.2f} (95 % interval {found.low:.2f} to {found.high:.2f}).",
    )


def batch(reward: Rewards, prompts: Prompts, answers: Answers, scale: float) -> ProbeResult:
    """`reward-batch`: the largest difference between rewards taken alone, together, in reverse, and padded.

    `scale` is the standard deviation of the rewards. Not a sample of anything: the figure has no interval.
    """
    asked, said = prompts[:BATCHED], answers[:BATCHED]
    alone = np.array([reward.scores([p], [[a]])[0][0] for p, some in zip(asked, said, strict=True) for a in some])
    backwards = reward.scores(asked[::-1], [some[::-1] for some in said[::-1]])
    ways = {
        "with others": reward.scores(asked, said),
        "with others in another order": [some[::-1] for some in backwards[::-1]],
        "padded on the right": reward.padded(asked, said, "right"),
        "padded on the left": reward.padded(asked, said, "left"),
    }
    apart = {way: float(np.abs(np.array([*chain(*found)]) - alone).max()) / scale for way, found in ways.items()}
    worst = max(apart, key=lambda way: apart[way])
    return ProbeResult(
        id="reward-batch",
        title="A reward depends on what it is computed with",
        unit="standard deviations of the rewards",
        figure=apart[worst],
        low=apart[worst],
        high=apart[worst],
        n=len(alone),
        warn_above=BATCH_SOME,
        block_above=BATCH_MUCH,
        fires=weight(apart[worst], BATCH_SOME, BATCH_MUCH),
        summary=f"The reward of an answer alone and {worst} lies up to {apart[worst]:.2g} standard deviations apart ("
        + ", ".join(f"{way} {value:.2g}" for way, value in apart.items())
        + ").",
    )
