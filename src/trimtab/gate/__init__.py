"""Gates: two evaluations and a list of limits to a verdict."""

from .decide import VERSION, decide
from .limits import FEWEST
from .power import planned

__all__ = ["FEWEST", "VERSION", "decide", "planned"]
