"""A run of several regions: what they share, each region's own run, and all of them held against each other."""

from .deciding import power_over_regions
from .inputs import RegionInputs, leak_notes, read_region_inputs
from .report import publish_regions, read_regions
from .run import Settings, run_regions
from .stopped import RegionsStopped, Stopped

__all__ = [
    "RegionInputs",
    "RegionsStopped",
    "Settings",
    "Stopped",
    "leak_notes",
    "power_over_regions",
    "publish_regions",
    "read_region_inputs",
    "read_regions",
    "run_regions",
]
