"""Make feedback: answers judged and compared, sources blended; and a summary of what they teach."""

from .blend import Blend, blend
from .compare import JUDGE, Candidate, compare, judged_candidates, strongest
from .described import KindFigures, described
from .rank import rank
from .summary import summarise

__all__ = [
    "JUDGE",
    "Blend",
    "Candidate",
    "KindFigures",
    "blend",
    "compare",
    "described",
    "judged_candidates",
    "rank",
    "strongest",
    "summarise",
]
