"""The checks, one a file, and the table of them."""

from collections.abc import Callable

from ..result import CheckResult
from ..view import View
from .agreement import low_agreement
from .annotators import annotator_bias
from .beside import more_turns, thought, tool_calls
from .contamination import contamination
from .contradiction import contradiction
from .drift import judge_drift
from .duplicate import duplicate
from .empty import empty_chosen
from .gaming import rubric_gaming
from .imbalance import imbalance
from .language import language
from .length import length_bias
from .near_duplicate import near_duplicate
from .noise import label_noise
from .off_policy import off_policy
from .pii import pii, pii_unsure
from .refusal import refusal_bias
from .rules import rule_conflict
from .shortcut import source_shortcut
from .template import dialogue, template
from .toxic import toxic_chosen
from .truncation import truncation

Check = Callable[[View], CheckResult | None]

CHECKS: dict[str, Check] = {
    "rubric-gaming": rubric_gaming,
    "empty-chosen": empty_chosen,
    "length-bias": length_bias,
    "refusal-bias": refusal_bias,
    "annotator-bias": annotator_bias,
    "judge-drift": judge_drift,
    "low-agreement": low_agreement,
    "label-noise": label_noise,
    "contradiction": contradiction,
    "rule-conflict": rule_conflict,
    "duplicate": duplicate,
    "near-duplicate": near_duplicate,
    "truncation": truncation,
    "template": template,
    "dialogue": dialogue,
    "thought": thought,
    "tool-calls": tool_calls,
    "more-turns": more_turns,
    "source-shortcut": source_shortcut,
    "off-policy": off_policy,
    "contamination": contamination,
    "pii": pii,
    "pii-unsure": pii_unsure,
    "toxic-chosen": toxic_chosen,
    "imbalance": imbalance,
    "language": language,
}
"""By the id of the finding that a check gives. In this order they run."""
