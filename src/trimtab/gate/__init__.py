"""Gates: two evaluations and a list of limits to a verdict."""

from .decide import VERSION, decide
from .power import planned
from .question import FEWEST

__all__ = ["FEWEST", "VERSION", "decide", "planned"]
