"""Make feedback: the model's own answers, judged, become comparisons; and a summary of what they teach."""

from .compare import JUDGE, compare, strongest
from .summary import summarise

__all__ = ["JUDGE", "compare", "strongest", "summarise"]
