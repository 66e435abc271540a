"""Why a run failed: probes, causes with their evidence, interventions."""

from .causes import CAUSES, LIKELY, diagnose, likely
from .contrasts import refusal
from .data import DATA
from .facts import Facts, ImplicitReward, Seen
from .probes import ProbeItem, built_in, findings, measure, probe
from .probing import Rewards

__all__ = [
    "CAUSES",
    "DATA",
    "LIKELY",
    "Facts",
    "ImplicitReward",
    "ProbeItem",
    "Rewards",
    "Seen",
    "built_in",
    "diagnose",
    "findings",
    "likely",
    "measure",
    "probe",
    "refusal",
]
