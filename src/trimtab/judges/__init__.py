"""Judges: scorers that need a model or a service. Each is called with (prompt, answer) pairs and gives their scores.

Neither torch nor a client of a service is imported before a judge is used.
"""

from .budget import Budget, BudgetSpent, Prices
from .classifier import Classifier
from .constitutional import RuleJudge, RulePair, RuleVerdict, tells_letters
from .llm import DEFAULT_RUBRIC, Judge, Preference
from .open import open_scorer, open_scorers, scorers_named
from .pairs_asked import EQUAL, Asks, PairsAsked
from .reward import RewardScorer
from .truth import Claim, judge_truth, truth_version

__all__ = [
    "tells_letters",
    "RuleVerdict",
    "RulePair",
    "RuleJudge",
    "Prices",
    "PairsAsked",
    "EQUAL",
    "BudgetSpent",
    "Budget",
    "Asks",
    "DEFAULT_RUBRIC",
    "Claim",
    "Classifier",
    "Judge",
    "Preference",
    "RewardScorer",
    "judge_truth",
    "open_scorer",
    "open_scorers",
    "scorers_named",
    "truth_version",
]
