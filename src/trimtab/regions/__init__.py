"""Regions held against each other: from answers to the matrix of rules kept and ways shown, and its verdict."""

from .compute import matrix_of
from .figures import Facts
from .given import COMMON, ELSEWHERE, Asked, RegionRules, rules_of_pack, rules_of_policy
from .verdict import OWN, decide_matrix, gates_over

__all__ = [
    "COMMON",
    "ELSEWHERE",
    "OWN",
    "Asked",
    "Facts",
    "RegionRules",
    "decide_matrix",
    "gates_over",
    "matrix_of",
    "rules_of_pack",
    "rules_of_policy",
]
