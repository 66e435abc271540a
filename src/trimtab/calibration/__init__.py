"""Judges held against people: what they are asked, how far they agree, what sways them, and where they may decide."""

from .askers import KeptVerdicts, RuleAsker, ScorerAsker, fingerprint_of
from .asking import Asker, Question, ask_all, questions
from .biases import NOISE
from .corrected import Corrected, corrected, speaks_of
from .measure import calibration_of
from .reading import read_calibration
from .trust import judged_trust, trust_of, untrusted_fix

__all__ = [
    "NOISE",
    "Asker",
    "Corrected",
    "KeptVerdicts",
    "Question",
    "RuleAsker",
    "ScorerAsker",
    "ask_all",
    "calibration_of",
    "corrected",
    "fingerprint_of",
    "judged_trust",
    "questions",
    "read_calibration",
    "speaks_of",
    "trust_of",
    "untrusted_fix",
]
