"""The scorers that need no model and no service, by name."""

from collections.abc import Callable

from ..records import Score
from .medical_advice.judge import judge_advice
from .refusal.judge import judge_refusal
from .style import STYLE_SCORERS
from .toxicity.judge import judge_toxicity

OFFLINE: dict[str, Callable[[str, str], Score]] = {
    "advice": judge_advice,
    "refusal": judge_refusal,
    "toxicity": judge_toxicity,
    **{scorer.name: scorer.score for scorer in STYLE_SCORERS},
}
"""From a prompt ("" where there is none) and a response to a score."""

GROUPS = {"style": tuple(scorer.name for scorer in STYLE_SCORERS)}
"""Several scorers under one name."""
