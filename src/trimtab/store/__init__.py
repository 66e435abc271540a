"""The run directory: the only way to read or write one. Resume, provenance, atomic files."""

from .files import digest, file_digest, tree_digests, versions, write_atomic
from .journal import Entry, Journal
from .migrations import FORMAT
from .run import Run, RunInfo
from .stage import Manifest, Stage

__all__ = [
    "FORMAT",
    "Entry",
    "Journal",
    "Manifest",
    "Run",
    "RunInfo",
    "Stage",
    "digest",
    "file_digest",
    "tree_digests",
    "versions",
    "write_atomic",
]
