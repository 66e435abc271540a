"""Which method suits the case, and why."""

from .cost import ROOM
from .engine import DECIDING, EXCLUDING, SUPPORTING, decide
from .machine import Machine, here, this_machine
from .prompt import of_manner
from .read import CaseRead, read_case
from .regions import LAYOUTS, decide_regions, read_regions_case
from .sensitivity import LABEL
from .thresholds import LEAST, LEAST_THUMBS, noise_of

__all__ = [
    "DECIDING",
    "EXCLUDING",
    "LABEL",
    "LAYOUTS",
    "LEAST",
    "LEAST_THUMBS",
    "ROOM",
    "SUPPORTING",
    "CaseRead",
    "Machine",
    "decide",
    "decide_regions",
    "here",
    "noise_of",
    "of_manner",
    "read_case",
    "read_regions_case",
    "this_machine",
]
