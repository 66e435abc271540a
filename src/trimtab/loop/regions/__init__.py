"""A run of several regions: what they share, each region's own run, and all of them held against each other."""

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
    "publish_regions",
    "read_region_inputs",
    "read_regions",
    "run_regions",
]
