"""What a run of regions leaves for people to read."""

from pathlib import Path

from ...records import Matrix, MatrixVerdict
from ...store import FileName, Run, StageName
from ..publish import finished


def read_regions(run: Run) -> tuple[MatrixVerdict, Matrix]:
    """The verdict over all regions and the matrix. Raises UserError where the run has not come so far."""
    gate, made = finished(run, StageName.OVER_REGIONS), finished(run, StageName.MATRIX)
    return gate.read(FileName.VERDICT, MatrixVerdict), made.read(FileName.MATRIX, Matrix)


def publish_regions(run: Run) -> Path:
    """Writes matrix.json beside the run's regions; returns it."""
    _, found = read_regions(run)
    return run.write(FileName.MATRIX, found.to_json() + "\n")
