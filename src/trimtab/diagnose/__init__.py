"""Why a run failed: probes, causes with their evidence, interventions."""

from .probes import ProbeItem, built_in, findings, measure, probe
from .probing import Rewards

__all__ = ["ProbeItem", "Rewards", "built_in", "findings", "measure", "probe"]
