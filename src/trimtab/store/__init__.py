"""The run directory: the only way to read or write one. Names of stages and files, resume, provenance, versions."""

from .files import digest, file_digest, tree_digests, versions, write_atomic
from .journal import Journal
from .layout import (
    ADAPTER,
    DIAGNOSIS,
    REGIONS,
    REWARD_FOLDER,
    FileName,
    StageName,
    benchmark_name,
    evaluation_name,
    rates_name,
    round_name,
)
from .migrations import FORMAT
from .run import Run, RunInfo
from .stage import Manifest, Stage

__all__ = [
    "ADAPTER",
    "DIAGNOSIS",
    "FORMAT",
    "REGIONS",
    "REWARD_FOLDER",
    "FileName",
    "Journal",
    "Manifest",
    "Run",
    "RunInfo",
    "Stage",
    "StageName",
    "benchmark_name",
    "digest",
    "evaluation_name",
    "file_digest",
    "rates_name",
    "round_name",
    "tree_digests",
    "versions",
    "write_atomic",
]
