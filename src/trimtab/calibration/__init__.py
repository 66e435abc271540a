"""Judges held against people: what they are asked, how far they agree, what sways them, and where they may decide."""

from .askers import RuleAsker, ScorerAsker, fingerprint_of
from .asking import Asker, Question, ask_all, questions, unanswered
from .biases import NOISE
from .corrected import Corrected, corrected, speaks_of
from .kept import KeptVerdicts
from .measure import calibration_of
from .rates import ByJudge, Item, judged_rate
from .reading import read_calibration
from .spending import Purse
from .trust import judged_trust, trust_of, untrusted_fix

__all__ = [
    "NOISE",
    "Asker",
    "ByJudge",
    "Corrected",
    "Item",
    "KeptVerdicts",
    "Purse",
    "Question",
    "RuleAsker",
    "ScorerAsker",
    "ask_all",
    "calibration_of",
    "corrected",
    "fingerprint_of",
    "judged_rate",
    "judged_trust",
    "questions",
    "read_calibration",
    "speaks_of",
    "trust_of",
    "unanswered",
    "untrusted_fix",
]
