"""Gates: two evaluations and a list of limits to a verdict."""

from .decide import VERSION, decide

__all__ = ["VERSION", "decide"]
