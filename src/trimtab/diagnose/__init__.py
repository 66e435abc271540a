"""Why a run failed: probes, causes with their evidence, interventions."""

from .causes import CAUSES, LIKELY, diagnose, likely
from .contrasts import REFUSALS, refusal
from .data import DATA
from .evidence import Facts, ImplicitReward, Seen, Sides, Trait
from .leakage import strays_of
from .probes import ProbeItem, built_in, findings, measure, probe
from .probing import Rewards
from .reward import SIDED

__all__ = [
    "CAUSES",
    "DATA",
    "LIKELY",
    "REFUSALS",
    "SIDED",
    "Facts",
    "ImplicitReward",
    "ProbeItem",
    "Rewards",
    "Seen",
    "Sides",
    "Trait",
    "built_in",
    "diagnose",
    "findings",
    "likely",
    "measure",
    "probe",
    "refusal",
    "strays_of",
]
