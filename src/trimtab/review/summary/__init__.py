"""What a room found, for whoever must answer for it: defects, preferences and marks with their intervals and the sample
behind them, agreement, and examples. Plain records out; nobody's name, unless a reviewer wrote it."""

from .figures import review_figures
from .hiding import Hiding, Window, pseudonyms

__all__ = ["Hiding", "Window", "pseudonyms", "review_figures"]
