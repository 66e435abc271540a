"""Judges: scorers that need a model or a service. Each is called with (prompt, answer) pairs and gives their scores.

Neither torch nor a client of a service is imported before a judge is used.
"""

from .asked_once import Asked, AskedOnce, Asks
from .budget import Budget, BudgetSpent, Prices, unread
from .classifier import Classifier
from .constitutional import PROBE, SPOKEN_OF, RuleJudge, RuleVerdict, probed, tells_letters
from .fence import defused, fenced
from .llm import DEFAULT_RUBRIC, EQUAL, Judge, Preference
from .open import open_scorer, open_scorers, scorers_named
from .pairs_asked import PairsAsked
from .reward import RewardScorer
from .rule_reading import Question, RulePair, conversation
from .service import given_up
from .truth import Claim, TruthScorer, judge_truth, truth_fingerprint, truth_version

__all__ = [
    "DEFAULT_RUBRIC",
    "EQUAL",
    "PROBE",
    "SPOKEN_OF",
    "Asked",
    "AskedOnce",
    "Asks",
    "Budget",
    "BudgetSpent",
    "Claim",
    "Classifier",
    "Judge",
    "PairsAsked",
    "Preference",
    "Prices",
    "Question",
    "RewardScorer",
    "RuleJudge",
    "RulePair",
    "RuleVerdict",
    "TruthScorer",
    "conversation",
    "defused",
    "fenced",
    "given_up",
    "judge_truth",
    "open_scorer",
    "open_scorers",
    "probed",
    "scorers_named",
    "tells_letters",
    "truth_fingerprint",
    "truth_version",
    "unread",
]
