"""Make feedback: answers judged and compared, sources blended; and a summary of what they teach."""

from .blend import Blend, blend
from .compare import JUDGE, Candidate, compare, judged_candidates, strongest
from .described import KindFigures, described
from .rank import rank
from .ruled import FLIPPED, Decided, Paired, decided, paired
from .summary import summarise

__all__ = [
    "paired",
    "decided",
    "Paired",
    "FLIPPED",
    "Decided",
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
