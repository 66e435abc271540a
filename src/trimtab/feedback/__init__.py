"""Make feedback: answers judged, and supervision of every type, become what a method trains on; and a summary of it."""

from .blend import Blend, blend
from .compare import JUDGE, Candidate, compare, judged_candidates, strongest
from .convert import METHODS_FED, TAKES, Converted, counted, liked, to_comparisons, to_demonstrations, to_thumbs
from .pairs import MARGIN
from .rank import rank
from .summary import summarise

__all__ = [
    "JUDGE",
    "MARGIN",
    "METHODS_FED",
    "TAKES",
    "Blend",
    "Candidate",
    "Converted",
    "blend",
    "compare",
    "counted",
    "judged_candidates",
    "liked",
    "rank",
    "strongest",
    "summarise",
    "to_comparisons",
    "to_demonstrations",
    "to_thumbs",
]
