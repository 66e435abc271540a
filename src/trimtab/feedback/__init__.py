"""Make feedback: answers judged and compared, sources blended; and a summary of what they teach."""

from .blend import Blend, blend
from .compare import JUDGE, Candidate, compare, judged_candidates, strongest
from .described import KindFigures, described
from .rank import rank
from .ruled import FLIPPED, Decided, Paired, decided, paired
from .summary import summarise

__all__ = [
    "FLIPPED",
    "JUDGE",
    "Blend",
    "Candidate",
    "Decided",
    "KindFigures",
    "Paired",
    "blend",
    "compare",
    "decided",
    "described",
    "judged_candidates",
    "paired",
    "rank",
    "strongest",
    "summarise",
]
