"""Make feedback: answers judged and compared, sources blended; and a summary of what they teach."""

from .blend import Blend, blend
from .compare import JUDGE, Candidate, compare, judged_candidates, strongest
from .rank import rank
from .summary import summarise

__all__ = ["JUDGE", "Blend", "Candidate", "blend", "compare", "judged_candidates", "rank", "strongest", "summarise"]
