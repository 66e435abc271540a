"""The methods of training: one table, read by the spec, the loop, the trainers, advice, diagnosis and reports."""

from .method import Knob, Method, Paper, Published
from .table import ALGORITHMS, METHODS, REWARD_MODEL, launched_by, published

__all__ = [
    "ALGORITHMS",
    "METHODS",
    "REWARD_MODEL",
    "Knob",
    "Method",
    "Paper",
    "Published",
    "launched_by",
    "published",
]
