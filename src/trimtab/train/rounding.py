"""Whether two ways to answers' log-probabilities lie no further apart than rounding takes them.

Tokens round independently of each other, so the mean over an answer of n tokens lies off by the root of 1 / n; and of
several answers the worst lies off by more than one does, though nothing is wrong. On smollm2-135m in bf16 the padded
and the forest's way lie 0.07 nats a token of fp32's, both, and of 160 answers of 8 to 40 tokens the worst is
2.3 times as far off as the root mean square.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

TOKENS = 32
"""An answer that tolerances are given for: a shorter one's mean may lie further off, by the root of its share."""
WORST = {"fp32": 1.0, "bf16": 2.0}
"""How many times what the root mean square over the answers may be off the worst of them may be."""


@dataclass(frozen=True)
class Apart:
    """How far answers' log-probabilities lie apart, in a sentence's part, and whether that is rounding."""

    passed: bool
    told: str


def rounds(apart: "Tensor", tokens: "Tensor", tolerance: float, precision: str) -> Apart:
    """Answers' summed log-probabilities, `apart` in nats, and their `tokens`, both (answers,); `tolerance` is in nats a
    token of an answer of TOKENS. Passes where the root mean square over the answers keeps it, and the worst of them
    WORST times as much."""
    tokens = tokens.clamp(min=1)
    each = apart.abs() / tokens
    allowed = tolerance * (TOKENS / tokens).clamp(min=1).sqrt()
    share = (each / allowed).nan_to_num(nan=math.inf)
    worst = int(share.argmax())
    mean, most = float(share.square().mean().sqrt()), float(share[worst])
    limit = float(allowed[worst]) * WORST[precision]
    return Apart(
        mean <= 1 and most <= WORST[precision],
        f"{float(each[worst]):.1e} (tolerance {limit:.1e} for an answer of {int(tokens[worst])} tokens; root mean "
        f"square {mean * tolerance:.1e}, tolerance {tolerance:.1e} for {TOKENS} tokens)",
    )
