"""The gate: two evaluations and a list of limits become a verdict."""

from .decide import decide

__all__ = ["decide"]
