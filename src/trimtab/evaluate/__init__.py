"""Measure a model: style of its answers, facts, KL from the start; item by item, with intervals."""

from .facts import TEMPLATE, facts_right
from .measure import differences, measure, style_values

__all__ = ["TEMPLATE", "differences", "facts_right", "measure", "style_values"]
