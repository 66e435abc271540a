"""Which method suits the case, and why."""

from .change import LABEL
from .decide import DECIDING, EXCLUDING, SUPPORTING, decide
from .facts import LEAST, LEAST_THUMBS, noise_of
from .machine import Machine, this_machine
from .read import CaseRead, read_case

__all__ = [
    "DECIDING",
    "EXCLUDING",
    "LABEL",
    "LEAST",
    "LEAST_THUMBS",
    "SUPPORTING",
    "CaseRead",
    "Machine",
    "decide",
    "noise_of",
    "read_case",
    "this_machine",
]
